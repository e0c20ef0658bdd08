package kmsaudit.logging.log_group_not_kms_test

import data.kmsaudit.logging.log_group_not_kms as rule

why := {"state": "denied", "operation": "logs:DescribeLogGroups", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

group(more) := {"log_groups": [object.union({"arn": "g", "name": "n", "region": "r", "place": "/g", "unread": {}}, more)]}

test_finds if {
	[subjects, deny, unknown] := sets with input as group({"encryption": {"place": "/e", "key": ""}})
	[subjects, unknown] == [{"g"}, set()]
	command := "aws logs associate-kms-key --region 'r' --log-group-name 'n' --kms-key-id KEY-ARN"
	[[f.resource, f.place, f.mend[0].command] | some f in deny] == [["g", "/e", command]]
}

test_passes if sets == [{"g"}, set(), set()] with input as group({"encryption": {"place": "/e", "key": "k"}})

test_unknown if sets == [{"g"}, set(), {{"resource": "g", "why": why}}] with input as group({"unread": {"encryption": why}})
