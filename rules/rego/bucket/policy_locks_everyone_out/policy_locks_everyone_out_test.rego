package kmsaudit.bucket.policy_locks_everyone_out_test

import data.kmsaudit.bucket.policy_locks_everyone_out as rule

why := {"state": "denied", "operation": "s3:GetBucketPolicy", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

bucket(more) := {"buckets": [object.union({"arn": "b", "name": "b", "place": "/b", "unread": {}}, more)]}

lockout(locked, gone) := {"lockout": {"place": "/l", "locked": locked, "by": [], "gone": gone}}

test_finds[msg] if {
	some msg, gone in {
		"the bucket policy denies everybody in the account to put or delete it; only the root user can": [],
		concat("", [
			"the bucket policy denies everybody in the account to put or delete it but those who do not exist: r; ",
			"only the root user can",
		]): ["r"],
	}
	[subjects, deny, unknown] := sets with input as bucket(lockout(true, gone))
	[subjects, unknown] == [{"b"}, set()]
	command := "aws s3api delete-bucket-policy --bucket 'b'"
	[[f.resource, f.place, f.msg, f.mend[0].command] | some f in deny] == [["b", "/l", msg, command]]
}

test_passes if sets == [{"b"}, set(), set()] with input as bucket(lockout(false, []))

test_unknown if {
	sets == [{"b"}, set(), {{"resource": "b", "why": why}}] with input as bucket({"unread": {"lockout": why}})
}
