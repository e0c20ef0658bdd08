package kmsaudit.key.missing_tags_test

import data.kmsaudit.key.missing_tags as rule

why := {"state": "denied", "operation": "kms:ListResourceTags", "code": "AccessDeniedException"}

sets := [rule.subjects, rule.deny, rule.unknown]

metadata(manager, state) := {"place": "/m", "manager": manager, "state": state}

enabled := metadata("customer", "Enabled")

tags(values) := {"place": "/t", "tags": [{"key": name, "value": value} | some name, value in values]}

key(required, more) := {
	"params": {"KEY-012": {"tags": required}},
	"keys": [object.union({"arn": "k", "region": "r", "place": "/k", "unread": {}}, more)],
}

test_finds[msg] if {
	some msg, [required, values, names] in {
		"the key has no tag at all": [[], {}, "'TagKey=Owner,TagValue=VALUE'"],
		"the key has no tag Owner": [["Environment", "Owner"], {"Environment": "dev", "owner": "x"}, "'TagKey=Owner,TagValue=VALUE'"],
		"the key has no tag A, B": [["A", "B"], {"A": ""}, "'TagKey=A,TagValue=VALUE' 'TagKey=B,TagValue=VALUE'"],
	}
	[subjects, deny, unknown] := sets with input as key(required, {"metadata": enabled, "tags": tags(values)})
	[subjects, unknown] == [{"k"}, set()]
	command := concat(" ", ["aws kms tag-resource --region 'r' --key-id 'k' --tags", names])
	[[f.resource, f.place, f.msg, f.mend[0].command] | some f in deny] == [["k", "/t", msg, command]]
}

test_passes if {
	sets == [{"k"}, set(), set()] with input as key([], {"metadata": enabled, "tags": tags({"x": "y"})})
	sets == [{"k"}, set(), set()] with input as key(["A"], {"metadata": enabled, "tags": tags({"A": "y"})})
}

test_leaves_out if {
	sets == [set(), set(), set()] with input as key([], {"metadata": metadata("aws", "Enabled"), "unread": {"tags": why}})
	sets == [set(), set(), set()] with input as key([], {"metadata": metadata("customer", "PendingDeletion"), "tags": tags({})})
}

test_unknown if {
	unknown := {{"resource": "k", "why": why}}
	sets == [{"k"}, set(), unknown] with input as key([], {"metadata": enabled, "unread": {"tags": why}})
	sets == [set(), set(), unknown] with input as key([], {"tags": tags({}), "unread": {"metadata": why}})
}
