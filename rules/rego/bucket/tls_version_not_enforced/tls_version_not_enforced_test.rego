package kmsaudit.bucket.tls_version_not_enforced_test

import data.kmsaudit.bucket.tls_version_not_enforced as rule

why := {"state": "denied", "operation": "s3:GetBucketPolicy", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

bucket(minimum, more) := {
	"params": {"S3-014": {"minimum": minimum}},
	"buckets": [object.union({"arn": "b", "name": "b", "place": "/b", "unread": {}}, more)],
}

tls(lowest, open) := {"tls": {"place": "/t", "floor": lowest, "open": open}}

test_finds[msg] if {
	some msg, [minimum, lowest, open] in {
		"nothing denies versions of TLS before 1.2": ["1.2", "none", []],
		"versions of TLS before 1.2 are not denied everywhere; open are s3:ListBucket by anybody": ["1.2", "none", ["s3:ListBucket by anybody"]],
		"versions of TLS before 1.1 are denied, and those before 1.2 should be": ["1.2", "1.1", []],
		"versions of TLS before 1.2 are denied, and those before 1.3 should be": ["1.3", "1.2", []],
		"versions of TLS before 1.3 are denied, and those before 2 should be": ["2", "1.3", []],
	}
	[subjects, deny, unknown] := sets with input as bucket(minimum, tls(lowest, open))
	[subjects, unknown] == [{"b"}, set()]
	condition := {"NumericLessThan": {"s3:TlsVersion": minimum}}
	[[f.resource, f.place, f.msg, f.mend[0].statement.Condition] | some f in deny] == [["b", "/t", msg, condition]]
}

test_passes[lowest] if {
	some lowest in ["1.2", "1.3"]
	sets == [{"b"}, set(), set()] with input as bucket("1.2", tls(lowest, []))
}

test_unknown if {
	sets == [{"b"}, set(), {{"resource": "b", "why": why}}] with input as bucket("1.2", {"unread": {"tls": why}})
}
