package kmsaudit.bucket.upload_not_denied_wrong_key_test

import data.kmsaudit.bucket.upload_not_denied_wrong_key as rule

why := {"state": "denied", "operation": "s3:GetBucketPolicy", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

bucket(name, key, more) := {"buckets": [object.union(
	{"arn": "b", "name": name, "place": "/b", "intent": {"key": key}, "unread": {}},
	more,
)]}

guards(outcome) := {"place": "/g", "other_key": outcome}

test_finds[outcome] if {
	some outcome, text in {"allowed": "nothing denies", "depends": "not to everybody"}
	[subjects, deny, unknown] := sets with input as bucket("b", "k", {"guards": guards(outcome)})
	[subjects, unknown] == [{"b"}, set()]
	[[f.resource, f.place, contains(f.msg, text), contains(f.msg, "another key than k")] | some f in deny] == [["b", "/g", true, true]]
}

test_prints_the_statements if {
	statements := [mend.statement | some f in rule.deny; some mend in f.mend] with input as bucket("b", "k", {"guards": guards("allowed")})
	statements[0] == {
		"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "b/*",
		"Condition": {
			"StringNotEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "k"},
			"Null": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "false"},
		},
	}
	statements[1].Condition.Null == {"s3:x-amz-server-side-encryption-aws-kms-key-id": "true"}
}

test_passes if sets == [{"b"}, set(), set()] with input as bucket("b", "k", {"guards": guards("denied")})

test_leaves_out_what_nobody_asked_for if {
	sets == [set(), set(), set()] with input as bucket("b", "", {"guards": guards("allowed")})
	sets == [set(), set(), set()] with input as bucket("b", "", {"unread": {"guards": why}})
}

test_unknown if {
	unknown := {{"resource": "b", "why": why}}
	sets == [{"b"}, set(), unknown] with input as bucket("b", "k", {"unread": {"guards": why}})
	sets == [set(), set(), unknown] with input as bucket("*", "", {"unread": {"guards": why}})
}
