package kmsaudit.access.unexpected_decryptor_test

import data.kmsaudit.access.unexpected_decryptor as rule

sets := [rule.subjects, rule.deny, rule.unknown]

unread := [{"what": "who", "unread": []}]

row(more) := {"exclusive": [object.union(
	{"id": "r", "requirement": "q", "key": "k", "place": "/k", "reach": 0, "keys": [], "allowed": [], "depends": [], "undecided": []},
	more,
)]}

users(principals, tests) := {
	"what": "identity policy P", "place": "/s", "identity": "S", "count": count(principals), "principals": principals,
	"actions": ["kms:Decrypt"], "paths": ["delegation"], "tests": tests, "by": [],
}

test_finds_users if {
	[subjects, deny, unknown] := sets with input as row({"allowed": [users(["a"], [])]})
	[subjects, unknown] == [{"r"}, set()]
	[[f.subject, f.resource, f.place, f.statement, f.msg] | some f in deny] == [["r", "k", "/s", "S", "a can use the key by the identity policy P"]]
}

test_finds_several_users_once if {
	messages := {f.msg | some f in rule.deny} with input as row({"allowed": [users(["a", "b"], [])]})
	messages == {"2 principals, a among them, can use the key by the identity policy P"}
}

test_finds_conditional_users if {
	tests := [{"key": "kms:ViaService", "operator": "StringEquals", "values": ["x", "y"]}]
	messages := {f.msg | some f in rule.deny} with input as row({"depends": [users(["a"], tests)]})
	messages == {"a can use the key by the identity policy P if kms:ViaService StringEquals x, y"}
}

test_finds_a_policy_over_many_keys_once if {
	row_of_a_policy := row({"requirement": "", "key": "account", "reach": 11, "keys": ["k1", "k2"], "allowed": [users(["a"], [])]})
	some f in rule.deny with input as row_of_a_policy
	[f.resource, f.about, f.evidence.reach, f.evidence.keys] == ["account", {"policy": "identity policy P"}, 11, ["k1", "k2"]]
	f.msg == "a can use 11 keys that are wanted for others alone, k1 among them, by the identity policy P"
}

test_passes if sets == [{"r"}, set(), set()] with input as row({})

test_unknown if {
	unknown := {{"subject": "r", "resource": "k", "about": {"requirement": "q"}, "why": {"depends": [], "undecided": unread}}}
	sets == [{"r"}, set(), unknown] with input as row({"undecided": unread})
}
