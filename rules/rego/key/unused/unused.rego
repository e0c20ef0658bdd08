# METADATA
# title: There is no record that the key was used
# description: >-
#   KMS has no cryptographic operation with the key on record for longer than the parameter days (90 unless the
#   configuration says otherwise). A key that nobody uses costs about $1 a month, and everybody who may use it may
#   still do so. It is no proof that nothing needs the key: data under it may be read once a year, objects under a
#   Bucket Key are read without asking KMS each time, and what happened before records began is not on record.
#   AWS asks not to delete a key on this alone: disable it first and watch for failures.
#   Records are kept for each key of a multi-Region key by itself. Enabled customer managed keys are asked for.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyLastUsage.html
#   - https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys-determining-usage.html
# custom:
#   id: KEY-008
#   name: kms-key-unused
#   severity: low
#   remediation: >-
#     Find out who made the key and what is under it; disable it, watch CloudTrail for DisabledException, and
#     schedule its deletion with the longest waiting period when nobody has missed it.
#   reads: [kms:DescribeKey, kms:GetKeyLastUsage]
#   params: {days: 90}
#   cannot_see:
#     - Uses before KMS began to keep records; the message says when that was.
#     - Whether anything is under the key that is read seldom.
#     - Anything, unless the collection asked for it (kmsaudit collect --last-usage).
#   suggested:
#     pci-dss-4.0.1: ["3.7.5"]
#     nist-800-53-r5: [SC-12]
#   mend:
#     cli: |
#       aws kms get-key-last-usage --key-id 1234abcd-12ab-34cd-56ef-1234567890ab
#       aws kms disable-key --key-id 1234abcd-12ab-34cd-56ef-1234567890ab
#       aws kms schedule-key-deletion --key-id 1234abcd-12ab-34cd-56ef-1234567890ab --pending-window-in-days 30
#     terraform: |
#       # first disable it; take the resource out weeks later, when nobody has missed the key
#       resource "aws_kms_key" "example" {
#         is_enabled              = false
#         deletion_window_in_days = 30
#       }
#     lacks:
#       statement: Whether somebody needs a key is no matter of a policy.
package kmsaudit.key.unused

import data.kmsaudit.lib.shell

subjects contains k.arn if {
	some k in input.keys
	asked(k.metadata.manager, k.metadata.state)
}

deny contains finding if {
	some k in input.keys
	asked(k.metadata.manager, k.metadata.state)
	most := input.params["KEY-008"].days
	k.usage.quiet_days > most
	finding := {
		"resource": k.arn,
		"place": k.usage.place,
		"msg": says(k.usage.used, k.usage.operation, k.usage.quiet_days, k.usage.since),
		"evidence": {
			"quiet_days": k.usage.quiet_days,
			"last_operation": k.usage.operation,
			"records_since": k.usage.since,
			"since_made": k.usage.whole,
			"days": most,
		},
		"mend": [
			{"text": "ask the owner of the key, and look for it in CloudTrail and in the configuration of services"},
			{
				"text": "disable the key, which can be taken back, and watch for what fails",
				"command": sprintf("aws kms disable-key --region %s --key-id %s", [shell.quote(k.region), shell.quote(k.arn)]),
			},
		],
	}
}

unknown contains {"resource": k.arn, "why": k.unread.metadata} if some k in input.keys

unknown contains {"resource": k.arn, "why": k.unread.usage} if {
	some k in input.keys
	asked(k.metadata.manager, k.metadata.state)
}

# The key is older than the records, and the records are younger than the limit.
unknown contains {"resource": k.arn, "why": too_young} if {
	some k in input.keys
	asked(k.metadata.manager, k.metadata.state)
	k.usage.used == false
	k.usage.whole == false
	k.usage.quiet_days <= input.params["KEY-008"].days
}

too_young := {"state": "failed", "operation": "kms:GetKeyLastUsage", "code": "RecordsBeganTooLately"}

asked("customer", "Enabled")

says(true, operation, days, _) := sprintf("the last use on record (%s) was %d days ago", [operation, days])

says(false, _, days, since) := sprintf("no use is on record; records began on %s, %d days ago", [since, days])
