package kmsaudit.grant.create_grant_test

import data.kmsaudit.grant.create_grant as rule

why := {"state": "denied", "operation": "kms:ListGrants", "code": "AccessDeniedException"}

sets := [rule.subjects, rule.deny, rule.unknown]

grant(kind, operations) := {"place": "/g", "id": "g1", "grantee": "p", "kind": kind, "operations": operations, "constraint": "none"}

key(manager, grants) := {"keys": [{
	"arn": "k", "region": "r", "place": "/k", "unread": {},
	"grants": {"place": "/gs", "manager": manager, "grants": grants},
}]}

test_finds if {
	[subjects, deny, unknown] := sets with input as key("customer", [grant("role", ["CreateGrant", "Decrypt"])])
	[subjects, unknown] == [{"k"}, set()]
	msg := "p can pass on to others what a grant allows it: Decrypt"
	[[f.resource, f.place, f.about, f.msg] | some f in deny] == [["k", "/g", {"grant": "g1"}, msg]]
	some f in deny
	contains(f.mend[0].command, "--operations 'Decrypt'")
}

test_passes[note] if {
	some note, grants in {
		"none": [],
		"other operations": [grant("role", ["Decrypt"])],
		"made for a service": [grant("aws", ["CreateGrant", "Decrypt"])],
	}
	sets == [{"k"}, set(), set()] with input as key("customer", grants)
}

test_leaves_out_keys_of_aws if sets == [set(), set(), set()] with input as key("aws", [])

test_unknown if {
	facts := {"keys": [{"arn": "k", "place": "/k", "unread": {"grants": why}}]}
	sets == [set(), set(), {{"resource": "k", "why": why}}] with input as facts
}
