package kmsaudit.logging.key_policy_unscoped_test

import data.kmsaudit.logging.key_policy_unscoped as rule

why := {"state": "denied", "operation": "kms:GetKeyPolicy", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

trail(more) := {"trails": [object.union(
	{"arn": "t", "name": "n", "region": "r", "kind": "trail", "own": true, "place": "/t", "unread": {}},
	more,
)]}

unbound := {"place": "/k/0", "identity": "sid:Trail", "services": ["cloudtrail.amazonaws.com"], "actions": ["kms:GenerateDataKey"]}

policy(statements) := {"key_policy": {"place": "/k", "key": "k", "unbound": statements}}

test_finds if {
	[subjects, deny, unknown] := sets with input as trail(policy([unbound]))
	[subjects, unknown] == [{"t"}, set()]
	mend := `add to the statement "Condition": {"StringEquals": {"aws:SourceArn": "t"}}`
	[[f.resource, f.place, f.statement, f.mend[0].text] | some f in deny] == [["t", "/k/0", "sid:Trail", mend]]
}

test_passes if sets == [{"t"}, set(), set()] with input as trail(policy([]))

test_leaves_out if {
	sets == [set(), set(), set()] with input as trail(object.union({"own": false}, policy([unbound])))
	sets == [set(), set(), set()] with input as trail({"own": false, "unread": {"key_policy": why}})
}

test_unknown if sets == [{"t"}, set(), {{"resource": "t", "why": why}}] with input as trail({"unread": {"key_policy": why}})
