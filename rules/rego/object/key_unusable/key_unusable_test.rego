package kmsaudit.object.key_unusable_test

import data.kmsaudit.object.key_unusable as rule

why := {"state": "denied", "operation": "s3:GetObject", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

key := "arn:aws:kms:r:1:key/k"

object_of(more) := {"objects": [object.union({"id": "o", "arn": "arn:aws:s3:::b/o", "place": "/o", "unread": {}}, more)]}

key_state(arn, problem) := {"key_state": {"place": "/h", "arn": arn, "region": "r", "problem": problem, "state": "S"}}

test_finds[problem] if {
	some problem, _ in rule.problems
	[subjects, deny, unknown] := sets with input as object_of(key_state(key, problem))
	[subjects, unknown] == [{"o"}, set()]
	[[f.subject, f.resource, f.place, f.evidence.problem] | some f in deny] == [["o", "arn:aws:s3:::b/o", "/h", problem]]
	[f | some f in deny; f.mend[0].text != ""] != []
}

test_commands if {
	commands := {mend.command | some f in rule.deny; some mend in f.mend} with input as object_of(key_state(key, "pending_deletion"))
	commands == {
		"aws kms cancel-key-deletion --region 'r' --key-id 'arn:aws:kms:r:1:key/k'",
		"aws kms enable-key --region 'r' --key-id 'arn:aws:kms:r:1:key/k'",
	}
}

test_passes if sets == [{"o"}, set(), set()] with input as object_of(key_state(key, "none"))

test_leaves_out_other_encryption if sets == [set(), set(), set()] with input as object_of(key_state("", "none"))

test_unknown if {
	unknown := {{"subject": "o", "resource": "arn:aws:s3:::b/o", "why": why}}
	sets == [set(), set(), unknown] with input as object_of({"unread": {"key_state": why}})
}
