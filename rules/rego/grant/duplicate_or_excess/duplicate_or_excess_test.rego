package kmsaudit.grant.duplicate_or_excess_test

import data.kmsaudit.grant.duplicate_or_excess as rule

why := {"state": "denied", "operation": "kms:ListGrants", "code": "AccessDeniedException"}

sets := [rule.subjects, rule.deny, rule.unknown]

key(more) := {
	"params": {"GRT-005": {"max_grants": 10, "max_per_principal": 3}},
	"keys": [{"arn": "k", "region": "r", "place": "/k", "unread": {}, "grants": object.union(
		{"place": "/gs", "manager": "customer", "count": 4, "repeated": [], "holders": [{"grantee": "p", "count": 3}]},
		more,
	)}],
}

test_finds[note] if {
	some note, [more, place, about, msg] in {
		"twice": [
			{"repeated": [{
				"place": "/g", "grantee": "p", "name": "", "operations": ["Decrypt", "Encrypt"],
				"constraint": "", "count": 2, "ids": ["g2"],
			}]},
			"/g",
			{"grantee": "p", "name": "", "operations": "Decrypt, Encrypt", "constraint": ""},
			"2 grants give p the same: Decrypt, Encrypt",
		],
		"many": [
			{"count": 11},
			"/gs",
			{"by": "count"},
			"the key has 11 grants; 10 are allowed by the rule, and 50,000 by AWS",
		],
		"many of one": [
			{"holders": [{"grantee": "p", "count": 4}, {"grantee": "q", "count": 1}]},
			"/gs",
			{"by": "principal", "grantee": "p"},
			"p has 4 grants on the key; 3 are allowed by the rule",
		],
	}
	[subjects, deny, unknown] := sets with input as key(more)
	[subjects, unknown] == [{"k"}, set()]
	[[f.resource, f.place, f.about, f.msg, count(f.mend)] | some f in deny] == [["k", place, about, msg, 1]]
}

test_passes[note] if {
	some note, more in {"few": {}, "as many as may be": {"count": 10}}
	sets == [{"k"}, set(), set()] with input as key(more)
}

test_leaves_out_keys_of_aws if sets == [set(), set(), set()] with input as key({"manager": "aws"})

test_unknown if {
	facts := {"keys": [{"arn": "k", "place": "/k", "unread": {"grants": why}}]}
	sets == [set(), set(), {{"resource": "k", "why": why}}] with input as facts
}
