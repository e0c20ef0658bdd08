package kmsaudit.keypolicy.weak_condition_test

import data.kmsaudit.keypolicy.weak_condition as rule

why := {"state": "denied", "operation": "kms:GetKeyPolicy", "code": "AccessDeniedException"}

statement(more) := object.union(
	{"place": "/s", "identity": "S", "effect": "Allow", "anyone": true, "restriction": "weak", "open": ["kms:Decrypt"], "tests": []},
	more,
)

key(statements) := {"keys": [{
	"arn": "k", "place": "/k", "unread": {},
	"policy": {"place": "/p", "manager": "customer", "statements": statements},
}]}

sets := [rule.subjects, rule.deny, rule.unknown]

test_finds_the_statement if {
	[subjects, deny, unknown] := sets with input as key([statement({"tests": [{"key": "kms:ViaService", "operator": "StringEquals", "values": ["x"]}]})])
	[subjects, unknown] == [{"k"}, set()]
	[[f.resource, f.place, f.statement, f.evidence.open] | some f in deny] == [["k", "/s", "S", ["kms:Decrypt"]]]
}

test_passes[note] if {
	some note, statements in {
		"no statement": [],
		"named principals": [statement({"anyone": false})],
		"fixed caller": [statement({"restriction": "fixed"})],
		"the other rule's": [statement({"restriction": "none"})],
		"all denied": [statement({"open": []})],
	}
	sets == [{"k"}, set(), set()] with input as key(statements)
}

test_leaves_out_keys_of_aws if {
	facts := {"keys": [{"arn": "k", "place": "/k", "unread": {}, "policy": {"place": "/p", "manager": "aws", "statements": []}}]}
	sets == [set(), set(), set()] with input as facts
}

test_unknown if {
	facts := {"keys": [{"arn": "k", "place": "/k", "unread": {"policy": why}}]}
	sets == [set(), set(), {{"resource": "k", "why": why}}] with input as facts
}
