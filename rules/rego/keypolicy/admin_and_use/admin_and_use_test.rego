package kmsaudit.keypolicy.admin_and_use_test

import data.kmsaudit.keypolicy.admin_and_use as rule

why := {"state": "denied", "operation": "kms:GetKeyPolicy", "code": "AccessDeniedException"}

open := [{"what": "r", "unread": []}]

sets := [rule.subjects, rule.deny, rule.unknown]

facts(more) := {"keys": [object.union({"arn": "k", "place": "/k", "unread": {}}, more)]}

duties(more) := facts({"duties": object.union({"place": "/p", "applies": true, "both": [], "undecided": []}, more)})

duty(conditional) := {"principal": "r", "administers": ["kms:DisableKey"], "uses": ["kms:Decrypt"], "conditional": conditional}

test_finds[note] if {
	some note, [conditional, words] in {"certain": [false, ""], "conditional": [true, ", one of them under conditions"]}
	[subjects, deny, unknown] := sets with input as duties({"both": [duty(conditional)]})
	[subjects, unknown] == [{"k"}, set()]
	msg := concat("", ["r administers the key (kms:DisableKey) and uses it (kms:Decrypt)", words])
	[[f.resource, f.place, f.about, f.msg] | some f in deny] == [["k", "/p", {"principal": "r"}, msg]]
}

test_passes if sets == [{"k"}, set(), set()] with input as duties({})

test_leaves_out_keys_of_aws if sets == [set(), set(), set()] with input as duties({"applies": false})

test_unknown if {
	unknown := {{"resource": "k", "why": {"depends": [], "undecided": open}}}
	sets == [{"k"}, set(), unknown] with input as duties({"undecided": open})
}

test_unknown_unread if sets == [set(), set(), {{"resource": "k", "why": why}}] with input as facts({"unread": {"duties": why}})
