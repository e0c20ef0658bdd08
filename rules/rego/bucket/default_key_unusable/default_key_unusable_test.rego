package kmsaudit.bucket.default_key_unusable_test

import data.kmsaudit.bucket.default_key_unusable as rule

why := {"state": "denied", "operation": "kms:DescribeKey", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

bucket(form, problem) := {"buckets": [{
	"arn": "b", "place": "/b", "unread": {},
	"default_key": {"place": "/e", "given": "k", "form": form, "arn": "k", "problem": problem, "state": "S", "context_tests": []},
}]}

test_finds[problem] if {
	some problem, _ in rule.problems
	[subjects, deny, unknown] := sets with input as bucket("arn", problem)
	[subjects, unknown] == [{"b"}, set()]
	[[f.resource, f.place, f.evidence.problem, count(f.mend)] | some f in deny] == [["b", "/e", problem, 1]]
}

test_passes if sets == [{"b"}, set(), set()] with input as bucket("alias", "none")

test_leaves_out_other_encryption if sets == [set(), set(), set()] with input as bucket("none", "none")

test_unknown if {
	facts := {"buckets": [{"arn": "b", "place": "/b", "unread": {"default_key": why}}]}
	sets == [set(), set(), {{"resource": "b", "why": why}}] with input as facts
}
