package kmsaudit.key.rotation_not_possible_test

import data.kmsaudit.key.rotation_not_possible as rule

why := {"state": "denied", "operation": "kms:DescribeKey", "code": "AccessDeniedException"}

key(more) := {"keys": [{
	"arn": "k", "region": "r", "place": "/k", "unread": {},
	"metadata": object.union(
		{
			"place": "/m", "manager": "customer", "state": "Enabled", "spec": "SYMMETRIC_DEFAULT",
			"origin": "AWS_KMS", "renewal": "automatic", "multi_region": "no",
		},
		more,
	),
}]}

sets := [rule.subjects, rule.deny, rule.unknown]

test_finds[kind] if {
	some kind, [spec, renewal, command] in {
		"imported": ["SYMMETRIC_DEFAULT", "on_demand", "aws kms rotate-key-on-demand --region 'r' --key-id 'k'"],
		"hmac": ["HMAC_256", "none", "aws kms update-alias --region 'r' --alias-name ALIAS --target-key-id NEW-KEY-ID"],
		"custom_store": ["SYMMETRIC_DEFAULT", "none", "aws kms update-alias --region 'r' --alias-name ALIAS --target-key-id NEW-KEY-ID"],
		"asymmetric": ["RSA_2048", "none", "aws kms update-alias --region 'r' --alias-name ALIAS --target-key-id NEW-KEY-ID"],
	}
	[subjects, deny, unknown] := sets with input as key({"spec": spec, "renewal": renewal})
	[subjects, unknown] == [{"k"}, set()]
	[[f.resource, f.place, f.evidence.kind, f.mend[1].command] | some f in deny] == [["k", "/m", kind, command]]
	{contains(f.msg, "on a plan") | some f in deny} == {true}
}

test_passes if sets == [{"k"}, set(), set()] with input as key({})

test_leaves_out[note] if {
	some note, more in {
		"aws": {"manager": "aws"},
		"disabled": {"state": "Disabled"},
		"replica": {"multi_region": "replica"},
	}
	sets == [set(), set(), set()] with input as key(object.union({"spec": "RSA_2048", "renewal": "none"}, more))
}

test_unknown if {
	facts := {"keys": [{"arn": "k", "region": "r", "place": "/k", "unread": {"metadata": why}}]}
	sets == [set(), set(), {{"resource": "k", "why": why}}] with input as facts
}
