package kmsaudit.identity.policy_admin_star_test

import data.kmsaudit.identity.policy_admin_star as rule

why := {"state": "denied", "operation": "iam:GetAccountAuthorizationDetails", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

about := {"policy": "P"}

statement(everything, conditional) := {"place": "/s", "identity": "S", "conditional": conditional, "everything": everything}

wildcards(list) := {"wildcards": {"place": "/d", "statements": list}}

attached := {"use": {"place": "/p", "boundary_only": false}}

boundary := {"use": {"place": "/p", "boundary_only": true}}

facts(mode, parts) := {
	"params": {"IAM-011": {"mode": mode}},
	"policies": [object.union_n(array.concat(
		[{"id": "i", "arn": "a", "name": "P", "kind": "managed", "manager": "customer", "place": "/p", "unread": {}}],
		parts,
	))],
}

test_finds[note] if {
	some note, [mode, kind, one] in {
		"managed": ["precise", "managed", statement(true, false)],
		"inline": ["precise", "inline", statement(true, false)],
		"condition": ["strict", "managed", statement(true, true)],
	}
	[subjects, deny, unknown] := sets with input as facts(mode, [{"kind": kind}, attached, wildcards([one])])
	[subjects, unknown] == [{"i"}, set()]
	msg := sprintf("the %s policy P allows every action on every resource", [kind])
	[[f.subject, f.resource, f.place, f.statement, f.about, f.msg] | some f in deny] == [["i", "a", "/s", "S", about, msg]]
}

test_passes[note] if {
	some note, list in {
		"a condition": [statement(true, true)],
		"a service": [statement(false, false)],
		"nothing": [],
	}
	sets == [{"i"}, set(), set()] with input as facts("precise", [attached, wildcards(list)])
}

test_leaves_out[note] if {
	some note, parts in {
		"a boundary": [boundary, wildcards([statement(true, false)])],
		"an unread boundary": [boundary, {"unread": {"wildcards": why}}],
		"of AWS": [{"manager": "aws"}, attached, wildcards([statement(true, false)])],
		"of AWS, unread": [{"manager": "aws"}, {"unread": {"wildcards": why, "use": why}}],
	}
	sets == [set(), set(), set()] with input as facts("precise", parts)
}

test_unknown[note] if {
	some note, [subjects, parts] in {
		"document": [{"i"}, [attached, {"unread": {"wildcards": why}}]],
		"use": [set(), [wildcards([statement(true, false)]), {"unread": {"use": why}}]],
	}
	unknown := {{"subject": "i", "resource": "a", "about": about, "why": why}}
	sets == [subjects, set(), unknown] with input as facts("precise", parts)
}
