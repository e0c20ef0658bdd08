package kmsaudit.identity.kms_required_actions_missing_test

import data.kmsaudit.identity.kms_required_actions_missing as rule

sets := [rule.subjects, rule.deny, rule.unknown]

no := [{"what": "kms:Decrypt", "resource": "k", "verdict": "ImplicitlyDenied", "missing": ["identity"], "by": [], "why": "no Allow"}]

open := [{"what": "kms:Decrypt", "resource": "k", "tests": []}]

unread := [{"what": "kms:Decrypt", "unread": []}]

row(more) := {"access": [object.union(
	{
		"id": "r", "requirement": "q", "principal": "p", "key": "k", "place": "/p",
		"allowed": [], "denied": [], "depends": [], "undecided": [], "mends": [],
	},
	more,
)]}

about := {"requirement": "q", "key": "k"}

test_finds_denied if {
	[subjects, deny, _] := sets with input as row({"denied": no, "undecided": unread, "allowed": [{"what": "kms:Encrypt"}]})
	subjects == {"r"}
	[[f.subject, f.resource, f.about] | some f in deny] == [["r", "p", about]]
	[[f.msg, f.evidence.allowed] | some f in deny] == [["it needs kms:Decrypt on k: no Allow", ["kms:Encrypt"]]]
}

test_passes if sets == [{"r"}, set(), set()] with input as row({"allowed": [{"what": "kms:Decrypt"}]})

unknown(depends, undecided) := {"subject": "r", "resource": "p", "about": about, "why": {"depends": depends, "undecided": undecided}}

test_unknown if {
	sets == [{"r"}, set(), {unknown(open, [])}] with input as row({"depends": open})
	sets == [{"r"}, set(), {unknown([], unread)}] with input as row({"undecided": unread})
}
