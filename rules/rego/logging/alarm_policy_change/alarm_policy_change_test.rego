package kmsaudit.logging.alarm_policy_change_test

import data.kmsaudit.logging.alarm_policy_change as rule

why := {"state": "denied", "operation": "events:ListRules", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

account(more) := {"monitoring": [object.union({"arn": "a", "place": "/a", "unread": {}}, more)]}

watch(missing, undecided) := {
	"place": "/w",
	"watched": [],
	"missing": [{"event": name, "regions": ["r"]} | some name in missing],
	"undecided": [{"event": name, "unread": why} | some name in undecided],
	"idle": [],
}

heard := watch([], [])

test_finds if {
	both := {"bucket_alarms": watch(["PutBucketPolicy"], []), "identity_alarms": watch(["CreatePolicy"], [])}
	[subjects, deny, unknown] := sets with input as account(both)
	[subjects, unknown] == [{"a"}, set()]
	{[f.place, f.about.policies, f.msg] | some f in deny} == {
		["/w", "buckets", "nobody hears of changes of policies of buckets: PutBucketPolicy in r"],
		["/w", "IAM", "nobody hears of changes of policies of IAM: CreatePolicy in r"],
	}
}

test_passes if sets == [{"a"}, set(), set()] with input as account({"bucket_alarms": heard, "identity_alarms": heard})

test_unknown[reading] if {
	some reading, other in {"bucket_alarms": "identity_alarms", "identity_alarms": "bucket_alarms"}
	sets == [{"a"}, set(), {{"resource": "a", "why": why}}] with input as account({other: heard, "unread": {reading: why}})
	sets == [{"a"}, set(), {{"resource": "a", "why": why}}] with input as account({other: heard, reading: watch([], ["CreatePolicy"])})
}
