package kmsaudit.grant.stale_test

import data.kmsaudit.grant.stale as rule

why := {"state": "denied", "operation": "kms:ListGrants", "code": "AccessDeniedException"}

sets := [rule.subjects, rule.deny, rule.unknown]

grant(gone, kind, days) := {
	"place": "/g", "id": "g1", "grantee": "p",
	"kind": kind, "gone": gone, "days": days, "operations": ["Decrypt"],
}

key(limit, more) := {
	"params": {"GRT-006": {"max_days": limit}},
	"keys": [{"arn": "k", "region": "r", "place": "/k", "unread": {}, "grants": object.union(
		{"place": "/gs", "manager": "customer", "grants": [], "undecided": []},
		more,
	)}],
}

test_finds[note] if {
	some note, [limit, one, reason] in {
		"gone": [0, grant(true, "role", 1), "its grantee does not exist any more"],
		"gone id": [90, grant(true, "unique_id", -1), "its grantee does not exist any more"],
		"old": [90, grant(false, "session", 91), "it was made 91 days ago, and 90 are allowed by the rule"],
	}
	[subjects, deny, unknown] := sets with input as key(limit, {"grants": [grant(false, "role", 0), one]})
	[subjects, unknown] == [{"k"}, set()]
	msg := sprintf("a grant for p is left over: %s", [reason])
	[[f.resource, f.place, f.about, f.msg] | some f in deny] == [["k", "/g", {"grant": "g1"}, msg]]
}

test_passes[note] if {
	some note, [limit, grants] in {
		"none": [90, []],
		"young": [90, [grant(false, "role", 90)]],
		"age aside": [0, [grant(false, "role", 4000)]],
		"for AWS": [90, [grant(false, "aws", 4000)]],
		"nobody said": [90, [grant(false, "role", -1)]],
	}
	sets == [{"k"}, set(), set()] with input as key(limit, {"grants": grants})
}

test_leaves_out_keys_of_aws if sets == [set(), set(), set()] with input as key(90, {"manager": "aws"})

test_unknown if {
	facts := {"keys": [{"arn": "k", "place": "/k", "unread": {"grants": why}}]}
	sets == [set(), set(), {{"resource": "k", "why": why}}] with input as facts
	open := [{"what": "p", "unread": []}]
	unknown := {{"resource": "k", "why": {"depends": [], "undecided": open}}}
	sets == [{"k"}, set(), unknown] with input as key(90, {"undecided": open})
}
