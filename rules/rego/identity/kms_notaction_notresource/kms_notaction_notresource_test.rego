package kmsaudit.identity.kms_notaction_notresource_test

import data.kmsaudit.identity.kms_notaction_notresource as rule

why := {"state": "denied", "operation": "iam:GetAccountAuthorizationDetails", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

about := {"policy": "P"}

policy(manager, more) := {"policies": [object.union(
	{"id": "i", "arn": "a", "name": "P", "kind": "inline", "manager": manager, "place": "/p", "unread": {}},
	more,
)]}

unread := {"unread": {"document": why}}

document(statements) := {"document": {"place": "/d", "statements": statements}}

bad := {
	"place": "/s", "identity": "S", "effect": "Allow", "every": true, "keys": "all", "conditional": false,
	"not_action": true, "not_resource": false,
}

test_finds[words] if {
	some words, more in {
		"NotAction": {},
		"NotResource": {"not_action": false, "not_resource": true},
		"NotAction and NotResource": {"not_resource": true, "keys": "some"},
	}
	[subjects, deny, unknown] := sets with input as policy("customer", document([object.union(bad, more)]))
	[subjects, unknown] == [{"i"}, set()]
	[[f.subject, f.resource, f.place, f.statement, f.about] | some f in deny] == [["i", "a", "/s", "S", about]]
	{f.msg | some f in deny} == {sprintf("the policy P allows by %s and so reaches KMS keys", [words])}
}

test_passes[note] if {
	some note, more in {
		"Action and Resource": {"not_action": false},
		"denial": {"effect": "Deny"},
		"no keys": {"keys": "none"},
	}
	sets == [{"i"}, set(), set()] with input as policy("customer", document([object.union(bad, more)]))
}

test_leaves_out_policies_of_aws if {
	sets == [set(), set(), set()] with input as policy("aws", document([bad]))
	sets == [set(), set(), set()] with input as policy("aws", unread)
}

test_unknown if {
	unknown := {{"subject": "i", "resource": "a", "about": about, "why": why}}
	sets == [{"i"}, set(), unknown] with input as policy("customer", unread)
}
