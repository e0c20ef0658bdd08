package kmsaudit.access.role_cannot_use_bucket_test

import data.kmsaudit.access.role_cannot_use_bucket as rule

sets := [rule.subjects, rule.deny, rule.unknown]

no := [{"what": "kms:Decrypt", "resource": "k", "verdict": "ImplicitlyDenied", "missing": ["identity"], "by": [], "why": "no Allow"}]

open := [{"what": "kms:Decrypt", "resource": "k", "tests": []}]

unread := [{"what": "kms:Decrypt", "unread": []}]

row(more) := {"operations": [object.union(
	{
		"id": "r", "requirement": "q", "principal": "p", "bucket": "b", "object": "*", "operation": "PutObject", "key": "k",
		"place": "/p", "allowed": [], "denied": [], "depends": [], "undecided": [], "mends": [],
	},
	more,
)]}

about := {"requirement": "q", "bucket": "b", "object": "*", "operation": "PutObject"}

unknown(depends, undecided) := {"subject": "r", "resource": "p", "about": about, "why": {"depends": depends, "undecided": undecided}}

test_finds_denied if {
	[subjects, deny, _] := sets with input as row({"denied": no, "depends": open})
	subjects == {"r"}
	[[f.subject, f.resource, f.about, f.msg] | some f in deny] == [["r", "p", about, "PutObject on b fails with Access Denied: kms:Decrypt: no Allow"]]
}

test_passes if sets == [{"r"}, set(), set()] with input as row({"allowed": [{"what": "s3:PutObject"}, {"what": "kms:GenerateDataKey"}]})

test_unknown if {
	sets == [{"r"}, set(), {unknown(open, [])}] with input as row({"depends": open})
	sets == [{"r"}, set(), {unknown([], unread)}] with input as row({"undecided": unread})
}
