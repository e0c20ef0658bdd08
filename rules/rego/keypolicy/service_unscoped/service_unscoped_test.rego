package kmsaudit.keypolicy.service_unscoped_test

import data.kmsaudit.keypolicy.service_unscoped as rule

why := {"state": "denied", "operation": "kms:GetKeyPolicy", "code": "AccessDeniedException"}

sets := [rule.subjects, rule.deny, rule.unknown]

key(manager, unbound) := {
	"account": {"id": "111122223333"},
	"keys": [{
		"arn": "k", "place": "/k", "unread": {},
		"services": {"place": "/p", "manager": manager, "unbound": unbound},
	}],
}

test_finds if {
	statement := {"place": "/s", "identity": "S", "services": ["a.amazonaws.com", "b.amazonaws.com"], "actions": ["kms:Decrypt"]}
	[subjects, deny, unknown] := sets with input as key("customer", [statement])
	[subjects, unknown] == [{"k"}, set()]
	msg := "a.amazonaws.com, b.amazonaws.com may use the key for anybody: kms:Decrypt"
	[[f.resource, f.place, f.statement, f.msg] | some f in deny] == [["k", "/s", "S", msg]]
	some f in deny
	contains(f.mend[0].text, `"aws:SourceAccount": "111122223333"`)
}

test_passes if sets == [{"k"}, set(), set()] with input as key("customer", [])

test_leaves_out_keys_of_aws if sets == [set(), set(), set()] with input as key("aws", [])

test_unknown if {
	facts := {"keys": [{"arn": "k", "place": "/k", "unread": {"services": why}}]}
	sets == [set(), set(), {{"resource": "k", "why": why}}] with input as facts
}
