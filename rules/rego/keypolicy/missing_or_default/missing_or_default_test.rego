package kmsaudit.keypolicy.missing_or_default_test

import data.kmsaudit.keypolicy.missing_or_default as rule

why := {"state": "denied", "operation": "o", "code": "AccessDeniedException"}

sets := [rule.subjects, rule.deny, rule.unknown]

facts(more) := {
	"params": {"POL-012": {"environments": ["prod", "Live"]}},
	"keys": [object.union({"arn": "k", "place": "/k", "unread": {}}, more)],
}

plain(is) := {"plain": {"place": "/p", "manager": "customer", "default": is}}

home(environments) := {"home": {"place": "/k", "environments": environments}}

test_finds[note] if {
	some note, [environments, named] in {"one": [["PROD"], "PROD"], "several": [["dev", "live", "prod"], "live, prod"]}
	[subjects, deny, unknown] := sets with input as facts(object.union(plain(true), home(environments)))
	[subjects, unknown] == [{"k"}, set()]
	msg := sprintf("the key is of %s, and its policy is the default one", [named])
	[[f.resource, f.place, f.msg] | some f in deny] == [["k", "/p", msg]]
}

test_passes if sets == [{"k"}, set(), set()] with input as facts(object.union(plain(false), home(["prod"])))

test_leaves_out[note] if {
	some note, more in {
		"development": object.union(plain(true), home(["dev"])),
		"no environment": object.union(plain(true), home([])),
		"of AWS": object.union({"plain": {"place": "/p", "manager": "aws", "default": false}}, home([])),
		"development, not read": object.union({"unread": {"plain": why}}, home(["dev"])),
	}
	sets == [set(), set(), set()] with input as facts(more)
}

test_unknown[note] if {
	some note, more in {"home": plain(true), "plain": home(["prod"])}
	sets == [set(), set(), {{"resource": "k", "why": why}}] with input as facts(object.union(more, {"unread": {note: why}}))
}
