package kmsaudit.bucket.upload_not_denied_unencrypted_test

import data.kmsaudit.bucket.upload_not_denied_unencrypted as rule

why := {"state": "denied", "operation": "s3:GetBucketPolicy", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

bucket(required, more) := {"buckets": [object.union(
	{"arn": "b", "name": "b", "place": "/b", "intent": {"required": required}, "unread": {}},
	more,
)]}

encryption(kms) := {"place": "/e", "kms": kms}

guards(outcome) := {"place": "/g", "other_algorithm": outcome}

test_finds[note] if {
	some note, [required, kms, outcome, text] in {
		"default": [false, true, "allowed", "nothing denies"],
		"requirement": [true, false, "allowed", "nothing denies"],
		"both, some": [true, true, "depends", "not to everybody"],
	}
	[subjects, deny, unknown] := sets with input as bucket(required, {"encryption": encryption(kms), "guards": guards(outcome)})
	[subjects, unknown] == [{"b"}, set()]
	[[f.resource, f.place, f.evidence.other_algorithm, contains(f.msg, text)] | some f in deny] == [["b", "/g", outcome, true]]
}

test_finds_without_encryption if {
	facts := bucket(true, {"guards": guards("allowed"), "unread": {"encryption": why}})
	count(rule.deny) == 1 with input as facts
	rule.unknown == set() with input as facts
}

test_passes if {
	sets == [{"b"}, set(), set()] with input as bucket(false, {"encryption": encryption(true), "guards": guards("denied")})
	sets == [{"b"}, set(), set()] with input as bucket(true, {"unread": {"encryption": why}, "guards": guards("denied")})
}

test_leaves_out_other_defaults if {
	sets == [set(), set(), set()] with input as bucket(false, {"encryption": encryption(false), "guards": guards("allowed")})
}

test_unknown[note] if {
	some note, [required, subjects, facts] in {
		"encryption": [false, set(), {"unread": {"encryption": why}, "guards": guards("denied")}],
		"guards of a default": [false, {"b"}, {"encryption": encryption(true), "unread": {"guards": why}}],
		"guards of a requirement": [true, {"b"}, {"unread": {"encryption": why, "guards": why}}],
	}
	sets == [subjects, set(), {{"resource": "b", "why": why}}] with input as bucket(required, facts)
}
