package kmsaudit.keypolicy.external_account_test

import data.kmsaudit.keypolicy.external_account as rule

why := {"state": "denied", "operation": "kms:GetKeyPolicy", "code": "AccessDeniedException"}

statement(effect, external) := {"place": "/s", "identity": "S", "effect": effect, "external": external}

key(manager, statements) := {"keys": [{
	"arn": "k", "place": "/k", "unread": {},
	"policy": {"place": "/p", "manager": manager, "statements": statements},
}]}

sets := [rule.subjects, rule.deny, rule.unknown]

test_finds_the_statement if {
	[subjects, deny, unknown] := sets with input as key("customer", [statement("Allow", []), statement("Allow", ["1", "2"])])
	[subjects, unknown] == [{"k"}, set()]
	msg := "accounts that are not trusted can use the key: 1, 2"
	[[f.resource, f.place, f.statement, f.msg, count(f.mend)] | some f in deny] == [["k", "/s", "S", msg, 2]]
}

test_passes[note] if {
	some note, statements in {
		"no statement": [],
		"nobody else": [statement("Allow", [])],
		"denied": [statement("Deny", ["1"])],
	}
	sets == [{"k"}, set(), set()] with input as key("customer", statements)
}

test_leaves_out_keys_of_aws if sets == [set(), set(), set()] with input as key("aws", [])

test_unknown if {
	facts := {"keys": [{"arn": "k", "place": "/k", "unread": {"policy": why}}]}
	sets == [set(), set(), {{"resource": "k", "why": why}}] with input as facts
}

test_unknown_organization if {
	facts := {"keys": [{
		"arn": "k", "place": "/k", "unread": {"membership": why},
		"policy": {"place": "/p", "manager": "customer", "statements": []},
	}]}
	sets == [{"k"}, set(), {{"resource": "k", "why": why}}] with input as facts
}

test_finds_other_organizations if {
	facts := {"keys": [{
		"arn": "k", "unread": {},
		"policy": {"place": "/p", "manager": "customer", "statements": []},
		"membership": {"place": "/o", "foreign": ["o-stranger01"]},
	}]}
	found := rule.deny with input as facts
	[[f.resource, f.place, f.evidence.organizations] | some f in found] == [["k", "/o", ["o-stranger01"]]]
}
