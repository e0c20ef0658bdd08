package kmsaudit.object.drift_from_default_test

import data.kmsaudit.object.drift_from_default as rule

why := {"state": "denied", "operation": "s3:GetObject", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

object_of(declared, more) := {"objects": [object.union(
	{"id": "o", "arn": "arn:aws:s3:::b/o", "uri": "s3://b/o", "place": "/o", "declared": declared, "unread": {}},
	more,
)]}

head(algorithm, key) := {"place": "/h", "exists": true, "algorithm": algorithm, "key": key}

nothing := {"place": "/h", "exists": false, "algorithm": "none", "key": ""}

expected(arn, by) := {"place": "/d", "arn": arn, "by": by}

test_finds[note] if {
	some note, [declared, encryption, by] in {
		"copy left behind": ["copy", head("AES256", ""), "requirement"],
		"other key": ["yes", head("aws:kms", "other"), "requirement"],
		"before the default": ["no", head("AES256", ""), "default"],
		"customer's key": ["yes", head("SSE-C", ""), "requirement"],
	}
	[subjects, deny, unknown] := sets with input as object_of(declared, {"encryption": encryption, "expected": expected("k", by)})
	[subjects, unknown] == [{"o"}, set()]
	[[f.subject, f.resource, f.place] | some f in deny] == [["o", "arn:aws:s3:::b/o", "/h"]]
}

test_finds_missing_object if {
	[subjects, deny, unknown] := sets with input as object_of("yes", {"encryption": nothing, "expected": expected("k", "requirement")})
	[subjects, unknown] == [{"o"}, set()]
	[[f.subject, f.evidence.exists] | some f in deny] == [["o", false]]
}

test_passes if {
	sets == [{"o"}, set(), set()] with input as object_of("yes", {"encryption": head("aws:kms", "k"), "expected": expected("k", "requirement")})
}

test_leaves_out if {
	sets == [set(), set(), set()] with input as object_of("no", {"encryption": head("AES256", ""), "expected": expected("", "nothing")})
	sets == [set(), set(), set()] with input as object_of("copy", {"encryption": nothing, "expected": expected("k", "requirement")})
}

test_unknown if {
	unknown := {{"subject": "o", "resource": "arn:aws:s3:::b/o", "why": why}}
	sets == [set(), set(), unknown] with input as object_of("yes", {"expected": expected("k", "requirement"), "unread": {"encryption": why}})
	sets == [set(), set(), unknown] with input as object_of("no", {"encryption": head("aws:kms", "k"), "unread": {"expected": why}})
}
