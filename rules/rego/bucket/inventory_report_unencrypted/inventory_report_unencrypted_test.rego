package kmsaudit.bucket.inventory_report_unencrypted_test

import data.kmsaudit.bucket.inventory_report_unencrypted as rule

why := {"state": "denied", "operation": "s3:GetInventoryConfiguration", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

bucket(more) := {
	"account": {"id": "1"},
	"buckets": [object.union({"arn": "b", "name": "b", "place": "/b", "unread": {}}, more)],
}

inventories(n, plain) := {"inventories": {"place": "/i", "count": n, "plain": plain}}

test_finds[by] if {
	some by, text in rule.because
	plain := {"place": "/p", "id": "all", "destination": "d", "by": by}
	[subjects, deny, unknown] := sets with input as bucket(inventories(2, [plain]))
	[subjects, unknown] == [{"b"}, set()]
	msg := sprintf("the reports of inventory all in d are not under a KMS key: %s", [text])
	[[f.resource, f.place, f.about, f.msg] | some f in deny] == [["b", "/p", {"inventory": "all"}, msg]]
}

test_passes if sets == [{"b"}, set(), set()] with input as bucket(inventories(1, []))

test_leaves_out_buckets_without_inventory if sets == [set(), set(), set()] with input as bucket(inventories(0, []))

test_unknown if {
	sets == [set(), set(), {{"resource": "b", "why": why}}] with input as bucket({"unread": {"inventories": why}})
}
