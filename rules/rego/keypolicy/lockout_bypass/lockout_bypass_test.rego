package kmsaudit.keypolicy.lockout_bypass_test

import data.kmsaudit.keypolicy.lockout_bypass as rule

why := {"state": "denied", "operation": "kms:GetKeyPolicy", "code": "AccessDeniedException"}

sets := [rule.subjects, rule.deny, rule.unknown]

key(mode, more) := {
	"params": {"POL-008": {"mode": mode}},
	"keys": [{"arn": "k", "place": "/k", "unread": {}, "bypass": object.union(
		{"place": "/p", "manager": "customer", "meant": [], "open": [], "undecided": []},
		more,
	)}],
}

meant := [{"place": "/s", "identity": "S"}]

test_finds_what_is_meant[mode] if {
	some mode in ["precise", "strict"]
	[subjects, deny, unknown] := sets with input as key(mode, {"meant": meant, "open": ["p"]})
	[subjects, unknown] == [{"k"}, set()]
	[[f.resource, f.place, f.statement, count(f.mend)] | some f in deny] == [["k", "/s", "S", 2]]
}

test_finds_strictly if {
	[subjects, deny, unknown] := sets with input as key("strict", {"open": ["p", "q"], "undecided": [{"what": "r", "unread": []}]})
	[subjects, unknown] == [{"k"}, set()]
	msg := "a key policy that nobody can change again may be put by p, q"
	[[f.resource, f.place, f.about, f.msg, f.mend[0].statement.Effect] | some f in deny] == [["k", "/p", {"mode": "strict"}, msg, "Deny"]]
}

test_passes[note] if {
	some note, [mode, more] in {
		"denied": ["strict", {}],
		"not meant": ["precise", {"open": ["p"]}],
		"not known, not asked": ["precise", {"undecided": [{"what": "r", "unread": []}]}],
	}
	sets == [{"k"}, set(), set()] with input as key(mode, more)
}

test_leaves_out_keys_of_aws if sets == [set(), set(), set()] with input as key("strict", {"manager": "aws"})

test_unknown if {
	open := [{"what": "r", "unread": []}]
	unknown := {{"resource": "k", "why": {"depends": [], "undecided": open}}}
	sets == [{"k"}, set(), unknown] with input as key("strict", {"undecided": open})
}

test_unknown_unread if {
	facts := {"keys": [{"arn": "k", "place": "/k", "unread": {"bypass": why}}]}
	sets == [set(), set(), {{"resource": "k", "why": why}}] with input as facts
}
