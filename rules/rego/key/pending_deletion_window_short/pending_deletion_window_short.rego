# METADATA
# title: The key is deleted after a short waiting period
# description: >-
#   Deleting a key is for good, and the waiting period is all the time there is to notice that something still
#   needs it: whoever does not use the key within it notices nothing. KMS waits 7 to 30 days, as the one who asks
#   for the deletion wants it. Backups, monthly jobs and reports are often read less than once a week. The
#   parameter min_days says how long it has to be, 30 days unless the configuration says otherwise.
#   AWS gives the day of the deletion and not the day on which it was asked for, so that the period can be
#   bounded only: it is not shorter than what is left of it, and it did not begin before the key was made,
#   rotated or used for the last time. Where that leaves both open the answer is unknown.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
#   - https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html
# custom:
#   id: KEY-006
#   name: kms-key-pending-deletion-window-short
#   severity: low
#   remediation: >-
#     Cancel the deletion and, if the key is to go all the same, schedule it again with PendingWindowInDays 30;
#     allow kms:ScheduleKeyDeletion only where kms:ScheduleKeyDeletionPendingWindowInDays is 30.
#   reads: [kms:DescribeKey]
#   params: {min_days: 30}
#   cannot_see:
#     - When the deletion was asked for; the event ScheduleKeyDeletion in CloudTrail tells.
#   suggested:
#     pci-dss-4.0.1: ["3.7"]
#     nist-800-53-r5: [SC-12]
#   mend:
#     cli: |
#       aws kms cancel-key-deletion --key-id 1234abcd-12ab-34cd-56ef-1234567890ab
#       aws kms schedule-key-deletion --key-id 1234abcd-12ab-34cd-56ef-1234567890ab --pending-window-in-days 30
#     terraform: |
#       resource "aws_kms_key" "example" {
#         deletion_window_in_days = 30
#       }
#     to: service control policy
#     statement: |
#       {
#         "Sid": "ThirtyDaysToNotice", "Effect": "Deny", "Action": "kms:ScheduleKeyDeletion", "Resource": "*",
#         "Condition": {"NumericLessThan": {"kms:ScheduleKeyDeletionPendingWindowInDays": "30"}}
#       }
package kmsaudit.key.pending_deletion_window_short

import data.kmsaudit.lib.shell

subjects contains k.arn if {
	some k in input.keys
	k.metadata.manager == "customer"
	k.deletion.pending
}

deny contains finding if {
	some k in input.keys
	k.metadata.manager == "customer"
	k.deletion.pending
	least := input.params["KEY-006"].min_days
	k.deletion.most_days < least
	finding := {
		"resource": k.arn,
		"place": k.deletion.place,
		"msg": sprintf("the key is deleted after a waiting period of %s, and %d are the least allowed", [
			period(k.deletion.least_days, k.deletion.most_days),
			least,
		]),
		"evidence": {"least_days": k.deletion.least_days, "most_days": k.deletion.most_days, "min_days": least},
		"mend": mends(k.region, k.arn, min([longest, max([shortest, least])])),
	}
}

unknown contains {"resource": k.arn, "why": k.unread.metadata} if some k in input.keys

unknown contains {"resource": k.arn, "why": k.unread.deletion} if {
	some k in input.keys
	k.metadata.manager == "customer"
}

unknown contains {"resource": k.arn, "why": open} if {
	some k in input.keys
	k.metadata.manager == "customer"
	k.deletion.pending
	least := input.params["KEY-006"].min_days
	k.deletion.least_days < least
	k.deletion.most_days >= least
}

open := {"state": "failed", "operation": "kms:DescribeKey", "code": "WaitingPeriodNotGiven"}

# The waiting periods that KMS takes.
shortest := 7

longest := 30

period(least, most) := sprintf("%d days", [most]) if least == most

period(least, most) := sprintf("at most %d days", [most]) if least != most

mends(region, key, next) := [
	{
		"text": "cancel the deletion",
		"command": sprintf("aws kms cancel-key-deletion --region %s --key-id %s", [shell.quote(region), shell.quote(key)]),
	},
	{
		"text": "if nothing needs the key, schedule the deletion again with a longer period",
		"command": sprintf(
			"aws kms schedule-key-deletion --region %s --key-id %s --pending-window-in-days %d",
			[shell.quote(region), shell.quote(key), next],
		),
	},
	{
		"text": "keep others from asking for a shorter one",
		"to": "service control policy, or identity policies of those who may delete keys",
		"statement": {
			"Effect": "Deny",
			"Action": "kms:ScheduleKeyDeletion",
			"Resource": "*",
			"Condition": {"NumericLessThan": {"kms:ScheduleKeyDeletionPendingWindowInDays": sprintf("%d", [next])}},
		},
	},
]
