package kmsaudit.logging.object_events_not_logged_test

import data.kmsaudit.logging.object_events_not_logged as rule

why := {"state": "denied", "operation": "cloudtrail:ListTrails", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

account(more) := {"monitoring": [object.union({"arn": "a", "place": "/a", "unread": {}}, more)]}

none := {"count": 0, "buckets": [], "bucket_keys": 0}

recorded(reads, writes) := {"object_events": {"place": "/o", "reads": reads, "writes": writes}}

test_finds if {
	few := {"count": 2, "buckets": ["b", "c"], "bucket_keys": 1}
	[subjects, deny, unknown] := sets with input as account(recorded(few, {"count": 9, "buckets": ["b"], "bucket_keys": 0}))
	[subjects, unknown] == [{"a"}, set()]
	{[f.place, f.about.events, f.msg] | some f in deny} == {
		["/o", "read", "nothing records who reads objects of b, c; with a Bucket Key, as 1 of them, the events of KMS do not tell either"],
		["/o", "write", "nothing records who writes objects of 9 buckets, such as b"],
	}
}

test_passes if sets == [{"a"}, set(), set()] with input as account(recorded(none, none))

test_unknown if sets == [{"a"}, set(), {{"resource": "a", "why": why}}] with input as account({"unread": {"object_events": why}})
