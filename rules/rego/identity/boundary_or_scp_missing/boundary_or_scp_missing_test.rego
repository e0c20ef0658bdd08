package kmsaudit.identity.boundary_or_scp_missing_test

import data.kmsaudit.identity.boundary_or_scp_missing as rule

sets := [rule.subjects, rule.deny, rule.unknown]

row(more) := {"powers": [object.union(
	{"id": "i", "kind": "unbounded", "arn": "a", "place": "/account", "allowed": [], "depends": [], "undecided": [], "guards": []},
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

test_guarded if sets == [{"i"}, set(), set()] with input as row({
	"guards": ["KeyGuard"], "allowed": [users([])],
	"undecided": [{"what": "r", "unread": []}],
})

test_passes if sets == [{"i"}, set(), set()] with input as row({})

test_leaves_out_other_powers if sets == [set(), set(), set()] with input as row({"kind": "other", "allowed": [users([])]})

test_unknown if {
	undecided := [{"what": "r", "unread": []}]
	unknown := {{"subject": "i", "resource": "a", "about": {"power": "unbounded"}, "why": {"depends": [], "undecided": undecided}}}
	sets == [{"i"}, set(), unknown] with input as row({"undecided": undecided})
}
