package kmsaudit.keypolicy.too_many_users_test

import data.kmsaudit.keypolicy.too_many_users as rule

why := {"state": "denied", "operation": "kms:GetKeyPolicy", "code": "AccessDeniedException"}

open := [{"what": "arn:aws:iam::111122223333:role/r", "unread": []}]

sets := [rule.subjects, rule.deny, rule.unknown]

facts(more) := {"params": {"POL-010": {"max_principals": 2}}, "keys": [object.union({"arn": "k", "place": "/k", "unread": {}}, more)]}

decryptors(more) := facts({"decryptors": object.union(
	{
		"place": "/k", "applies": true, "allowed": 0, "depends": 0, "delegated": 0, "principals": [], "tests": [],
		"undecided": 0, "complete": true, "open": [],
	},
	more,
)})

undecided := {{"resource": "k", "why": {"depends": [], "undecided": open}}}

test_finds[note] if {
	some note, [more, counts] in {
		"certain": [{"allowed": 3, "delegated": 2}, [3, 0, 2]],
		"conditional": [{"allowed": 1, "depends": 2}, [3, 2, 0]],
		"incomplete all the same": [{"allowed": 3, "complete": false, "open": open}, [3, 0, 0]],
	}
	[subjects, deny, _] := sets with input as decryptors(more)
	subjects == {"k"}
	msg := sprintf(
		"%d principals may decrypt with the key, %d of them under conditions, %d by IAM policies; 2 are allowed by the rule",
		counts,
	)
	[[f.resource, f.place, f.msg] | some f in deny] == [["k", "/k", msg]]
}

test_passes[note] if {
	some note, more in {
		"few": {"allowed": 2},
		"few whoever they are": {"allowed": 1, "undecided": 1, "open": open},
	}
	sets == [{"k"}, set(), set()] with input as decryptors(more)
}

test_leaves_out if sets == [set(), set(), set()] with input as decryptors({"applies": false})

test_unknown[note] if {
	some note, more in {
		"policies of some": {"allowed": 2, "undecided": 1, "open": open},
		"who there is": {"allowed": 1, "complete": false, "open": open},
	}
	sets == [{"k"}, set(), undecided] with input as decryptors(more)
}

test_unknown_unread if {
	sets == [set(), set(), {{"resource": "k", "why": why}}] with input as facts({"unread": {"decryptors": why}})
}
