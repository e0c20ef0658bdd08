package kmsaudit.key.rotation_overdue_test

import data.kmsaudit.key.rotation_overdue as rule

why := {"state": "denied", "operation": "kms:ListKeyRotations", "code": "AccessDeniedException"}

metadata(more) := object.union(
	{"place": "/m", "manager": "customer", "state": "Enabled", "renewal": "automatic", "multi_region": "no"},
	more,
)

rotated(days, by) := {"place": "/r", "days": days, "by": by}

key(more) := {
	"params": {"KEY-003": {"max_days": 365}},
	"keys": [object.union({"arn": "k", "region": "r", "place": "/k", "unread": {}}, more)],
}

sets := [rule.subjects, rule.deny, rule.unknown]

test_finds[msg] if {
	some msg, [renewal, by, mends] in {
		"the key was last rotated 366 days ago, and 365 are the most allowed": ["automatic", "rotation", 1],
		"the key was never rotated: it was made 366 days ago, and 365 are the most allowed": ["on_demand", "creation", 2],
	}
	[subjects, deny, unknown] := sets with input as key({"metadata": metadata({"renewal": renewal}), "rotated": rotated(366, by)})
	[subjects, unknown] == [{"k"}, set()]
	[[f.resource, f.place, f.msg, count(f.mend)] | some f in deny] == [["k", "/r", msg, mends]]
}

test_passes if sets == [{"k"}, set(), set()] with input as key({"metadata": metadata({}), "rotated": rotated(365, "creation")})

test_leaves_out[note] if {
	some note, more in {
		"aws": {"manager": "aws"},
		"disabled": {"state": "Disabled"},
		"asymmetric": {"renewal": "none"},
		"replica": {"multi_region": "replica"},
	}
	sets == [set(), set(), set()] with input as key({"metadata": metadata(more), "rotated": rotated(366, "creation")})
	sets == [set(), set(), set()] with input as key({"metadata": metadata(more), "unread": {"rotated": why}})
}

test_unknown[note] if {
	some note, more in {
		"rotations": {"metadata": metadata({}), "unread": {"rotated": why}},
		"key": {"unread": {"metadata": why}},
	}
	sets == [set(), set(), {{"resource": "k", "why": why}}] with input as key(more)
}
