package kmsaudit.logging.cloudtrail_logs_not_kms_test

import data.kmsaudit.logging.cloudtrail_logs_not_kms as rule

why := {"state": "denied", "operation": "cloudtrail:DescribeTrails", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

trail(more) := {"trails": [object.union({"arn": "t", "name": "n", "region": "r", "kind": "trail", "own": true, "place": "/t", "unread": {}}, more)]}

encryption(key) := {"place": "/e", "key": key}

test_finds[kind] if {
	some kind, command in {
		"trail": "aws cloudtrail update-trail --region 'r' --name 't' --kms-key-id KEY-ARN",
		"event_data_store": "aws cloudtrail update-event-data-store --region 'r' --event-data-store 't' --kms-key-id KEY-ARN",
	}
	[subjects, deny, unknown] := sets with input as trail({"kind": kind, "encryption": encryption("")})
	[subjects, unknown] == [{"t"}, set()]
	msg := sprintf("the %s n has no KMS key", [rule.kinds[kind]])
	[[f.resource, f.place, f.msg, f.mend[0].command] | some f in deny] == [["t", "/e", msg, command]]
}

test_passes if sets == [{"t"}, set(), set()] with input as trail({"encryption": encryption("k")})

test_leaves_out if {
	sets == [set(), set(), set()] with input as trail({"own": false, "encryption": encryption("")})
	sets == [set(), set(), set()] with input as trail({"own": false, "unread": {"encryption": why}})
}

test_unknown if sets == [{"t"}, set(), {{"resource": "t", "why": why}}] with input as trail({"unread": {"encryption": why}})
