package kmsaudit.bucket.sse_c_not_blocked_test

import data.kmsaudit.bucket.sse_c_not_blocked as rule

why := {"state": "denied", "operation": "s3:GetBucketPolicy", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

bucket(more) := {"buckets": [object.union({"arn": "b", "name": "b'c", "place": "/b", "unread": {}}, more)]}

encryption(key) := {"place": "/e", "algorithm": "aws:kms", "key": key, "bucket_key": true, "sse_c": "allowed"}

keys(by) := {"place": "/c", "by": by}

test_finds[key] if {
	some key, wanted in {
		"": {"SSEAlgorithm": "aws:kms"},
		"k": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"},
	}
	[subjects, deny, unknown] := sets with input as bucket({"encryption": encryption(key), "customer_keys": keys("nothing")})
	[subjects, unknown] == [{"b"}, set()]
	[[f.resource, f.place] | some f in deny] == [["b", "/c"]]
	configuration := json.marshal({"Rules": [{
		"ApplyServerSideEncryptionByDefault": wanted,
		"BucketKeyEnabled": true,
		"BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]},
	}]})
	{f.mend[0].command | some f in deny} == {concat("", [
		`aws s3api put-bucket-encryption --bucket 'b'\''c' --server-side-encryption-configuration '`,
		configuration,
		"'",
	])}
}

test_passes[by] if {
	some by in {"bucket", "policy"}
	sets == [{"b"}, set(), set()] with input as bucket({"encryption": encryption(""), "customer_keys": keys(by)})
	sets == [{"b"}, set(), set()] with input as bucket({"customer_keys": keys(by), "unread": {"encryption": why}})
}

test_unknown if {
	unknown := {{"resource": "b", "why": why}}
	sets == [{"b"}, set(), unknown] with input as bucket({"encryption": encryption(""), "unread": {"customer_keys": why}})
	sets == [{"b"}, set(), unknown] with input as bucket({"customer_keys": keys("nothing"), "unread": {"encryption": why}})
	sets == [{"b"}, set(), unknown] with input as bucket({"unread": {"customer_keys": why, "encryption": why}})
}
