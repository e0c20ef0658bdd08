package kmsaudit.access.statement_has_no_effect_test

import data.kmsaudit.access.statement_has_no_effect as rule

sets := [rule.subjects, rule.deny, rule.unknown]

row(more) := {"effects": [object.union(
	{"id": "i", "kind": "identity", "resource": "a", "policy": "P", "place": "/p", "denied": [], "undecided": []},
	more,
)]}

statement(more) := object.union(
	{
		"what": "S", "place": "/s", "identity": "S", "effect": "Allow", "fault": "overruled", "why": "W", "mend": "M", "count": 2,
		"principal": "r", "action": "kms:Decrypt", "resource": "k", "by": [], "tests": [],
	},
	more,
)

test_finds[note] if {
	some note, [kind, more, words] in {
		"overruled": ["identity", {}, "the policy P of a has a statement that allows nothing: kms:Decrypt on k for r: W"],
		"overruled everywhere": ["identity", {"action": "", "resource": ""}, "the policy P of a has a statement that allows nothing: for r, W"],
		"of a key": ["key", {"fault": "nobody"}, "the P of a has a statement that allows nothing: W"],
		"denial": ["key", {"fault": "condition", "effect": "Deny"}, "the P of a has a statement that denies nothing and protects nothing: W"],
		"half a denial": ["key", {"fault": "test", "effect": "Deny"}, "the P of a has a statement that denies less than it says: W"],
	}
	[subjects, deny, unknown] := sets with input as row({"kind": kind, "denied": [statement(more)]})
	[subjects, unknown] == [{"i"}, set()]
	{[f.subject, f.resource, f.place, f.statement, f.about, f.msg] | some f in deny} == {["i", "a", "/s", "S", {"policy": "P"}, words]}
	{[m.text | some m in f.mend] | some f in deny} == {["M"]}
}

test_passes if sets == [{"i"}, set(), set()] with input as row({})

test_unknown if {
	undecided := [{"what": "w", "unread": []}]
	unknown := {{"subject": "i", "resource": "a", "about": {"policy": "P"}, "why": {"depends": [], "undecided": undecided}}}
	sets == [{"i"}, set(), unknown] with input as row({"undecided": undecided})
}
