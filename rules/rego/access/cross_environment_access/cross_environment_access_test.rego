package kmsaudit.access.cross_environment_access_test

import data.kmsaudit.access.cross_environment_access as rule

sets := [rule.subjects, rule.deny, rule.unknown]

row(more) := {"crossings": [object.union(
	{
		"id": "k", "scope": "key", "resource": "k", "environments": ["prod"], "place": "/k",
		"allowed": [], "depends": [], "undecided": [],
	},
	more,
)]}

giver := {"layer": "identity", "policy": "P", "sid": "", "place": "/p", "identity": "S"}

users := {
	"what": "dev", "count": 1, "principals": ["r"], "others": ["prod"], "key_count": 1, "keys": ["k"],
	"by": [giver], "tests": [],
}

many := {"count": 7, "key_count": 9, "others": ["prod", "test"]}

test_finds[note] if {
	some note, [more, from, words] in {
		"by name": [{"allowed": [users]}, "elsewhere", "r of environment dev can decrypt with the key, which is of prod"],
		"several": [
			{"allowed": [object.union(users, {"count": 2})]},
			"elsewhere",
			"2 principals, r among them, of environment dev can decrypt with the key, which is of prod",
		],
		"account": [
			{"scope": "account", "allowed": [users]},
			"dev",
			"r of environment dev can decrypt with k, which is of prod, by a policy that names neither",
		],
		"many keys": [
			{"scope": "account", "allowed": [object.union(users, many)]},
			"dev",
			concat("", [
				"7 principals, r among them, of environment dev can decrypt with 9 keys of prod and test, k among them, ",
				"by policies that name neither",
			]),
		],
	}
	[subjects, deny, unknown] := sets with input as row(more)
	[subjects, unknown] == [{"k"}, set()]
	mend := [{"text": "narrow it to the keys of environment dev, by their ARNs or their tags", "to": "identity policy P"}]
	[[f.subject, f.resource, f.place, f.about, f.msg, f.mend] | some f in deny] == [["k", "k", "/k", {"from": from}, words, mend]]
}

test_finds_what_hangs_on_a_condition if {
	open := object.union(users, {"tests": [{"key": "kms:ViaService", "operator": "StringEquals", "values": ["s3"]}]})
	[subjects, deny, unknown] := sets with input as row({"depends": [open]})
	[subjects, unknown] == [{"k"}, set()]
	words := "r of environment dev can decrypt with the key, which is of prod if kms:ViaService StringEquals s3"
	[[f.about, f.msg, f.evidence.tests] | some f in deny] == [[{"from": "elsewhere", "condition": "open"}, words, open.tests]]
}

test_passes if sets == [{"k"}, set(), set()] with input as row({})

test_unknown if {
	undecided := [{"what": "w", "unread": []}]
	unknown := {{"subject": "k", "resource": "k", "why": {"depends": [], "undecided": undecided}}}
	sets == [{"k"}, set(), unknown] with input as row({"undecided": undecided})
}
