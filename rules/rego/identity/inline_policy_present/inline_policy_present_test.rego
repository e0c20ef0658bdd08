package kmsaudit.identity.inline_policy_present_test

import data.kmsaudit.identity.inline_policy_present as rule

why := {"state": "denied", "operation": "iam:GetAccountAuthorizationDetails", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

inline(names) := {"inline": {"place": "/i", "names": names}}

facts(kinds, kind, more) := {
	"params": {"IAM-013": {"kinds": kinds}},
	"identities": [object.union({"arn": "a", "name": "it's", "kind": kind, "place": "/p", "unread": {}}, more)],
}

every_kind := ["user", "group", "role"]

test_finds[kind] if {
	some kind, severity in {"user": "medium", "group": "low", "role": "low"}
	[subjects, deny, unknown] := sets with input as facts(every_kind, kind, inline(["P", "Q"]))
	[subjects, unknown] == [{"a"}, set()]
	msg := sprintf("the %s has inline policies: P, Q", [kind])
	command := concat("", ["aws iam delete-", kind, "-policy --", kind, `-name 'it'\''s' --policy-name 'Q'`])
	[[f.resource, f.place, f.severity, f.msg, f.mend[2].command] | some f in deny] == [["a", "/i", severity, msg, command]]
}

test_passes if sets == [{"a"}, set(), set()] with input as facts(every_kind, "user", inline([]))

test_leaves_out if {
	sets == [set(), set(), set()] with input as facts(["user"], "role", inline(["P"]))
	sets == [set(), set(), set()] with input as facts(["user"], "role", {"unread": {"inline": why}})
}

test_unknown if {
	sets == [{"a"}, set(), {{"resource": "a", "why": why}}] with input as facts(every_kind, "role", {"unread": {"inline": why}})
}
