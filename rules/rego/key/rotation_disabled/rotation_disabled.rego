# METADATA
# title: Automatic rotation is off on a key that could rotate
# description: >-
#   KMS can replace the key material of this key by itself every 90 to 2560 days
#   and keeps the old material to decrypt what was encrypted before, so that nothing has to be
#   encrypted anew. It is switched off. Only customer managed, symmetric, enabled keys with
#   material from KMS are asked for; replicas follow their primary key.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
# custom:
#   id: KEY-001
#   name: kms-key-rotation-disabled
#   severity: medium
#   remediation: Switch automatic rotation on with EnableKeyRotation.
#   reads: [kms:DescribeKey, kms:GetKeyRotationStatus]
#   cannot_see:
#     - Rotations on demand, and keys that are replaced on a plan; kms-key-rotation-overdue looks at when the key last got new material.
#   compliance:
#     pci-dss-4.0.1: ["3.7.4"]
#     hipaa: ["164.312(a)(2)(iv)"]
#     cis-3.0: ["3.6"]
#     cis-5.0: ["3.6"]
#     nist-800-53-r5: [SC-12, SC-12(2), SC-28(3)]
#     fsbp: [KMS.4]
#   mend:
#     cli: |
#       aws kms enable-key-rotation --key-id 1234abcd-12ab-34cd-56ef-1234567890ab
#     terraform: |
#       resource "aws_kms_key" "example" {
#         enable_key_rotation = true
#       }
#     to: service control policy
#     statement: |
#       {"Sid": "KeysRotate", "Effect": "Deny", "Action": "kms:DisableKeyRotation", "Resource": "*"}
package kmsaudit.key.rotation_disabled

import data.kmsaudit.lib.shell

subjects contains k.arn if {
	some k in input.keys
	k.metadata.rotatable
}

deny contains finding if {
	some k in input.keys
	k.metadata.rotatable
	k.rotation.status == "off"
	finding := {
		"resource": k.arn,
		"place": k.rotation.place,
		"msg": "the key could rotate by itself and does not",
		"evidence": {"rotation": k.rotation.status, "spec": k.metadata.spec, "origin": k.metadata.origin},
		"mend": [{
			"text": "switch automatic rotation on",
			"command": sprintf("aws kms enable-key-rotation --region %s --key-id %s", [shell.quote(k.region), shell.quote(k.arn)]),
		}],
	}
}

unknown contains {"resource": k.arn, "why": k.unread.metadata} if some k in input.keys

unknown contains {"resource": k.arn, "why": k.unread.rotation} if {
	some k in input.keys
	k.metadata.rotatable
}
