package kmsaudit.logging.kms_events_excluded_test

import data.kmsaudit.logging.kms_events_excluded as rule

why := {"state": "denied", "operation": "cloudtrail:ListTrails", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

account(more) := {"monitoring": [object.union({"arn": "a", "place": "/a", "unread": {}}, more)]}

recorded(writes, reads, excluding) := {"kms_events": {"place": "/e", "writes": writes, "reads": reads, "excluding": excluding}}

test_finds_nothing_recorded if {
	[subjects, deny, unknown] := sets with input as account(recorded(["r", "s"], ["r", "s"], []))
	[subjects, unknown] == [{"a"}, set()]
	msg := "nothing records the events of KMS in r, s"
	[[f.place, f.msg, f.about.events, count(f.mend)] | some f in deny] == [["/e", msg, "all", 2]]
}

test_finds_left_out if {
	deny := rule.deny with input as account(recorded(["r"], ["r"], ["t"]))
	command := "aws cloudtrail get-event-selectors --trail-name 't'"
	[[f.msg, f.mend[0].command] | some f in deny] == [["nothing records the events of KMS in r; t leaves them out", command]]
}

test_finds_writes_only if {
	deny := rule.deny with input as account(recorded([], ["r"], []))
	[[f.severity, f.about.events, f.evidence.regions] | some f in deny] == [["medium", "reads", {"r"}]]
}

test_passes if sets == [{"a"}, set(), set()] with input as account(recorded([], [], ["t"]))

test_unknown if sets == [{"a"}, set(), {{"resource": "a", "why": why}}] with input as account({"unread": {"kms_events": why}})
