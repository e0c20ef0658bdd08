package kmsaudit.key.imported_material_expires_test

import data.kmsaudit.key.imported_material_expires as rule

why := {"state": "failed", "operation": "kms:DescribeKey", "code": "ExpirationNotGiven"}

sets := [rule.subjects, rule.deny, rule.unknown]

customer := {"place": "/m", "manager": "customer"}

material(expires, days) := {"place": "/m", "expires": expires, "days": days, "at": "2027-01-31"}

key(more) := {
	"params": {"KEY-009": {"days": 30}},
	"keys": [object.union({"arn": "k", "region": "r", "place": "/k", "unread": {}}, more)],
}

test_finds[msg] if {
	some msg, days in {
		"the imported key material expires on 2027-01-31, days left: 30": 30,
		"the imported key material expires on 2027-01-31, days left: 0": -1,
	}
	[subjects, deny, unknown] := sets with input as key({"metadata": customer, "material": material("at", days)})
	[subjects, unknown] == [{"k"}, set()]
	[[f.resource, f.place, f.msg, count(f.mend)] | some f in deny] == [["k", "/m", msg, 2]]
}

test_passes if {
	sets == [{"k"}, set(), set()] with input as key({"metadata": customer, "material": material("at", 31)})
	sets == [{"k"}, set(), set()] with input as key({"metadata": customer, "material": material("never", 0)})
}

test_leaves_out if {
	sets == [set(), set(), set()] with input as key({"metadata": customer, "material": material("no", 0)})
	sets == [set(), set(), set()] with input as key({"metadata": {"place": "/m", "manager": "aws"}, "unread": {"material": why}})
}

test_unknown if {
	unknown := {{"resource": "k", "why": why}}
	sets == [set(), set(), unknown] with input as key({"metadata": customer, "unread": {"material": why}})
	sets == [set(), set(), unknown] with input as key({"material": material("at", 1), "unread": {"metadata": why}})
}
