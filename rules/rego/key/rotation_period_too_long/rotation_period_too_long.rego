# METADATA
# title: The key rotates too seldom
# description: >-
#   Automatic rotation is on, and its period is longer than the parameter max_days allows (365 unless the
#   configuration says otherwise). KMS rotates every 90 to 2560 days; where it gives no period, that is AWS's default
#   of 365. The period bounds how much is encrypted under one generation of key material. A shorter one costs
#   nothing to operate: the key keeps its ARN, and KMS picks the right generation to decrypt by itself.
#   Replicas follow their primary key and are not asked.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/rotating-keys-enable.html
# custom:
#   id: KEY-002
#   name: kms-key-rotation-period-too-long
#   severity: low
#   remediation: Call EnableKeyRotation again, with a RotationPeriodInDays that is short enough.
#   reads: [kms:DescribeKey, kms:GetKeyRotationStatus]
#   params:
#     max_days: 365
#   cannot_see:
#     - On-demand rotations in between; kms-key-rotation-overdue looks at when the key was last rotated.
#   suggested:
#     pci-dss-4.0.1: ["3.7.4"]
#     hipaa: ["164.312(a)(2)(iv)"]
#     nist-800-53-r5: [SC-12(2)]
#   mend:
#     cli: |
#       aws kms enable-key-rotation --key-id 1234abcd-12ab-34cd-56ef-1234567890ab --rotation-period-in-days 365
#     terraform: |
#       resource "aws_kms_key" "example" {
#         enable_key_rotation     = true
#         rotation_period_in_days = 365
#       }
#     to: service control policy
#     statement: |
#       {
#         "Sid": "KeysRotateOnceAYear", "Effect": "Deny", "Action": "kms:EnableKeyRotation", "Resource": "*",
#         "Condition": {"NumericGreaterThan": {"kms:RotationPeriodInDays": "365"}}
#       }
package kmsaudit.key.rotation_period_too_long

import data.kmsaudit.lib.shell

subjects contains k.arn if {
	some k in input.keys
	k.metadata.rotatable
	k.rotation.status == "on"
}

deny contains finding if {
	some k in input.keys
	k.metadata.rotatable
	k.rotation.status == "on"
	days := period(k.rotation.period_days)
	most := input.params["KEY-002"].max_days
	days > most
	finding := {
		"resource": k.arn,
		"place": k.rotation.place,
		"msg": sprintf("the key rotates every %d days, and %d are the most allowed", [days, most]),
		"evidence": {"period_days": days, "max_days": most},
		"mend": [{
			"text": "shorten the rotation period",
			"command": sprintf(
				"aws kms enable-key-rotation --region %s --key-id %s --rotation-period-in-days %d",
				[shell.quote(k.region), shell.quote(k.arn), max([shortest, most])],
			),
		}],
	}
}

unknown contains {"resource": k.arn, "why": k.unread.metadata} if some k in input.keys

unknown contains {"resource": k.arn, "why": k.unread.rotation} if {
	some k in input.keys
	k.metadata.rotatable
}

# shortest is the shortest period that KMS takes.
shortest := 90

period(0) := 365

period(days) := days if days > 0
