package kmsaudit.access.kms_access_unneeded_test

import data.kmsaudit.access.kms_access_unneeded as rule

sets := [rule.subjects, rule.deny, rule.unknown]

row(more) := {"needless": [object.union(
	{"id": "k", "key": "k", "place": "/k", "bucket_count": 1, "buckets": ["b"], "allowed": [], "undecided": []},
	more,
)]}

users := {
	"what": "kms:Decrypt", "count": 1, "principals": ["r"],
	"by": [{"layer": "identity", "policy": "P", "sid": "", "place": "/p", "identity": "S"}],
}

test_finds[note] if {
	some note, [more, words] in {
		"one": [{"allowed": [users]}, "r can decrypt with the key and reach no object of the buckets that it protects: b"],
		"several": [
			{"bucket_count": 3, "allowed": [object.union(users, {"count": 2})]},
			"2 principals, r among them, can decrypt with the key and reach no object of the buckets that it protects: b and 2 more",
		],
	}
	[subjects, deny, unknown] := sets with input as row(more)
	[subjects, unknown] == [{"k"}, set()]
	mend := [{"text": "take the key out of it, or declare what it is for", "to": "identity policy P"}]
	[[f.subject, f.resource, f.place, f.msg, f.mend] | some f in deny] == [["k", "k", "/k", words, mend]]
}

test_passes if sets == [{"k"}, set(), set()] with input as row({})

test_unknown if {
	undecided := [{"what": "w", "unread": []}]
	unknown := {{"subject": "k", "resource": "k", "why": {"depends": [], "undecided": undecided}}}
	sets == [{"k"}, set(), unknown] with input as row({"undecided": undecided})
}
