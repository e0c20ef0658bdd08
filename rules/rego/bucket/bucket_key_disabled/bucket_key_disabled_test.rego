package kmsaudit.bucket.bucket_key_disabled_test

import data.kmsaudit.bucket.bucket_key_disabled as rule

why := {"state": "denied", "operation": "s3:GetEncryptionConfiguration", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

bucket(intent, requests, encryption, tests) := {
	"prices": {"kms_requests_10000": 0.03},
	"buckets": [{
		"arn": "b", "place": "/b", "unread": {},
		"intent": {"bucket_key": intent, "requests_per_month": requests},
		"encryption": object.union({"place": "/e"}, encryption),
		"default_key": {"context_tests": tests},
	}],
}

off := {"algorithm": "aws:kms", "bucket_key": false}

test_finds_off if {
	[subjects, deny, unknown] := sets with input as bucket("on", 0, off, [])
	[subjects, unknown] == [{"b"}, set()]
	[[f.resource, f.place] | some f in deny] == [["b", "/e"]]
}

test_says_the_cost[requests] if {
	some requests, message in {
		0: "the Bucket Key is off: each million requests costs about $3.00 in KMS, with a Bucket Key about $0.03",
		2500000: "the Bucket Key is off: 2500000 requests a month cost about $7.50 in KMS, with a Bucket Key about $0.08",
	}
	messages := {f.msg | some f in rule.deny} with input as bucket("on", requests, off, [])
	messages == {message}
}

test_warns_of_context_tests if {
	messages := {f.msg | some f in rule.deny} with input as bucket("on", 0, off, ["/s"])
	{contains(m, "1 statements of the key policy test object ARNs") | some m in messages} == {true}
}

test_passes_on if sets == [{"b"}, set(), set()] with input as bucket("on", 0, {"algorithm": "aws:kms", "bucket_key": true}, [])

test_leaves_out[note] if {
	some note, facts in {
		"meant": bucket("off", 0, off, []),
		"dsse": bucket("on", 0, {"algorithm": "aws:kms:dsse", "bucket_key": false}, []),
		"sse-s3": bucket("on", 0, {"algorithm": "AES256", "bucket_key": false}, []),
	}
	sets == [set(), set(), set()] with input as facts
}

test_unknown if {
	facts := {"buckets": [{"arn": "b", "place": "/b", "intent": {"bucket_key": "on"}, "unread": {"encryption": why}}]}
	sets == [set(), set(), {{"resource": "b", "why": why}}] with input as facts
}
