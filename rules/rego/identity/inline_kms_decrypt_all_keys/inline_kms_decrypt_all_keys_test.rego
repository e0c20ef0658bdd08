package kmsaudit.identity.inline_kms_decrypt_all_keys_test

import data.kmsaudit.identity.inline_kms_decrypt_all_keys as rule

why := {"state": "denied", "operation": "iam:GetAccountAuthorizationDetails", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

about := {"policy": "P"}

entry(action, conditional) := {"action": action, "place": "/s", "identity": "S", "conditional": conditional, "keys": "account"}

document(everywhere) := {"place": "/d", "statements": [], "everywhere": everywhere}

policy(who, more) := object.union_n([
	{"id": "i", "arn": "a", "name": "P", "kind": "inline", "manager": "customer", "place": "/p", "unread": {}},
	who,
	more,
])

facts(family, mode, resource) := {"params": {"IAM-003": {"family": family, "mode": mode}}, "policies": [resource]}

with_entries(everywhere) := policy({}, {"document": document(everywhere)})

test_finds_one_for_a_statement if {
	both := with_entries([entry("kms:Decrypt", false), entry("kms:ReEncryptFrom", false)])
	[subjects, deny, unknown] := sets with input as facts("decrypt", "precise", both)
	[subjects, unknown] == [{"i"}, set()]
	[[f.subject, f.resource, f.place, f.statement, f.about] | some f in deny] == [["i", "a", "/s", "S", about]]
	{f.msg | some f in deny} == {"the inline policy P allows kms:Decrypt, kms:ReEncryptFrom on every key of the account"}
}

test_severity[width] if {
	some width, severity in {"region": "low", "account": "medium", "all": "medium"}
	reading := with_entries([object.union(entry("kms:Decrypt", false), {"keys": width})])
	{f.severity | some f in rule.deny} == {severity} with input as facts("decrypt", "precise", reading)
}

test_finds_by_family if {
	reencrypt := with_entries([entry("kms:ReEncryptTo", false)])
	sets == [{"i"}, set(), set()] with input as facts("decrypt", "precise", reencrypt)
	count(rule.deny) == 1 with input as facts("wide", "precise", reencrypt)
}

test_finds_conditions_in_strict_mode if {
	conditional := with_entries([entry("kms:Decrypt", true)])
	sets == [{"i"}, set(), set()] with input as facts("decrypt", "precise", conditional)
	count(rule.deny) == 1 with input as facts("decrypt", "strict", conditional)
}

test_passes if sets == [{"i"}, set(), set()] with input as facts("decrypt", "precise", with_entries([]))

test_leaves_out_managed if {
	managed := policy({"kind": "managed"}, {"document": document([entry("kms:Decrypt", false)])})
	sets == [set(), set(), set()] with input as facts("decrypt", "precise", managed)
}

test_unknown if {
	unknown := {{"subject": "i", "resource": "a", "about": about, "why": why}}
	sets == [{"i"}, set(), unknown] with input as facts("decrypt", "precise", policy({}, {"unread": {"document": why}}))
}
