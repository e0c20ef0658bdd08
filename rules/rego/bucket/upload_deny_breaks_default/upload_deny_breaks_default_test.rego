package kmsaudit.bucket.upload_deny_breaks_default_test

import data.kmsaudit.bucket.upload_deny_breaks_default as rule

why := {"state": "denied", "operation": "s3:GetBucketPolicy", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

bucket(more) := {"buckets": [object.union({"arn": "b", "name": "b", "place": "/b", "unread": {}}, more)]}

encryption(kms) := {"place": "/e", "algorithm": "aws:kms", "kms": kms}

guards(outcome, by) := {"place": "/g", "no_header": outcome, "no_header_by": by}

by(layer, name) := {"layer": layer, "policy": "b", "sid": name, "place": sprintf("/%s", [name]), "identity": name}

test_finds_the_statement[note] if {
	some note, [statements, place, identity] in {
		"first": [[by("resource", "S"), by("resource", "T")], "/S", "S"],
		"the bucket's own": [[by("rcp", "R"), by("resource", "T")], "/T", "T"],
		"the organization's": [[by("rcp", "R")], "/g", ""],
	}
	[subjects, deny, unknown] := sets with input as bucket({"encryption": encryption(true), "guards": guards("denied", statements)})
	[subjects, unknown] == [{"b"}, set()]
	[[f.resource, f.place, f.statement] | some f in deny] == [["b", place, identity]]
}

test_passes[outcome] if {
	some outcome in {"allowed", "depends"}
	sets == [{"b"}, set(), set()] with input as bucket({"encryption": encryption(true), "guards": guards(outcome, [])})
}

test_leaves_out_other_defaults if {
	denied := guards("denied", [by("resource", "S")])
	sets == [set(), set(), set()] with input as bucket({"encryption": encryption(false), "guards": denied})
	sets == [set(), set(), set()] with input as bucket({"encryption": encryption(false), "unread": {"guards": why}})
}

test_unknown if {
	unknown := {{"resource": "b", "why": why}}
	sets == [{"b"}, set(), unknown] with input as bucket({"encryption": encryption(true), "unread": {"guards": why}})
	sets == [set(), set(), unknown] with input as bucket({"guards": guards("allowed", []), "unread": {"encryption": why}})
}
