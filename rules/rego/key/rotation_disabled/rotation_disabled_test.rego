package kmsaudit.key.rotation_disabled_test

import data.kmsaudit.key.rotation_disabled as rule

why := {"state": "denied", "operation": "kms:GetKeyRotationStatus", "code": "AccessDeniedException"}

able := {"place": "/m", "manager": "customer", "state": "Enabled", "spec": "SYMMETRIC_DEFAULT", "origin": "AWS_KMS", "rotatable": true}

unable := object.union(able, {"rotatable": false})

key(more) := {"keys": [object.union({"arn": "k", "region": "r", "place": "/k", "unread": {}}, more)]}

rotation(status) := {"place": "/r", "status": status, "period_days": 0}

sets := [rule.subjects, rule.deny, rule.unknown]

test_finds_off if {
	[subjects, deny, unknown] := sets with input as key({"metadata": able, "rotation": rotation("off")})
	[subjects, unknown] == [{"k"}, set()]
	[[f.resource, f.place, f.evidence.rotation] | some f in deny] == [["k", "/r", "off"]]
}

test_passes_on if sets == [{"k"}, set(), set()] with input as key({"metadata": able, "rotation": rotation("on")})

test_leaves_out_what_cannot_rotate if {
	sets == [set(), set(), set()] with input as key({"metadata": unable, "rotation": rotation("off")})
	sets == [set(), set(), set()] with input as key({"metadata": unable, "unread": {"rotation": why}})
}

test_unknown_status if {
	sets == [{"k"}, set(), {{"resource": "k", "why": why}}] with input as key({"metadata": able, "unread": {"rotation": why}})
}

test_unknown_key if {
	sets == [set(), set(), {{"resource": "k", "why": why}}] with input as key({"rotation": rotation("on"), "unread": {"metadata": why}})
}
