package kmsaudit.logging.access_analyzer_missing_test

import data.kmsaudit.logging.access_analyzer_missing as rule

why := {"state": "denied", "operation": "access-analyzer:ListAnalyzers", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

account(more) := {"monitoring": [object.union({"arn": "a", "place": "/a", "unread": {}}, more)]}

analyzers(missing) := {"analyzers": {"place": "/z", "missing": missing}}

test_finds if {
	[subjects, deny, unknown] := sets with input as account(analyzers(["r", "s"]))
	[subjects, unknown] == [{"a"}, set()]
	msg := "no active analyzer looks for access from outside in r, s"
	[[f.resource, f.place, f.msg, count(f.mend)] | some f in deny] == [["a", "/z", msg, 2]]
}

test_passes if sets == [{"a"}, set(), set()] with input as account(analyzers([]))

test_unknown if sets == [{"a"}, set(), {{"resource": "a", "why": why}}] with input as account({"unread": {"analyzers": why}})
