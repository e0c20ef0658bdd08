package kmsaudit.access.key_shared_across_environments_test

import data.kmsaudit.access.key_shared_across_environments as rule

why := {"state": "denied", "operation": "s3:GetBucketTagging", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

key(more) := {"keys": [object.union({"arn": "k", "place": "/k", "unread": {}}, more)]}

environments(names) := {"environments": {"place": "/k", "names": names}}

test_finds[note] if {
	some note, [more, buckets] in {
		"with buckets": [{"used_by": {"place": "/k", "count": 2, "buckets": ["a", "b"]}}, ["a", "b"]],
		"without": [{"unread": {"used_by": why}}, []],
	}
	[subjects, deny, unknown] := sets with input as key(object.union(environments(["dev", "prod"]), more))
	[subjects, unknown] == [{"k"}, set()]
	msg := "the key protects buckets of several environments: dev, prod"
	[[f.resource, f.place, f.msg, f.evidence.buckets] | some f in deny] == [["k", "/k", msg, buckets]]
}

test_passes if sets == [{"k"}, set(), set()] with input as key(environments(["dev"]))

test_leaves_out_keys_without_environment if sets == [set(), set(), set()] with input as key(environments([]))

test_unknown if sets == [set(), set(), {{"resource": "k", "why": why}}] with input as key({"unread": {"environments": why}})
