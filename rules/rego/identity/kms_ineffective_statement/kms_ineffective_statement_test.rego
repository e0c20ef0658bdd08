package kmsaudit.identity.kms_ineffective_statement_test

import data.kmsaudit.identity.kms_ineffective_statement as rule

why := {"state": "denied", "operation": "iam:GetAccountAuthorizationDetails", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

about := {"policy": "P"}

policy(manager, more) := {"policies": [object.union(
	{"id": "i", "arn": "a", "name": "P", "kind": "inline", "manager": manager, "place": "/p", "unread": {}},
	more,
)]}

idle(statements) := {"idle": {"place": "/d", "statements": statements}}

part := {"what": "kms:Decypt", "fault": "action", "why": "there is none", "mend": "write kms:Decrypt", "tests": []}

statement(effect, whole) := {"place": "/s", "identity": "S", "effect": effect, "whole": whole, "parts": [part]}

test_finds[effect] if {
	some effect, of in {
		"Allow": {true: "a statement that allows nothing: ", false: "a statement that allows less than it says: "},
		"Deny": {true: "a statement that denies nothing and protects nothing: ", false: "a statement that denies less than it says: "},
	}
	every whole, words in of {
		[subjects, deny, unknown] := sets with input as policy("customer", idle([statement(effect, whole)]))
		[subjects, unknown] == [{"i"}, set()]
		msg := sprintf("the policy P has %skms:Decypt: there is none", [words])
		mend := [{"text": "kms:Decypt: write kms:Decrypt", "to": "policy P of a"}]
		[[f.subject, f.resource, f.place, f.statement, f.about, f.msg, f.mend] | some f in deny] == [["i", "a", "/s", "S", about, msg, mend]]
	}
}

test_passes if sets == [{"i"}, set(), set()] with input as policy("customer", idle([]))

test_leaves_out_policies_of_aws if {
	sets == [set(), set(), set()] with input as policy("aws", idle([]))
	sets == [set(), set(), set()] with input as policy("aws", {"unread": {"idle": why}})
}

test_unknown if {
	unknown := {{"subject": "i", "resource": "a", "about": about, "why": why}}
	sets == [{"i"}, set(), unknown] with input as policy("customer", {"unread": {"idle": why}})
}
