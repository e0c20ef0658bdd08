package kmsaudit.keypolicy.encryption_context_unset_test

import data.kmsaudit.keypolicy.encryption_context_unset as rule

why := {"state": "denied", "operation": "o", "code": "AccessDeniedException"}

sets := [rule.subjects, rule.deny, rule.unknown]

facts(more) := {
	"params": {"POL-013": {"tag": "Bound"}},
	"keys": [object.union({"arn": "k", "place": "/k", "unread": {}}, more)],
}

metadata(manager, spec) := {"metadata": {"place": "/m", "manager": manager, "spec": spec}}

tags(value) := {"tags": {"place": "/t", "tags": [{"key": "Bound", "value": value}, {"key": "Owner", "value": "me"}]}}

context(loose) := {"context": {"place": "/p", "manager": "customer", "loose": loose}}

whole(parts) := object.union_n(parts)

symmetric := metadata("customer", "SYMMETRIC_DEFAULT")

loose := [{"place": "/s", "identity": "S", "principals": ["p", "q"]}]

test_finds if {
	[subjects, deny, unknown] := sets with input as facts(whole([symmetric, tags("yes"), context(loose)]))
	[subjects, unknown] == [{"k"}, set()]
	msg := "p, q may decrypt without an encryption context"
	[[f.resource, f.place, f.statement, f.msg] | some f in deny] == [["k", "/s", "S", msg]]
}

test_passes if sets == [{"k"}, set(), set()] with input as facts(whole([symmetric, tags("yes"), context([])]))

test_leaves_out[note] if {
	some note, parts in {
		"not asked": [symmetric, {"tags": {"place": "/t", "tags": []}}, context(loose)],
		"refused": [symmetric, tags("No"), context(loose)],
		"asymmetric": [metadata("customer", "RSA_2048"), tags("yes"), context(loose)],
		"of AWS": [metadata("aws", "SYMMETRIC_DEFAULT"), {"unread": {"tags": why}}, context([])],
		"not asked, not read": [symmetric, {"tags": {"place": "/t", "tags": []}}, {"unread": {"context": why}}],
	}
	sets == [set(), set(), set()] with input as facts(whole(parts))
}

test_unknown[note] if {
	some note, [parts, subjects] in {
		"metadata": [[tags("yes"), context([])], set()],
		"tags": [[symmetric, context(loose)], set()],
		"context": [[symmetric, tags("yes")], {"k"}],
	}
	unread := {"unread": {note: why}}
	sets == [subjects, set(), {{"resource": "k", "why": why}}] with input as facts(whole(array.concat(parts, [unread])))
}
