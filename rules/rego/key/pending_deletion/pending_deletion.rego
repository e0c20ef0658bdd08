# METADATA
# title: The key is scheduled for deletion
# description: >-
#   When the waiting period of 7 to 30 days is over, KMS deletes the key's material for good, and nobody, AWS
#   included, can ever again decrypt what is under it. Nothing can use the key meanwhile, so that uploads to and
#   downloads from buckets that name it fail already. Critical where a bucket names the key as its default, or a trail, an
#   event data store or a log group writes under it.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
# custom:
#   id: KEY-005
#   name: kms-key-pending-deletion
#   severity: high
#   severities: [critical]
#   remediation: >-
#     Unless it is certain that nothing is under the key any more, cancel the deletion with CancelKeyDeletion and
#     enable the key; a key that is only disabled can come back.
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
#   compliance:
#     pci-dss-4.0.1: ["3.6.1"]
#     hipaa: ["164.308(a)(1)(ii)(B)"]
#     nist-800-53-r5: [SC-12, SC-12(2)]
#     fsbp: [KMS.3]
#   mend:
#     cli: |
#       aws kms cancel-key-deletion --key-id 1234abcd-12ab-34cd-56ef-1234567890ab
#       aws kms enable-key --key-id 1234abcd-12ab-34cd-56ef-1234567890ab
#     terraform: |
#       # after the deletion was cancelled; a plan that would delete the key then fails
#       resource "aws_kms_key" "example" {
#         deletion_window_in_days = 30
#
#         lifecycle {
#           prevent_destroy = true
#         }
#       }
#     to: service control policy
#     statement: |
#       {
#         "Sid": "OnlyAdministratorsDeleteKeys", "Effect": "Deny", "Action": "kms:ScheduleKeyDeletion", "Resource": "*",
#         "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/KeyAdmin"}}
#       }
package kmsaudit.key.pending_deletion

import data.kmsaudit.lib.shell

subjects contains k.arn if {
	some k in input.keys
	k.metadata.manager == "customer"
}

deny contains finding if {
	some k in input.keys
	k.metadata.manager == "customer"
	k.metadata.state in {"PendingDeletion", "PendingReplicaDeletion"}
	buckets := [bucket | some bucket in k.used_by.buckets]
	users := sum([n | n := k.used_by.count])
	recorders := [name | some name in k.recorders.names]
	recording := sum([n | n := k.recorders.count])
	finding := {
		"resource": k.arn,
		"place": k.metadata.place,
		"msg": concat("", [left(k.metadata.state, k.metadata.pending_days), named(users, buckets), written(recording, recorders)]),
		"severity": severity(users + recording),
		"evidence": {
			"state": k.metadata.state, "pending_days": k.metadata.pending_days, "buckets": buckets, "count": users,
			"recorders": recorders, "recorder_count": recording,
		},
		"mend": [
			{
				"text": "cancel the deletion",
				"command": sprintf("aws kms cancel-key-deletion --region %s --key-id %s", [shell.quote(k.region), shell.quote(k.arn)]),
			},
			{
				"text": "enable the key, if it is to be used: cancelling leaves it disabled",
				"command": sprintf("aws kms enable-key --region %s --key-id %s", [shell.quote(k.region), shell.quote(k.arn)]),
			},
		],
	}
}

unknown contains {"resource": k.arn, "why": k.unread.metadata} if some k in input.keys

left("PendingReplicaDeletion", _) := "the key is deleted once its last replica is"

left("PendingDeletion", days) := sprintf("the key is scheduled for deletion, days left: %d", [max([0, days])])

severity(0) := "high"

severity(users) := "critical" if users > 0

named(0, _) := ""

named(users, buckets) := sprintf("; it is the default key of %s", [concat(", ", buckets)]) if {
	users > 0
	users == count(buckets)
}

named(users, buckets) := sprintf("; it is the default key of %d buckets, %s among them", [users, concat(", ", buckets)]) if {
	users > count(buckets)
}

written(0, _) := ""

written(n, names) := sprintf("; events and logs are written under it (%d): %s", [n, concat(", ", names)]) if n > 0
