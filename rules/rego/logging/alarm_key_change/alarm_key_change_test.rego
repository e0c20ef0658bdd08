package kmsaudit.logging.alarm_key_change_test

import data.kmsaudit.logging.alarm_key_change as rule

why := {"state": "denied", "operation": "events:ListRules", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

params(more) := {"LOG-005": object.union({"imported_material": false, "key_policy": false}, more)}

account(more) := {"params": params({}), "monitoring": [object.union({"arn": "a", "place": "/a", "unread": {}}, more)]}

watch(missing, undecided) := {"key_alarms": {
	"place": "/w",
	"watched": [],
	"missing": [{"event": name, "regions": ["r"]} | some name in missing],
	"undecided": [{"event": name, "unread": why} | some name in undecided],
	"idle": [],
}}

test_finds if {
	[subjects, deny, unknown] := sets with input as account(watch(["DisableKey", "PutKeyPolicy"], []))
	[subjects, unknown] == [{"a"}, set()]
	[[f.place, f.msg] | some f in deny] == [["/w", "nobody hears of DisableKey in r"]]
}

test_finds_by_parameter[event] if {
	some parameter, event in {"imported_material": "DeleteImportedKeyMaterial", "key_policy": "PutKeyPolicy"}
	given := object.union(account(watch([event], [])), {"params": params({parameter: true})})
	[f.msg | some f in rule.deny] == [sprintf("nobody hears of %s in r", [event])] with input as given
}

test_passes if sets == [{"a"}, set(), set()] with input as account(watch(["PutKeyPolicy"], ["DeleteImportedKeyMaterial"]))

test_unknown if {
	sets == [{"a"}, set(), {{"resource": "a", "why": why}}] with input as account({"unread": {"key_alarms": why}})
	sets == [{"a"}, set(), {{"resource": "a", "why": why}}] with input as account(watch([], ["DisableKey"]))
}
