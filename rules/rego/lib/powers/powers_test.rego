package kmsaudit.lib.powers_test

import data.kmsaudit.lib.powers

users(more) := object.union(
	{
		"what": "policy P", "arn": "p", "policies": 1, "place": "/p", "identity": "S", "count": 1, "principals": ["r"],
		"actions": ["kms:DisableKey"], "reach": 1, "over": ["k"], "tests": [],
	},
	more,
)

test_finding[note] if {
	some note, [more, msg] in {
		"one": [{}, "r can perform kms:DisableKey on k by the policy P"],
		"many": [{"count": 3, "reach": 7}, "3 principals, r among them, can perform kms:DisableKey on 7 keys by the policy P"],
		"conditions": [
			{"tests": [{"key": "aws:SourceIp", "operator": "IpAddress", "values": ["10.0.0.0/8", "::1"]}]},
			"r can perform kms:DisableKey on k by the policy P if aws:SourceIp IpAddress 10.0.0.0/8, ::1",
		],
	}
	finding := powers.finding("power|x", "x", users(more), "keys")
	finding.msg == msg
	[finding.subject, finding.resource, finding.place, finding.statement] == ["power|x", "p", "/p", "S"]
	finding.about == {"power": "x", "policy": "policy P"}
}

test_unknown if {
	undecided := [{"what": "w", "unread": []}]
	powers.unknown("power|x", "x", "a", undecided) == {
		"subject": "power|x", "resource": "a", "about": {"power": "x"},
		"why": {"depends": [], "undecided": undecided},
	}
}
