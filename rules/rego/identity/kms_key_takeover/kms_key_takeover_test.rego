package kmsaudit.identity.kms_key_takeover_test

import data.kmsaudit.identity.kms_key_takeover as rule

sets := [rule.subjects, rule.deny, rule.unknown]

row(more) := {"powers": [object.union(
	{"id": "i", "kind": "takeover", "arn": "a", "place": "/account", "allowed": [], "depends": [], "undecided": [], "guards": []},
	more,
)]}

users(tests) := {
	"what": "policy P", "arn": "p", "policies": 1, "place": "/p", "identity": "S", "count": 1, "principals": ["r"],
	"actions": ["kms:PutKeyPolicy"], "reach": 2, "over": ["x", "y"], "tests": tests,
}

test_finds if {
	[subjects, deny, unknown] := sets with input as row({"allowed": [users([])]})
	[subjects, unknown] == [{"i"}, set()]
	msg := "r can perform kms:PutKeyPolicy on 2 keys by the policy P"
	[[f.subject, f.resource, f.place, f.statement, f.msg] | some f in deny] == [["i", "p", "/p", "S", msg]]
}

test_finds_conditional if {
	tests := [{"key": "aws:MultiFactorAuthPresent", "operator": "Bool", "values": ["true"]}]
	found := rule.deny with input as row({"depends": [users(tests)]})
	{[f.about.condition, endswith(f.msg, " if aws:MultiFactorAuthPresent Bool true")] | some f in found} == {["open", true]}
}

test_passes if sets == [{"i"}, set(), set()] with input as row({})

test_leaves_out_other_powers if sets == [set(), set(), set()] with input as row({"kind": "other", "allowed": [users([])]})

test_unknown if {
	undecided := [{"what": "r", "unread": []}]
	unknown := {{"subject": "i", "resource": "a", "about": {"power": "takeover"}, "why": {"depends": [], "undecided": undecided}}}
	sets == [{"i"}, set(), unknown] with input as row({"undecided": undecided})
}
