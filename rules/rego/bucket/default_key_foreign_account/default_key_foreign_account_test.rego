package kmsaudit.bucket.default_key_foreign_account_test

import data.kmsaudit.bucket.default_key_foreign_account as rule

why := {"state": "denied", "operation": "s3:GetEncryptionConfiguration", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

encryption := {"place": "/e", "algorithm": "aws:kms", "bucket_key": true, "sse_c": "allowed"}

key_ref(form, owner) := {"place": "/e", "given": "given", "form": form, "owner": owner, "account": "1"}

bucket(more) := {"buckets": [object.union({"arn": "b", "name": "b", "place": "/b", "unread": {}}, more)]}

test_finds if {
	[subjects, deny, unknown] := sets with input as bucket({"key_ref": key_ref("arn", "foreign"), "encryption": encryption})
	[subjects, unknown] == [{"b"}, set()]
	msg := "the default key given belongs to account 1, which is not trusted"
	[[f.resource, f.place, f.msg, count(f.mend)] | some f in deny] == [["b", "/e", msg, 2]]
}

test_passes[owner] if {
	some owner in ["own", "trusted", "aws"]
	sets == [{"b"}, set(), set()] with input as bucket({"key_ref": key_ref("arn", owner), "encryption": encryption})
}

test_leaves_out_other_encryption if {
	sets == [set(), set(), set()] with input as bucket({"key_ref": key_ref("none", "none"), "encryption": encryption})
}

test_unknown[note] if {
	some note, more in {
		"reference": {"encryption": encryption, "unread": {"key_ref": why}},
		"encryption": {"unread": {"key_ref": why, "encryption": why}},
	}
	sets == [set(), set(), {{"resource": "b", "why": why}}] with input as bucket(more)
}
