package kmsaudit.identity.managed_kms_full_access_test

import data.kmsaudit.identity.managed_kms_full_access as rule

why := {"state": "denied", "operation": "iam:GetAccountAuthorizationDetails", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

about := {"policy": "P"}

use(only) := {"place": "/p", "boundary_only": only}

full := {"place": "/s", "identity": "S", "effect": "Allow", "every": true, "keys": "all", "conditional": false}

document(statements) := {"place": "/d", "statements": statements}

policy(who, more) := object.union_n([
	{"id": "i", "arn": "a", "name": "P", "kind": "managed", "manager": "customer", "place": "/p", "unread": {}, "use": use(false)},
	who,
	more,
])

facts(mode, resource) := {"params": {"IAM-002": {"mode": mode}}, "policies": [resource]}

test_finds_the_statement if {
	[subjects, deny, unknown] := sets with input as facts("precise", policy({}, {"document": document([full])}))
	[subjects, unknown] == [{"i"}, set()]
	[[f.subject, f.resource, f.place, f.statement, f.about] | some f in deny] == [["i", "a", "/s", "S", about]]
	{f.msg | some f in deny} == {"the managed policy P allows every KMS action on every key of every account"}
}

test_finds_conditions_in_strict_mode if {
	resource := policy({}, {"document": document([object.union(full, {"conditional": true})])})
	sets == [{"i"}, set(), set()] with input as facts("precise", resource)
	count(rule.deny) == 1 with input as facts("strict", resource)
}

test_passes[note] if {
	some note, statement in {
		"some actions": object.union(full, {"every": false}),
		"some keys": object.union(full, {"keys": "some"}),
		"denial": object.union(full, {"effect": "Deny"}),
	}
	sets == [{"i"}, set(), set()] with input as facts("precise", policy({}, {"document": document([statement])}))
}

test_leaves_out[note] if {
	some note, resource in {
		"inline": policy({"kind": "inline"}, {"document": document([full])}),
		"a boundary": policy({"use": use(true)}, {"document": document([full])}),
		"of AWS": policy({"manager": "aws"}, {"document": document([full])}),
		"of AWS and unread": policy({"manager": "aws"}, {"unread": {"document": why}}),
	}
	sets == [set(), set(), set()] with input as facts("precise", resource)
}

test_unknown if {
	unknown := {{"subject": "i", "resource": "a", "about": about, "why": why}}
	sets == [{"i"}, set(), unknown] with input as facts("precise", policy({}, {"unread": {"document": why}}))
}

test_unknown_use if {
	unknown := {{"subject": "i", "resource": "a", "about": about, "why": why}}
	unread := object.remove(policy({}, {"document": document([full]), "unread": {"use": why}}), ["use"])
	sets == [set(), set(), unknown] with input as facts("precise", unread)
}
