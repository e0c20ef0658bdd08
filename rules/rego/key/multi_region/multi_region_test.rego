package kmsaudit.key.multi_region_test

import data.kmsaudit.key.multi_region as rule

why := {"state": "denied", "operation": "kms:ListResourceTags", "code": "AccessDeniedException"}

sets := [rule.subjects, rule.deny, rule.unknown]

metadata(manager, role) := {"place": "/m", "manager": manager, "multi_region": role}

tags(list) := {"place": "/t", "tags": list}

key(more) := {
	"params": {"KEY-010": {"tag": "Approved"}},
	"keys": [object.union({"arn": "k", "region": "r", "place": "/k", "unread": {}}, more)],
}

test_finds[note] if {
	some note, [role, list] in {
		"no tag": ["primary", []],
		"another tag": ["replica", [{"key": "approved", "value": "yes"}]],
		"refused": ["replica", [{"key": "Approved", "value": "No"}]],
	}
	[subjects, deny, unknown] := sets with input as key({"metadata": metadata("customer", role), "tags": tags(list)})
	[subjects, unknown] == [{"k"}, set()]
	[[f.resource, f.place, f.evidence.multi_region] | some f in deny] == [["k", "/m", role]]
}

test_passes[value] if {
	some value in ["yes", "2026-11-01 jane", ""]
	facts := key({"metadata": metadata("customer", "primary"), "tags": tags([{"key": "Approved", "value": value}])})
	sets == [{"k"}, set(), set()] with input as facts
}

test_leaves_out if {
	sets == [set(), set(), set()] with input as key({"metadata": metadata("customer", "no"), "unread": {"tags": why}})
	sets == [set(), set(), set()] with input as key({"metadata": metadata("aws", "primary"), "tags": tags([])})
}

test_unknown if {
	unknown := {{"resource": "k", "why": why}}
	sets == [{"k"}, set(), unknown] with input as key({"metadata": metadata("customer", "primary"), "unread": {"tags": why}})
	sets == [set(), set(), unknown] with input as key({"tags": tags([]), "unread": {"metadata": why}})
}
