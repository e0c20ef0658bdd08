package kmsaudit.key.no_alias_or_dangling_alias_test

import data.kmsaudit.key.no_alias_or_dangling_alias as rule

why := {"state": "denied", "operation": "kms:ListAliases", "code": "AccessDeniedException"}

sets := [rule.subjects, rule.deny, rule.unknown]

metadata(manager, state) := {"place": "/m", "manager": manager, "state": state}

aliases(names) := {"place": "/k", "names": names}

key(more) := {"keys": [object.union({"arn": "k", "region": "r", "place": "/k", "unread": {}}, more)]}

test_finds[msg] if {
	some msg, [state, names, mends] in {
		"the key has no alias": ["Disabled", [], 1],
		"the key is pending deletion, and its aliases go with it: alias/a, alias/b": ["PendingDeletion", ["alias/a", "alias/b"], 2],
	}
	[subjects, deny, unknown] := sets with input as key({"metadata": metadata("customer", state), "aliases": aliases(names)})
	[subjects, unknown] == [{"k"}, set()]
	[[f.resource, f.place, f.msg, count(f.mend)] | some f in deny] == [["k", "/k", msg, mends]]
}

test_passes if {
	sets == [{"k"}, set(), set()] with input as key({"metadata": metadata("customer", "Enabled"), "aliases": aliases(["alias/a"])})
	sets == [{"k"}, set(), set()] with input as key({"metadata": metadata("customer", "PendingReplicaDeletion"), "aliases": aliases([])})
}

test_leaves_out if sets == [set(), set(), set()] with input as key({"metadata": metadata("aws", "Enabled"), "unread": {"aliases": why}})

test_unknown if {
	unknown := {{"resource": "k", "why": why}}
	sets == [{"k"}, set(), unknown] with input as key({"metadata": metadata("customer", "Enabled"), "unread": {"aliases": why}})
	sets == [set(), set(), unknown] with input as key({"aliases": aliases([]), "unread": {"metadata": why}})
}
