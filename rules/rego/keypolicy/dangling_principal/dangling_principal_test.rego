package kmsaudit.keypolicy.dangling_principal_test

import data.kmsaudit.keypolicy.dangling_principal as rule

why := {"state": "denied", "operation": "kms:GetKeyPolicy", "code": "AccessDeniedException"}

sets := [rule.subjects, rule.deny, rule.unknown]

key(manager, gone, undecided) := {"keys": [{
	"arn": "k", "place": "/k", "unread": {},
	"named": {"place": "/p", "manager": manager, "gone": gone, "undecided": undecided},
}]}

one(others) := {"place": "/s", "identity": "S", "effect": "Allow", "principal": "AROA1", "others": others}

test_finds[mend] if {
	some others, mend in {true: "take AROA1 out of the statement", false: "take the statement out, which names nobody but AROA1"}
	[subjects, deny, unknown] := sets with input as key("customer", [one(others)], [])
	[subjects, unknown] == [{"k"}, set()]
	msg := "the key policy names AROA1, which does not exist"
	[[f.resource, f.place, f.statement, f.about.principal, f.msg, f.mend[0].text] | some f in deny] == [["k", "/s", "S", "AROA1", msg, mend]]
}

test_passes if sets == [{"k"}, set(), set()] with input as key("customer", [], [])

test_leaves_out_keys_of_aws if sets == [set(), set(), set()] with input as key("aws", [], [])

test_unknown if {
	facts := {"keys": [{"arn": "k", "place": "/k", "unread": {"named": why}}]}
	sets == [set(), set(), {{"resource": "k", "why": why}}] with input as facts
	open := [{"what": "AROA1", "unread": []}]
	sets == [{"k"}, set(), {{"resource": "k", "why": {"depends": [], "undecided": open}}}] with input as key("customer", [], open)
}
