package kmsaudit.keypolicy.not_principal_test

import data.kmsaudit.keypolicy.not_principal as rule

why := {"state": "denied", "operation": "kms:GetKeyPolicy", "code": "AccessDeniedException"}

sets := [rule.subjects, rule.deny, rule.unknown]

statement(not_principal, not_action, account) := {
	"place": "/s", "identity": "S", "not_principal": not_principal, "not_action": not_action,
	"account": account, "but": ["a", "b"], "actions": ["kms:Decrypt", "kms:Encrypt"],
}

key(manager, statements) := {"keys": [{
	"arn": "k", "place": "/k", "unread": {},
	"inverted": {"place": "/p", "manager": manager, "statements": statements},
}]}

test_finds[note] if {
	some note, [one, severity, words] in {
		"principals": [statement(true, false, false), "high", "a statement allows everybody"],
		"actions": [statement(false, true, false), "high", "a statement allows everything"],
		"actions of the account": [statement(false, true, true), "medium", "a statement allows everything"],
		"both": [statement(true, true, false), "high", "a statement allows everybody everything"],
	}
	[subjects, deny, unknown] := sets with input as key("customer", [one])
	[subjects, unknown] == [{"k"}, set()]
	msg := sprintf("%s but a, b: 2 actions on the key", [words])
	[[f.resource, f.place, f.statement, f.severity, f.msg] | some f in deny] == [["k", "/s", "S", severity, msg]]
}

test_passes if sets == [{"k"}, set(), set()] with input as key("customer", [])

test_leaves_out_keys_of_aws if sets == [set(), set(), set()] with input as key("aws", [])

test_unknown if {
	facts := {"keys": [{"arn": "k", "place": "/k", "unread": {"inverted": why}}]}
	sets == [set(), set(), {{"resource": "k", "why": why}}] with input as facts
}
