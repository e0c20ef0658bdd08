package kmsaudit.key.rotation_period_too_long_test

import data.kmsaudit.key.rotation_period_too_long as rule

why := {"state": "denied", "operation": "kms:GetKeyRotationStatus", "code": "AccessDeniedException"}

able := {"place": "/m", "rotatable": true}

unable := {"place": "/m", "rotatable": false}

key(most, more) := {
	"params": {"KEY-002": {"max_days": most}},
	"keys": [object.union({"arn": "k", "region": "r", "place": "/k", "unread": {}}, more)],
}

rotation(status, days) := {"place": "/r", "status": status, "period_days": days}

sets := [rule.subjects, rule.deny, rule.unknown]

test_finds[note] if {
	some note, [most, days, found, wanted] in {
		"too long": [365, 730, 730, "365"],
		"default": [180, 0, 365, "180"],
		"shorter than KMS can": [30, 90, 90, "90"],
	}
	[subjects, deny, unknown] := sets with input as key(most, {"metadata": able, "rotation": rotation("on", days)})
	[subjects, unknown] == [{"k"}, set()]
	command := concat("", ["aws kms enable-key-rotation --region 'r' --key-id 'k' --rotation-period-in-days ", wanted])
	[[f.resource, f.place, f.evidence, f.mend[0].command] | some f in deny] == [["k", "/r", {"period_days": found, "max_days": most}, command]]
}

test_passes[days] if {
	some days in [0, 90, 365]
	sets == [{"k"}, set(), set()] with input as key(365, {"metadata": able, "rotation": rotation("on", days)})
}

test_leaves_out[note] if {
	some note, more in {
		"off": {"metadata": able, "rotation": rotation("off", 0)},
		"cannot rotate": {"metadata": unable, "rotation": rotation("on", 730)},
		"cannot rotate, refused": {"metadata": unable, "unread": {"rotation": why}},
	}
	sets == [set(), set(), set()] with input as key(365, more)
}

test_unknown[note] if {
	some note, more in {
		"status": {"metadata": able, "unread": {"rotation": why}},
		"key": {"rotation": rotation("on", 730), "unread": {"metadata": why}},
	}
	sets == [set(), set(), {{"resource": "k", "why": why}}] with input as key(365, more)
}
