# METADATA
# title: Buckets or trails name a key that cannot be used
# description: >-
#   The key is disabled, has no key material or its custom key store is not reachable, and buckets name it as their
#   default, or trails, event data stores or log groups write under it. Uploads to the buckets fail, and so do downloads
#   of what is under the key, until it can be used again; what is to be recorded meanwhile is lost.
#   Often somebody disabled it to see who would complain. Keys that are pending deletion are the matter of
#   kms-key-pending-deletion; s3-default-key-unusable tells the same bucket by bucket.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
# custom:
#   id: KEY-007
#   name: kms-key-disabled-in-use
#   severity: high
#   remediation: Bring the key back, or name another default key in the buckets and encrypt anew what is under the old one.
#   reads:
#     - kms:DescribeKey
#     - s3:ListAllMyBuckets
#     - s3:GetEncryptionConfiguration
#     - cloudtrail:ListTrails
#     - cloudtrail:DescribeTrails
#     - cloudtrail:ListEventDataStores
#     - cloudtrail:GetEventDataStore
#     - logs:DescribeLogGroups
#   may_lack: [used_by, recorders]
#   cannot_see:
#     - What else is under the key, such as objects of buckets with another default, volumes, databases and secrets.
#   suggested:
#     pci-dss-4.0.1: ["3.6.1"]
#     hipaa: ["164.308(a)(7)(ii)(A)"]
#     nist-800-53-r5: [SC-12(1)]
#   mend:
#     cli: |
#       aws kms enable-key --key-id 1234abcd-12ab-34cd-56ef-1234567890ab
#       aws kms connect-custom-key-store --custom-key-store-id cks-1234567890abcdef0
#     terraform: |
#       resource "aws_kms_key" "example" {
#         is_enabled = true
#       }
#     to: service control policy
#     statement: |
#       {
#         "Sid": "OnlyAdministratorsDisableKeys", "Effect": "Deny", "Action": "kms:DisableKey", "Resource": "*",
#         "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/KeyAdmin"}}
#       }
package kmsaudit.key.disabled_in_use

import data.kmsaudit.lib.shell

subjects contains k.arn if {
	some k in input.keys
	k.metadata.manager == "customer"
}

deny contains finding if {
	some k in input.keys
	k.metadata.manager == "customer"
	problem := problems[k.metadata.state]
	buckets := [bucket | some bucket in k.used_by.buckets]
	users := sum([n | n := k.used_by.count])
	recorders := [name | some name in k.recorders.names]
	recording := sum([n | n := k.recorders.count])
	needed := array.concat(by_buckets(users, buckets), by_recorders(recording, recorders))
	needed != []
	finding := {
		"resource": k.arn,
		"place": k.metadata.place,
		"msg": sprintf("the key %s, and %s", [problem, concat("; ", needed)]),
		"evidence": {
			"state": k.metadata.state, "buckets": buckets, "count": users,
			"recorders": recorders, "recorder_count": recording,
		},
		"mend": mends(k.metadata.state, k.region, k.arn),
	}
}

unknown contains {"resource": k.arn, "why": k.unread.metadata} if some k in input.keys

unknown contains {"resource": k.arn, "why": k.unread.used_by} if {
	some k in input.keys
	k.metadata.manager == "customer"
	problems[k.metadata.state]
}

unknown contains {"resource": k.arn, "why": k.unread.recorders} if {
	some k in input.keys
	k.metadata.manager == "customer"
	problems[k.metadata.state]
}

by_buckets(0, _) := []

by_buckets(n, buckets) := [sprintf("buckets name it as their default (%d): %s", [n, concat(", ", buckets)])] if n > 0

by_recorders(0, _) := []

by_recorders(n, names) := [sprintf("events and logs are written under it (%d): %s", [n, concat(", ", names)])] if n > 0

problems := {
	"Disabled": "is disabled",
	"PendingImport": "has no key material",
	"Unavailable": "is not available, because its custom key store is not connected",
}

mends("Disabled", region, key) := [{
	"text": "enable the key",
	"command": sprintf("aws kms enable-key --region %s --key-id %s", [shell.quote(region), shell.quote(key)]),
}]

mends("PendingImport", _, _) := [{"text": "import the key material again, the same that expired or was deleted"}]

mends("Unavailable", region, _) := [{
	"text": "connect the custom key store",
	"command": sprintf("aws kms connect-custom-key-store --region %s --custom-key-store-id STORE-ID", [shell.quote(region)]),
}]
