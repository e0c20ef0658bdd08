package kmsaudit.bucket.tls_not_enforced_test

import data.kmsaudit.bucket.tls_not_enforced as rule

why := {"state": "denied", "operation": "s3:GetBucketPolicy", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

bucket(more) := {"buckets": [object.union({"arn": "b", "name": "b", "place": "/b", "unread": {}}, more)]}

guards(open) := {"guards": {"place": "/g", "open_to_http": open}}

everything := [sprintf("%s by %s", [action, caller]) |
	some action in ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:GetBucketPolicy"]
	some caller in ["a role of the account", "another account", "anybody"]
]

test_finds_and_names_what_is_open[note] if {
	some note, [open, message] in {
		"all": [everything, "plain HTTP is not denied"],
		"objects": [
			["s3:PutObject by anybody", "s3:DeleteObject by anybody", "s3:DeleteObject by another account"],
			"plain HTTP is not denied everywhere; open are its objects: s3:DeleteObject by another account and anybody, s3:PutObject by anybody",
		],
		"bucket": [["s3:ListBucket by anybody"], "plain HTTP is not denied everywhere; open are the bucket: s3:ListBucket by anybody"],
		"both halves": [
			["s3:ListBucket by anybody", "s3:GetObject by anybody"],
			"plain HTTP is not denied everywhere; open are the bucket: s3:ListBucket by anybody; its objects: s3:GetObject by anybody",
		],
	}
	[subjects, deny, unknown] := sets with input as bucket(guards(open))
	[subjects, unknown] == [{"b"}, set()]
	[[f.resource, f.place, f.msg] | some f in deny] == [["b", "/g", message]]
}

test_prints_the_statement if {
	statements := {f.mend[0].statement | some f in rule.deny} with input as bucket(guards(everything))
	statements == {{
		"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["b", "b/*"],
		"Condition": {"Bool": {"aws:SecureTransport": "false"}},
	}}
}

test_passes if sets == [{"b"}, set(), set()] with input as bucket(guards([]))

test_unknown if {
	sets == [{"b"}, set(), {{"resource": "b", "why": why}}] with input as bucket({"unread": {"guards": why}})
}
