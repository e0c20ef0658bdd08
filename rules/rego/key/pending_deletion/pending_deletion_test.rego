package kmsaudit.key.pending_deletion_test

import data.kmsaudit.key.pending_deletion as rule

why := {"state": "denied", "operation": "kms:DescribeKey", "code": "AccessDeniedException"}

sets := [rule.subjects, rule.deny, rule.unknown]

metadata(state, days) := {"place": "/m", "manager": "customer", "state": state, "pending_days": days}

key(more) := {"keys": [object.union({"arn": "k", "region": "r", "place": "/k", "unread": {}}, more)]}

used(n, buckets) := {"place": "/k", "count": n, "buckets": buckets}

test_finds[msg] if {
	some msg, [state, days, n, buckets, severity] in {
		"the key is scheduled for deletion, days left: 5": ["PendingDeletion", 5, 0, [], "high"],
		"the key is scheduled for deletion, days left: 0": ["PendingDeletion", -1, 0, [], "high"],
		"the key is deleted once its last replica is": ["PendingReplicaDeletion", -1, 0, [], "high"],
		"the key is scheduled for deletion, days left: 7; it is the default key of a, b": ["PendingDeletion", 7, 2, ["a", "b"], "critical"],
		"the key is scheduled for deletion, days left: 8; it is the default key of 3 buckets, a, b among them": [
			"PendingDeletion",
			8, 3, ["a", "b"],
			"critical",
		],
	}
	[subjects, deny, unknown] := sets with input as key({"metadata": metadata(state, days), "used_by": used(n, buckets)})
	[subjects, unknown] == [{"k"}, set()]
	[[f.resource, f.place, f.msg, f.severity, count(f.mend)] | some f in deny] == [["k", "/m", msg, severity, 2]]
}

test_finds_recorders if {
	facts := key({
		"metadata": metadata("PendingDeletion", 5), "used_by": used(0, []),
		"recorders": {"place": "/k", "count": 1, "names": ["t"]},
	})
	found := {[f.severity, f.msg] | some f in rule.deny} with input as facts
	found == {["critical", "the key is scheduled for deletion, days left: 5; events and logs are written under it (1): t"]}
}

test_finds_without_users if {
	[subjects, deny, unknown] := sets with input as key({"metadata": metadata("PendingDeletion", 5), "unread": {"used_by": why}})
	[subjects, unknown] == [{"k"}, set()]
	[[f.severity, f.evidence.count] | some f in deny] == [["high", 0]]
}

test_passes if sets == [{"k"}, set(), set()] with input as key({"metadata": metadata("Disabled", -1), "used_by": used(1, ["a"])})

test_leaves_out_keys_of_aws if {
	sets == [set(), set(), set()] with input as key({"metadata": {"place": "/m", "manager": "aws", "state": "Enabled", "pending_days": -1}})
}

test_unknown if {
	sets == [set(), set(), {{"resource": "k", "why": why}}] with input as key({"unread": {"metadata": why}, "used_by": used(1, ["a"])})
}
