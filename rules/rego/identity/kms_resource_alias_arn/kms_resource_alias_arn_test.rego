package kmsaudit.identity.kms_resource_alias_arn_test

import data.kmsaudit.identity.kms_resource_alias_arn as rule

why := {"state": "denied", "operation": "iam:GetAccountAuthorizationDetails", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

about := {"policy": "P"}

policy(manager, more) := {"policies": [object.union(
	{"id": "i", "arn": "a", "name": "P", "kind": "inline", "manager": manager, "place": "/p", "unread": {}},
	more,
)]}

unread := {"unread": {"document": why}}

document(statements) := {"document": {"place": "/d", "statements": statements}}

bad := {
	"place": "/s", "identity": "S", "effect": "Allow", "every": false, "keys": "none", "alias_actions": false,
	"aliases": ["arn:aws:kms:r:1:alias/a"], "key_actions": true,
}

test_finds_the_statement if {
	[subjects, deny, unknown] := sets with input as policy("customer", document([bad]))
	[subjects, unknown] == [{"i"}, set()]
	[[f.subject, f.resource, f.place, f.statement, f.about] | some f in deny] == [["i", "a", "/s", "S", about]]
	{contains(f.msg, "allows nothing on the key behind it") | some f in deny} == {true}
}

test_finds_a_denial if {
	denial := object.union(bad, {"effect": "Deny"})
	messages := {f.msg | some f in rule.deny} with input as policy("customer", document([denial]))
	{contains(m, "alias/a: an alias matches no action on a key, so that the statement denies nothing") | some m in messages} == {true}
}

test_finds[note] if {
	some note, more in {
		"beside a key": {"keys": "some"},
		"everything": {"every": true},
	}
	count(rule.deny) == 1 with input as policy("customer", document([object.union(bad, more)]))
}

test_passes[note] if {
	some note, more in {
		"no alias": {"aliases": []},
		"actions on aliases": {"key_actions": false},
		"an action on aliases, on the key and its alias": {"keys": "some", "alias_actions": true},
		"everything on the key and its alias": {"keys": "some", "every": true},
		"every key": {"keys": "account"},
	}
	sets == [{"i"}, set(), set()] with input as policy("customer", document([object.union(bad, more)]))
}

test_leaves_out_policies_of_aws if {
	sets == [set(), set(), set()] with input as policy("aws", document([bad]))
	sets == [set(), set(), set()] with input as policy("aws", unread)
}

test_unknown if {
	unknown := {{"subject": "i", "resource": "a", "about": about, "why": why}}
	sets == [{"i"}, set(), unknown] with input as policy("customer", unread)
}
