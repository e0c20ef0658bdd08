package kmsaudit.bucket.foreign_account_config_write_test

import data.kmsaudit.bucket.foreign_account_config_write as rule

why := {"state": "denied", "operation": "s3:GetBucketPolicy", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

statement(more) := object.union(
	{
		"place": "/s", "identity": "S", "anyone": false, "restriction": "none",
		"accounts": [], "trusted": [], "actions": ["s3:PutBucketPolicy"],
	},
	more,
)

bucket(mode, more) := {
	"account": {"id": "1"},
	"params": {"S3-015": {"mode": mode}},
	"buckets": [object.union({"arn": "b", "name": "b", "place": "/b", "unread": {}}, more)],
}

writers(list) := {"writers": {"place": "/w", "statements": list}}

test_finds[who] if {
	some who, [mode, more] in {
		"2": ["precise", {"accounts": ["2"]}],
		"everybody": ["precise", {"anyone": true, "restriction": "weak"}],
		"3": ["strict", {"trusted": ["3"]}],
		"everybody, under conditions": ["strict", {"anyone": true, "restriction": "fixed"}],
		"2 and everybody": ["precise", {"anyone": true, "accounts": ["2"]}],
	}
	[subjects, deny, unknown] := sets with input as bucket(mode, writers([statement(more)]))
	[subjects, unknown] == [{"b"}, set()]
	msg := sprintf("the bucket policy lets %s do s3:PutBucketPolicy", [who])
	[[f.resource, f.place, f.statement, f.msg] | some f in deny] == [["b", "/s", "S", msg]]
}

test_passes[note] if {
	some note, list in {
		"nobody": [],
		"trusted": [statement({"trusted": ["3"]})],
		"conditions say who": [statement({"anyone": true, "restriction": "fixed"})],
	}
	sets == [{"b"}, set(), set()] with input as bucket("precise", writers(list))
}

test_unknown if {
	sets == [{"b"}, set(), {{"resource": "b", "why": why}}] with input as bucket("precise", {"unread": {"writers": why}})
}
