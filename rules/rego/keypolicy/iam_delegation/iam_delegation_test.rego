package kmsaudit.keypolicy.iam_delegation_test

import data.kmsaudit.keypolicy.iam_delegation as rule

why := {"state": "denied", "operation": "kms:GetKeyPolicy", "code": "AccessDeniedException"}

open := [{"what": "arn:aws:iam::111122223333:role/r", "unread": []}]

sets := [rule.subjects, rule.deny, rule.unknown]

facts(more) := {
	"account": {"arn": "root"},
	"params": {"POL-005": {"max_principals": 2}},
	"keys": [object.union({"arn": "k", "place": "/k", "unread": {}}, more)],
}

delegation(extent) := {"delegation": {"place": "/d", "identity": "S", "extent": extent}}

decryptors(more) := {"decryptors": object.union(
	{"place": "/k", "applies": true, "delegated": 0, "principals": [], "undecided": 0, "complete": true, "open": []},
	more,
)}

key(extent, more) := facts(object.union(delegation(extent), decryptors(more)))

test_tells[note] if {
	some note, [more, severity, n] in {
		"few": [{"delegated": 2}, "info", 2],
		"many": [{"delegated": 3}, "medium", 3],
		"few whoever they are": [{"delegated": 1, "undecided": 1, "open": open}, "info", 1],
		"many and more": [{"delegated": 3, "undecided": 1, "complete": false, "open": open}, "medium", 3],
	}
	[subjects, deny, _] := sets with input as key("all", more)
	subjects == {"k"}
	msg := sprintf("the key policy leaves every action to IAM policies, and by these %d principals may decrypt", [n])
	[[f.resource, f.place, f.statement, f.severity, f.msg] | some f in deny] == [["k", "/d", "S", severity, msg]]
}

test_passes_where_nobody_has_it[note] if {
	some note, more in {"nobody": {}, "no key to decrypt with": {"applies": false}}
	sets == [{"k"}, set(), set()] with input as key("all", more)
}

test_passes[extent] if {
	some extent in ["some", "none"]
	sets == [{"k"}, set(), set()] with input as key(extent, {"delegated": 9})
}

test_leaves_out_keys_of_aws if sets == [set(), set(), set()] with input as key("aws", {})

test_unknown[note] if {
	some note, more in {
		"could be many": {"delegated": 2, "undecided": 1, "open": open},
		"who there is": {"delegated": 1, "complete": false, "open": open},
		"nobody or one": {"undecided": 1, "open": open},
	}
	unknown := {{"resource": "k", "why": {"depends": [], "undecided": open}}}
	sets == [{"k"}, set(), unknown] with input as key("all", more)
}

test_unknown_unread if {
	unread := {{"resource": "k", "why": why}}
	sets == [set(), set(), unread] with input as facts({"unread": {"delegation": why, "decryptors": why}})
	sets == [{"k"}, set(), unread] with input as facts(object.union(delegation("all"), {"unread": {"decryptors": why}}))
}
