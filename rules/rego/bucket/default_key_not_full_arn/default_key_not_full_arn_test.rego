package kmsaudit.bucket.default_key_not_full_arn_test

import data.kmsaudit.bucket.default_key_not_full_arn as rule

why := {"state": "denied", "operation": "kms:ListAliases", "code": "AccessDeniedException"}

sets := [rule.subjects, rule.deny, rule.unknown]

encryption := {"place": "/e", "algorithm": "aws:kms", "bucket_key": true, "sse_c": "blocked"}

key_ref(form, owner) := {"place": "/e", "given": "given", "form": form, "owner": owner, "arn": "k"}

bucket(wanted, more) := {"buckets": [object.union({"arn": "b", "name": "b", "place": "/b", "intent": {"key": wanted}, "unread": {}}, more)]}

test_finds[note] if {
	some note, [form, owner, wanted, key] in {
		"id": ["id", "own", "", "k"],
		"alias": ["alias", "own", "", "k"],
		"required": ["alias", "own", "wanted", "wanted"],
		"foreign": ["alias_arn", "foreign", "", "KEY-ARN"],
	}
	[subjects, deny, unknown] := sets with input as bucket(wanted, {"key_ref": key_ref(form, owner), "encryption": encryption})
	[subjects, unknown] == [{"b"}, set()]
	command := sprintf(`"KMSMasterKeyID":"%s"`, [key])
	[[f.resource, f.place, f.evidence.form, contains(f.mend[0].command, command)] | some f in deny] == [["b", "/e", form, true]]
}

test_passes[form] if {
	some form in ["arn", "aws_managed"]
	sets == [{"b"}, set(), set()] with input as bucket("", {"key_ref": key_ref(form, "own"), "encryption": encryption})
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
