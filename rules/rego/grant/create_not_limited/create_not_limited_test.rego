package kmsaudit.grant.create_not_limited_test

import data.kmsaudit.grant.create_not_limited as rule

why := {"state": "denied", "operation": "kms:GetKeyPolicy", "code": "AccessDeniedException"}

sets := [rule.subjects, rule.deny, rule.unknown]

key(manager, statements) := {"keys": [{
	"arn": "k", "place": "/k", "unread": {},
	"granting": {"place": "/p", "manager": manager, "statements": statements},
}]}

test_finds if {
	statement := {"place": "/s", "identity": "S", "principals": ["p", "q"]}
	[subjects, deny, unknown] := sets with input as key("customer", [statement])
	[subjects, unknown] == [{"k"}, set()]
	msg := "a grant can be made of anything, to anybody, by p, q"
	[[f.resource, f.place, f.statement, f.msg] | some f in deny] == [["k", "/s", "S", msg]]
	some f in deny
	f.mend[0].statement.Principal.AWS == ["p", "q"]
}

test_does_not_let_everybody_in if {
	statement := {"place": "/s", "identity": "S", "principals": ["*"]}
	found := rule.deny with input as key("customer", [statement])
	[[object.keys(m) | some m in f.mend] | some f in found] == [[{"text"}]]
}

test_passes if sets == [{"k"}, set(), set()] with input as key("customer", [])

test_leaves_out_keys_of_aws if sets == [set(), set(), set()] with input as key("aws", [])

test_unknown if {
	facts := {"keys": [{"arn": "k", "place": "/k", "unread": {"granting": why}}]}
	sets == [set(), set(), {{"resource": "k", "why": why}}] with input as facts
}
