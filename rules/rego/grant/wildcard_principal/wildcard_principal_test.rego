package kmsaudit.grant.wildcard_principal_test

import data.kmsaudit.grant.wildcard_principal as rule

why := {"state": "denied", "operation": "kms:ListGrants", "code": "AccessDeniedException"}

sets := [rule.subjects, rule.deny, rule.unknown]

grant(kind, own) := {
	"place": "/g", "id": "g1", "grantee": "p", "kind": kind, "own": own,
	"operations": ["Decrypt", "Encrypt"], "constraint": "none",
}

key(manager, grants) := {"keys": [{
	"arn": "k", "region": "r", "place": "/k", "unread": {},
	"grants": {"place": "/gs", "manager": manager, "grants": grants},
}]}

test_finds[note] if {
	some note, [kind, own, severity] in {
		"everybody": ["anyone", false, "high"],
		"pattern": ["anyone", true, "high"],
		"the account": ["account", true, "medium"],
	}
	[subjects, deny, unknown] := sets with input as key("customer", [grant("role", true), grant(kind, own)])
	[subjects, unknown] == [{"k"}, set()]
	msg := "a grant for p lets everybody whom that covers Decrypt, Encrypt"
	[[f.resource, f.place, f.about, f.severity, f.msg] | some f in deny] == [["k", "/g", {"grant": "g1"}, severity, msg]]
}

test_passes[note] if {
	some note, grants in {
		"none": [],
		"a role": [grant("role", true)],
		"another account": [grant("account", false)],
		"a service": [grant("aws", false)],
	}
	sets == [{"k"}, set(), set()] with input as key("customer", grants)
}

test_leaves_out_keys_of_aws if sets == [set(), set(), set()] with input as key("aws", [])

test_unknown if {
	facts := {"keys": [{"arn": "k", "place": "/k", "unread": {"grants": why}}]}
	sets == [set(), set(), {{"resource": "k", "why": why}}] with input as facts
}
