package kmsaudit.bucket.default_encryption_not_kms_test

import data.kmsaudit.bucket.default_encryption_not_kms as rule

why := {"state": "denied", "operation": "s3:GetEncryptionConfiguration", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

bucket(intent_key, more) := {"buckets": [object.union(
	{"arn": "b", "name": "b", "place": "/b", "intent": {"key": intent_key}, "unread": {}},
	more,
)]}

encryption(algorithm, kms) := {"place": "/e", "algorithm": algorithm, "kms": kms, "sse_c": "blocked"}

no_logs := {"place": "/l", "services": []}

logs := {"place": "/l", "services": ["logging.s3.amazonaws.com"]}

test_finds_aes256[key] if {
	some key, named in {"": "KEY-ARN", "the-key": "the-key"}
	[subjects, deny, unknown] := sets with input as bucket(key, {"encryption": encryption("AES256", false), "log_target": no_logs})
	[subjects, unknown] == [{"b"}, set()]
	[[f.resource, f.place, contains(f.mend[0].command, named)] | some f in deny] == [["b", "/e", true]]
}

test_passes_kms if {
	sets == [{"b"}, set(), set()] with input as bucket("", {"encryption": encryption("aws:kms:dsse", true), "log_target": no_logs})
	sets == [{"b"}, set(), set()] with input as bucket("", {"encryption": encryption("aws:kms", true), "unread": {"log_target": why}})
}

test_leaves_out_log_targets if {
	sets == [set(), set(), set()] with input as bucket("", {"encryption": encryption("AES256", false), "log_target": logs})
}

test_unknown if {
	unknown := {{"resource": "b", "why": why}}
	sets == [set(), set(), unknown] with input as bucket("", {"log_target": no_logs, "unread": {"encryption": why}})
	sets == [set(), set(), unknown] with input as bucket("", {"encryption": encryption("AES256", false), "unread": {"log_target": why}})
}
