package kmsaudit.bucket.dsse_required_test

import data.kmsaudit.bucket.dsse_required as rule

why := {"state": "denied", "operation": "s3:GetEncryptionConfiguration", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

encryption(algorithm, key) := {"encryption": {"place": "/e", "algorithm": algorithm, "key": key, "bucket_key": true, "sse_c": "unsaid"}}

bucket(dsse, wanted, more) := {"buckets": [object.union(
	{"arn": "b", "name": "b", "place": "/b", "intent": {"dsse": dsse, "key": wanted}, "unread": {}},
	more,
)]}

test_finds[note] if {
	some note, [algorithm, key, wanted, named] in {
		"one layer": ["aws:kms", "k", "wanted", "wanted"],
		"no requirement's key": ["aws:kms", "k", "", "k"],
		"sse-s3": ["AES256", "", "", "KEY-ARN"],
	}
	[subjects, deny, unknown] := sets with input as bucket(true, wanted, encryption(algorithm, key))
	[subjects, unknown] == [{"b"}, set()]
	[[f.resource, f.place, f.evidence.algorithm] | some f in deny] == [["b", "/e", algorithm]]
	parts := [sprintf(`"KMSMasterKeyID":"%s"`, [named]), `"BucketKeyEnabled":false`]
	{contains(f.mend[0].command, part) | some f in deny; some part in parts} == {true}
}

test_passes if sets == [{"b"}, set(), set()] with input as bucket(true, "k", encryption("aws:kms:dsse", "k"))

test_leaves_out if {
	sets == [set(), set(), set()] with input as bucket(false, "k", encryption("aws:kms", "k"))
	sets == [set(), set(), set()] with input as bucket(false, "k", {"unread": {"encryption": why}})
}

test_unknown[note] if {
	some note, facts in {
		"refused": bucket(true, "k", {"unread": {"encryption": why}}),
		"no list": bucket(false, "", {"name": "*", "unread": {"encryption": why}}),
	}
	sets == [set(), set(), {{"resource": "b", "why": why}}] with input as facts
}
