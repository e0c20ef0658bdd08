package kmsaudit.key.disabled_in_use_test

import data.kmsaudit.key.disabled_in_use as rule

why := {"state": "denied", "operation": "s3:GetEncryptionConfiguration", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

metadata(manager, state) := {"place": "/m", "manager": manager, "state": state}

key(more) := {"keys": [object.union({"arn": "k", "region": "r", "place": "/k", "unread": {}}, more)]}

used(n, buckets) := {"place": "/k", "count": n, "buckets": buckets}

test_finds[state] if {
	some state, problem in rule.problems
	[subjects, deny, unknown] := sets with input as key({"metadata": metadata("customer", state), "used_by": used(3, ["a", "b"])})
	[subjects, unknown] == [{"k"}, set()]
	msg := sprintf("the key %s, and buckets name it as their default (3): a, b", [problem])
	[[f.resource, f.place, f.msg, count(f.mend)] | some f in deny] == [["k", "/m", msg, 1]]
}

records(n, names) := {"place": "/k", "count": n, "names": names}

test_finds_trails if {
	facts := key({"metadata": metadata("customer", "Disabled"), "used_by": used(0, []), "recorders": records(2, ["t", "g"])})
	{f.msg | some f in rule.deny} == {"the key is disabled, and events and logs are written under it (2): t, g"} with input as facts
}

test_finds_both if {
	facts := key({"metadata": metadata("customer", "Disabled"), "used_by": used(1, ["a"]), "recorders": records(1, ["t"])})
	msg := "the key is disabled, and buckets name it as their default (1): a; events and logs are written under it (1): t"
	{f.msg | some f in rule.deny} == {msg} with input as facts
}

test_unknown_recorders if {
	unknown := {{"resource": "k", "why": why}}
	facts := key({"metadata": metadata("customer", "Disabled"), "used_by": used(0, []), "unread": {"recorders": why}})
	sets == [{"k"}, set(), unknown] with input as facts
}

test_passes[note] if {
	some note, more in {
		"enabled": {"metadata": metadata("customer", "Enabled"), "used_by": used(1, ["a"])},
		"enabled, users not known": {"metadata": metadata("customer", "Enabled"), "unread": {"used_by": why}},
		"not used": {"metadata": metadata("customer", "Disabled"), "used_by": used(0, [])},
		"the other rule's": {"metadata": metadata("customer", "PendingDeletion"), "used_by": used(1, ["a"])},
	}
	sets == [{"k"}, set(), set()] with input as key(more)
}

test_leaves_out_keys_of_aws if {
	sets == [set(), set(), set()] with input as key({"metadata": metadata("aws", "Unavailable"), "unread": {"used_by": why}})
}

test_unknown_users if {
	unknown := {{"resource": "k", "why": why}}
	sets == [{"k"}, set(), unknown] with input as key({"metadata": metadata("customer", "Disabled"), "unread": {"used_by": why}})
}

test_unknown_key if {
	sets == [set(), set(), {{"resource": "k", "why": why}}] with input as key({"used_by": used(1, ["a"]), "unread": {"metadata": why}})
}
