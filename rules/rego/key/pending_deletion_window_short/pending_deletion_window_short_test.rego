package kmsaudit.key.pending_deletion_window_short_test

import data.kmsaudit.key.pending_deletion_window_short as rule

why := {"state": "denied", "operation": "kms:DescribeKey", "code": "AccessDeniedException"}

sets := [rule.subjects, rule.deny, rule.unknown]

metadata(manager) := {"place": "/m", "manager": manager}

deletion(pending, least, most) := {"place": "/d", "pending": pending, "least_days": least, "most_days": most}

key(min_days, more) := {
	"params": {"KEY-006": {"min_days": min_days}},
	"keys": [object.union({"arn": "k", "region": "r", "place": "/k", "unread": {}}, more)],
}

test_finds[msg] if {
	some msg, [min_days, least, most, next] in {
		"the key is deleted after a waiting period of 7 days, and 30 are the least allowed": [30, 7, 7, 30],
		"the key is deleted after a waiting period of at most 20 days, and 21 are the least allowed": [21, 9, 20, 21],
		"the key is deleted after a waiting period of 30 days, and 90 are the least allowed": [90, 30, 30, 30],
	}
	facts := key(min_days, {"metadata": metadata("customer"), "deletion": deletion(true, least, most)})
	[subjects, deny, unknown] := sets with input as facts
	subjects == {"k"}
	unknown == set()
	command := sprintf("aws kms schedule-key-deletion --region 'r' --key-id 'k' --pending-window-in-days %d", [next])
	[[f.resource, f.place, f.msg, f.mend[1].command] | some f in deny] == [["k", "/d", msg, command]]
}

test_passes if {
	sets == [{"k"}, set(), set()] with input as key(30, {"metadata": metadata("customer"), "deletion": deletion(true, 30, 30)})
	sets == [{"k"}, set(), set()] with input as key(14, {"metadata": metadata("customer"), "deletion": deletion(true, 14, 30)})
}

test_leaves_out[note] if {
	some note, facts in {
		"not pending": {"metadata": metadata("customer"), "deletion": deletion(false, 0, 0)},
		"keys of AWS": {"metadata": metadata("aws"), "unread": {"deletion": why}},
	}
	sets == [set(), set(), set()] with input as key(30, facts)
}

test_unknown_period if {
	facts := key(30, {"metadata": metadata("customer"), "deletion": deletion(true, 12, 30)})
	sets == [{"k"}, set(), {{"resource": "k", "why": rule.open}}] with input as facts
}

test_unknown[note] if {
	some note, facts in {
		"key": {"unread": {"metadata": why}, "deletion": deletion(true, 7, 7)},
		"deletion": {"metadata": metadata("customer"), "unread": {"deletion": why}},
	}
	sets == [set(), set(), {{"resource": "k", "why": why}}] with input as key(30, facts)
}
