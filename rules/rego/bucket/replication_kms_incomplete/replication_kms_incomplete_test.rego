package kmsaudit.bucket.replication_kms_incomplete_test

import data.kmsaudit.bucket.replication_kms_incomplete as rule

why := {"state": "denied", "operation": "s3:GetReplicationConfiguration", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

fault(problem) := {
	"place": "/f", "rule": "R", "destination": "d", "problem": problem,
	"key": "k", "actions": ["kms:Decrypt"], "why": "nothing allows it",
}

bucket(more) := {"buckets": [object.union({"arn": "b", "name": "b", "place": "/b", "unread": {}}, more)]}

replication(rules, faults) := {"replication": {"place": "/r", "rules": rules, "role": "role", "faults": faults}}

test_finds[problem] if {
	some problem, text in {
		"off": "objects under KMS keys are left out, and the bucket's default is SSE-KMS",
		"key_missing": "no key is named for the replicas",
		"key_form": "the key of the replicas is named as k, not by its ARN",
		"key_unusable": "the key of the replicas k cannot be used: nothing allows it",
		"denied": "the role lacks kms:Decrypt on k: nothing allows it",
	}
	[subjects, deny, unknown] := sets with input as bucket(replication(1, [fault(problem)]))
	[subjects, unknown] == [{"b"}, set()]
	msg := concat("", ["replication rule R to d: ", text])
	[[f.resource, f.place, f.about.problem, f.msg, count(f.mend)] | some f in deny] == [["b", "/f", problem, msg, 1]]
}

test_prints_the_statement if {
	statements := {f.mend[0].statement | some f in rule.deny} with input as bucket(replication(1, [fault("denied")]))
	statements == {{"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": "k"}}
}

test_passes if sets == [{"b"}, set(), set()] with input as bucket(replication(2, []))

test_leaves_out_buckets_without_replication if sets == [set(), set(), set()] with input as bucket(replication(0, []))

test_unknown if {
	sets == [set(), set(), {{"resource": "b", "why": why}}] with input as bucket({"unread": {"replication": why}})
}
