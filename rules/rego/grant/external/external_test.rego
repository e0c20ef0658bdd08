package kmsaudit.grant.external_test

import data.kmsaudit.grant.external as rule

why := {"state": "denied", "operation": "kms:ListGrants", "code": "AccessDeniedException"}

sets := [rule.subjects, rule.deny, rule.unknown]

grant(external) := {
	"place": "/g", "id": "g1", "grantee": "p", "retiring": "", "operations": ["Decrypt"], "constraint": "none",
	"external": [{"account": account, "as": role} | some [account, role] in external],
}

key(manager, grants) := {"keys": [{
	"arn": "k", "region": "r", "place": "/k", "unread": {},
	"grants": {"place": "/gs", "manager": manager, "grants": grants},
}]}

test_finds[note] if {
	some note, [external, severity, roles, accounts] in {
		"grantee": [[["1", "grantee"]], "high", "grantee", "1"],
		"all": [[["1", "grantee"], ["2", "retiring"], ["1", "issuer"]], "high", "grantee, issuer, retiring", "1, 2"],
		"retiring": [[["2", "retiring"]], "medium", "retiring", "2"],
		"issuer": [[["2", "issuer"]], "medium", "issuer", "2"],
	}
	[subjects, deny, unknown] := sets with input as key("customer", [grant([]), grant(external)])
	[subjects, unknown] == [{"k"}, set()]
	msg := sprintf("a grant for p has accounts in it that are not trusted, as %s: %s", [roles, accounts])
	[[f.resource, f.place, f.about, f.severity, f.msg] | some f in deny] == [["k", "/g", {"grant": "g1"}, severity, msg]]
}

test_passes[grants] if {
	some grants in [[], [grant([])]]
	sets == [{"k"}, set(), set()] with input as key("customer", grants)
}

test_leaves_out_keys_of_aws if sets == [set(), set(), set()] with input as key("aws", [])

test_unknown if {
	facts := {"keys": [{"arn": "k", "place": "/k", "unread": {"grants": why}}]}
	sets == [set(), set(), {{"resource": "k", "why": why}}] with input as facts
}
