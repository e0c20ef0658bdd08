package kmsaudit.bucket.default_key_not_approved_test

import data.kmsaudit.bucket.default_key_not_approved as rule

why := {"state": "denied", "operation": "s3:GetEncryptionConfiguration", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

encryption := {"place": "/e", "algorithm": "aws:kms", "bucket_key": true, "sse_c": "blocked"}

key_ref(form, owner, arn) := {"place": "/e", "given": "given", "form": form, "owner": owner, "arn": arn}

bucket(key, more) := {"buckets": [object.union(
	{"arn": "b", "name": "b", "place": "/b", "intent": {"required": key != "", "key": key}, "unread": {}},
	more,
)]}

test_finds[note] if {
	some note, [ref, called] in {
		"other key": [key_ref("arn", "own", "other"), "given"],
		"foreign key": [key_ref("arn", "foreign", "other"), "given"],
		"alias of another key": [key_ref("alias_arn", "own", "other"), "given"],
		"alias of nothing": [key_ref("alias", "own", ""), "given"],
		"aws": [key_ref("aws_managed", "aws", ""), "the AWS managed key aws/s3"],
	}
	[subjects, deny, unknown] := sets with input as bucket("k", {"key_ref": ref, "encryption": encryption})
	[subjects, unknown] == [{"b"}, set()]
	msg := sprintf("the default key is %s, and k is required", [called])
	[[f.resource, f.place, f.msg, contains(f.mend[0].command, `"KMSMasterKeyID":"k"`)] | some f in deny] == [["b", "/e", msg, true]]
}

test_passes[form] if {
	some form in ["arn", "alias", "id", "alias_arn"]
	sets == [{"b"}, set(), set()] with input as bucket("k", {"key_ref": key_ref(form, "own", "k"), "encryption": encryption})
}

test_leaves_out[note] if {
	some note, facts in {
		"not required": bucket("", {"key_ref": key_ref("arn", "own", "other"), "encryption": encryption}),
		"not required, refused": bucket("", {"unread": {"key_ref": why, "encryption": why}}),
		"sse-s3": bucket("k", {"key_ref": key_ref("none", "none", ""), "encryption": encryption}),
	}
	sets == [set(), set(), set()] with input as facts
}

test_unknown_alias[owner] if {
	some owner in ["foreign", "trusted"]
	unknown := {{"resource": "b", "why": rule.foreign_alias}}
	sets == [{"b"}, set(), unknown] with input as bucket("k", {"key_ref": key_ref("alias_arn", owner, "a"), "encryption": encryption})
}

test_unknown[note] if {
	some note, facts in {
		"reference": bucket("k", {"encryption": encryption, "unread": {"key_ref": why}}),
		"encryption": bucket("k", {"unread": {"key_ref": why, "encryption": why}}),
		"no list": bucket("", {"name": "*", "unread": {"key_ref": why, "encryption": why}}),
	}
	sets == [set(), set(), {{"resource": "b", "why": why}}] with input as facts
}
