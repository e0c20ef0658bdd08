package kmsaudit.key.unused_test

import data.kmsaudit.key.unused as rule

why := {"state": "not_collected", "operation": "kms:GetKeyLastUsage", "code": ""}

sets := [rule.subjects, rule.deny, rule.unknown]

metadata(manager, state) := {"place": "/m", "manager": manager, "state": state}

enabled := metadata("customer", "Enabled")

usage(used, days, whole) := {
	"place": "/u",
	"used": used,
	"operation": "Decrypt",
	"quiet_days": days,
	"since": "2026-01-01",
	"whole": whole,
}

key(more) := {
	"params": {"KEY-008": {"days": 90}},
	"keys": [object.union({"arn": "k", "region": "r", "place": "/k", "unread": {}}, more)],
}

test_finds[msg] if {
	some msg, use in {
		"the last use on record (Decrypt) was 91 days ago": usage(true, 91, false),
		"no use is on record; records began on 2026-01-01, 120 days ago": usage(false, 120, false),
		"no use is on record; records began on 2026-01-01, 91 days ago": usage(false, 91, true),
	}
	[subjects, deny, unknown] := sets with input as key({"metadata": enabled, "usage": use})
	[subjects, unknown] == [{"k"}, set()]
	[[f.resource, f.place, f.msg] | some f in deny] == [["k", "/u", msg]]
}

test_passes[note] if {
	some note, use in {
		"used": usage(true, 90, false),
		"a new key": usage(false, 30, true),
	}
	sets == [{"k"}, set(), set()] with input as key({"metadata": enabled, "usage": use})
}

test_leaves_out[note] if {
	some note, more in {
		"keys of AWS": metadata("aws", "Enabled"),
		"disabled": metadata("customer", "Disabled"),
	}
	sets == [set(), set(), set()] with input as key({"metadata": more, "usage": usage(false, 1000, true)})
	sets == [set(), set(), set()] with input as key({"metadata": more, "unread": {"usage": why}})
}

test_unknown_records if {
	facts := key({"metadata": enabled, "usage": usage(false, 30, false)})
	sets == [{"k"}, set(), {{"resource": "k", "why": rule.too_young}}] with input as facts
}

test_unknown if {
	unknown := {{"resource": "k", "why": why}}
	sets == [{"k"}, set(), unknown] with input as key({"metadata": enabled, "unread": {"usage": why}})
	sets == [set(), set(), unknown] with input as key({"usage": usage(true, 1000, true), "unread": {"metadata": why}})
}
