# METADATA
# title: The key material is older than it should be
# description: >-
#   It is longer than the parameter max_days (365 unless the configuration says otherwise) since the key last got
#   new material, by a rotation of any kind or when it was made. That automatic rotation is on does not tell: the
#   period may be long, and it counts from when it was switched on. That it is off does not tell either: keys, with
#   imported material too, can be rotated on demand. Only enabled, symmetric, customer managed keys with material
#   from KMS or imported are asked for; replicas rotate with their primary key.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/rotating-keys-on-demand.html
# custom:
#   id: KEY-003
#   name: kms-key-rotation-overdue
#   severity: low
#   remediation: >-
#     Rotate the key on demand with RotateKeyOnDemand, after importing new material where the material is imported,
#     and switch automatic rotation on where the key has it.
#   reads: [kms:DescribeKey, kms:ListKeyRotations, kms:GetKeyRotationStatus]
#   params:
#     max_days: 365
#   cannot_see:
#     - A key that was replaced by another, to which an alias was moved; the old key keeps its age.
#   suggested:
#     pci-dss-4.0.1: ["3.7.4"]
#     nist-800-53-r5: [SC-12]
#   mend:
#     cli: |
#       aws kms rotate-key-on-demand --key-id 1234abcd-12ab-34cd-56ef-1234567890ab
#       aws kms list-key-rotations --key-id 1234abcd-12ab-34cd-56ef-1234567890ab
#     terraform: |
#       # rotates from now on; what is overdue is rotated on demand, for which Terraform has no resource
#       resource "aws_kms_key" "example" {
#         enable_key_rotation     = true
#         rotation_period_in_days = 365
#       }
#     lacks:
#       statement: A policy can keep rotation on (kms-key-rotation-disabled has the statement); it cannot rotate a key.
package kmsaudit.key.rotation_overdue

import data.kmsaudit.lib.shell

subjects contains k.arn if {
	some k in input.keys
	renewable(k.metadata.manager, k.metadata.state, k.metadata.renewal, k.metadata.multi_region)
	k.rotated.days >= 0
}

deny contains finding if {
	some k in input.keys
	renewable(k.metadata.manager, k.metadata.state, k.metadata.renewal, k.metadata.multi_region)
	most := input.params["KEY-003"].max_days
	k.rotated.days > most
	finding := {
		"resource": k.arn,
		"place": k.rotated.place,
		"msg": sprintf("%s %d days ago, and %d are the most allowed", [since[k.rotated.by], k.rotated.days, most]),
		"evidence": {"days": k.rotated.days, "by": k.rotated.by, "max_days": most, "renewal": k.metadata.renewal},
		"mend": array.concat(first[k.metadata.renewal], [{
			"text": "rotate the key on demand",
			"command": sprintf("aws kms rotate-key-on-demand --region %s --key-id %s", [shell.quote(k.region), shell.quote(k.arn)]),
		}]),
	}
}

unknown contains {"resource": k.arn, "why": k.unread.metadata} if some k in input.keys

unknown contains {"resource": k.arn, "why": k.unread.rotated} if {
	some k in input.keys
	renewable(k.metadata.manager, k.metadata.state, k.metadata.renewal, k.metadata.multi_region)
}

renewable("customer", "Enabled", renewal, multi_region) if {
	renewal in {"automatic", "on_demand"}
	multi_region != "replica"
}

since := {
	"rotation": "the key was last rotated",
	"creation": "the key was never rotated: it was made",
}

first := {
	"automatic": [],
	"on_demand": [{"text": "import new key material, with ImportType NEW_KEY_MATERIAL, into replicas of the key too"}],
}
