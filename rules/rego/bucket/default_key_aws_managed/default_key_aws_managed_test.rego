package kmsaudit.bucket.default_key_aws_managed_test

import data.kmsaudit.bucket.default_key_aws_managed as rule

why := {"state": "denied", "operation": "s3:GetEncryptionConfiguration", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

encryption := {"place": "/e", "algorithm": "aws:kms:dsse", "bucket_key": false, "sse_c": "unsaid"}

key_ref(form, owner) := {"place": "/e", "given": "", "form": form, "owner": owner}

bucket(wanted, more) := {"buckets": [object.union({"arn": "b", "name": "b", "place": "/b", "intent": {"key": wanted}, "unread": {}}, more)]}

test_finds[wanted] if {
	some wanted, named in {"": "KEY-ARN", "the-key": "the-key"}
	facts := {"key_ref": key_ref("aws_managed", "aws"), "encryption": encryption}
	[subjects, deny, unknown] := sets with input as bucket(wanted, facts)
	[subjects, unknown] == [{"b"}, set()]
	[[f.resource, f.place] | some f in deny] == [["b", "/e"]]
	{contains(f.mend[1].command, part) | some f in deny; some part in [named, "aws:kms:dsse"]} == {true}
}

test_passes[owner] if {
	some owner in ["own", "trusted", "foreign"]
	sets == [{"b"}, set(), set()] with input as bucket("", {"key_ref": key_ref("arn", owner), "encryption": encryption})
}

test_leaves_out_other_encryption if {
	sets == [set(), set(), set()] with input as bucket("", {"key_ref": key_ref("none", "none"), "encryption": encryption})
}

test_unknown[note] if {
	some note, more in {
		"reference": {"encryption": encryption, "unread": {"key_ref": why}},
		"encryption": {"unread": {"key_ref": why, "encryption": why}},
	}
	sets == [set(), set(), {{"resource": "b", "why": why}}] with input as bucket("", more)
}
