package kmsaudit.bucket.public_bucket_test

import data.kmsaudit.bucket.public_bucket as rule

why := {"state": "denied", "operation": "s3:GetBucketPolicy", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

bucket(more) := {"buckets": [object.union({"arn": "b", "name": "b", "place": "/b", "unread": {}}, more)]}

public(open, blocked) := {"public": {"place": "/p", "open": open, "by": [], "listed": [], "blocked": blocked}}

listed(grants) := {"public": {
	"place": "/p",
	"open": [],
	"by": [],
	"listed": [{"place": sprintf("/g/%d", [i]), "to": grant[0], "permission": grant[1]} | some i, grant in grants],
	"blocked": "none",
}}

test_finds_public[msg] if {
	some msg, open in {
		"the bucket policy lets everybody do s3:GetObject, s3:ListBucket, s3:GetBucketLocation": ["s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket"],
		"the bucket policy lets everybody do s3:GetObject, s3:A, s3:B, s3:C, s3:D and 1 more": ["s3:A", "s3:B", "s3:C", "s3:D", "s3:E", "s3:GetObject"],
	}
	[subjects, deny, unknown] := sets with input as bucket(public(open, "none"))
	[subjects, unknown] == [{"b"}, set()]
	[[f.resource, f.place, f.severity, f.msg, count(f.mend)] | some f in deny] == [["b", "/p", "critical", msg, 1]]
}

test_finds_listed[msg] if {
	some msg, grants in {
		"the bucket's access control list gives everybody READ": [["everybody", "READ"]],
		"the bucket's access control list gives everybody READ, WRITE; everybody with an account at AWS READ_ACP": [
			["everybody", "READ"],
			["everybody with an account at AWS", "READ_ACP"],
			["everybody", "WRITE"],
		],
	}
	[subjects, deny, unknown] := sets with input as bucket(listed(grants))
	[subjects, unknown] == [{"b"}, set()]
	wanted := ["b", "/g/0", "critical", "access control list", msg, 1]
	[[f.resource, f.place, f.severity, f.about.through, f.msg, count(f.mend)] | some f in deny] == [wanted]
}

test_finds_unblocked[blocked] if {
	some blocked, msg in rule.switches
	[subjects, deny, unknown] := sets with input as bucket(public([], blocked))
	[subjects, unknown] == [{"b"}, set()]
	[[f.resource, f.severity, f.msg] | some f in deny] == [["b", "low", msg]]
}

test_passes if sets == [{"b"}, set(), set()] with input as bucket(public([], "all"))

test_unknown if {
	sets == [{"b"}, set(), {{"resource": "b", "why": why}}] with input as bucket({"unread": {"public": why}})
}
