# METADATA
# title: The imported key material expires soon
# description: >-
#   When imported key material expires, KMS deletes it, and nothing that is under the key can be decrypted until the
#   same material is imported again: uploads and downloads of buckets that name the key fail from one minute to
#   the next. KMS does not renew material, and nobody can move the date; only importing it again does. The parameter
#   days says how long before the rule finds it, 30 days unless the configuration says otherwise. Of a key with
#   several generations of material the first one to expire counts.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/importing-keys-import-key-material.html
#   - https://docs.aws.amazon.com/kms/latest/developerguide/reimport-key-material.html
# custom:
#   id: KEY-009
#   name: kms-key-imported-material-expires
#   severity: medium
#   remediation: >-
#     Import the same key material again before it expires, with a later date or without one, and put the next date
#     where somebody sees it.
#   reads: [kms:DescribeKey]
#   params: {days: 30}
#   cannot_see:
#     - Whether the material is still to be had outside AWS; without it what is under the key is lost.
#   suggested:
#     pci-dss-4.0.1: ["3.7.4"]
#     nist-800-53-r5: [SC-12(1)]
#   mend:
#     cli: |
#       aws kms get-parameters-for-import --key-id 1234abcd-12ab-34cd-56ef-1234567890ab \
#         --wrapping-algorithm RSAES_OAEP_SHA_256 --wrapping-key-spec RSA_4096
#       aws kms import-key-material --key-id 1234abcd-12ab-34cd-56ef-1234567890ab --import-type EXISTING_KEY_MATERIAL \
#         --expiration-model KEY_MATERIAL_DOES_NOT_EXPIRE --encrypted-key-material fileb://material.bin --import-token fileb://token.bin
#     terraform: |
#       # without valid_to the material does not expire; Terraform keeps it in its state, which has to be guarded as the material is
#       resource "aws_kms_external_key" "example" {
#         key_material_base64 = var.key_material
#         enabled             = true
#       }
#     to: service control policy
#     statement: |
#       {
#         "Sid": "ImportedMaterialStays", "Effect": "Deny", "Action": "kms:ImportKeyMaterial", "Resource": "*",
#         "Condition": {"StringEquals": {"kms:ExpirationModel": "KEY_MATERIAL_EXPIRES"}}
#       }
package kmsaudit.key.imported_material_expires

import data.kmsaudit.lib.shell

subjects contains k.arn if {
	some k in input.keys
	k.metadata.manager == "customer"
	k.material.expires in {"at", "never"}
}

deny contains finding if {
	some k in input.keys
	k.metadata.manager == "customer"
	k.material.expires == "at"
	near := input.params["KEY-009"].days
	k.material.days <= near
	finding := {
		"resource": k.arn,
		"place": k.material.place,
		"msg": sprintf("the imported key material expires on %s, days left: %d", [k.material.at, max([0, k.material.days])]),
		"evidence": {"valid_to": k.material.at, "days_left": k.material.days, "days": near},
		"mend": [
			{
				"text": "get a wrapping key and an import token",
				"command": sprintf(
					"aws kms get-parameters-for-import --region %s --key-id %s --wrapping-algorithm RSAES_OAEP_SHA_256 --wrapping-key-spec RSA_4096",
					[shell.quote(k.region), shell.quote(k.arn)],
				),
			},
			{
				"text": "import the same material again, wrapped by that key",
				"command": concat(" ", [
					sprintf("aws kms import-key-material --region %s --key-id %s", [shell.quote(k.region), shell.quote(k.arn)]),
					"--import-type EXISTING_KEY_MATERIAL --expiration-model KEY_MATERIAL_DOES_NOT_EXPIRE",
					"--encrypted-key-material fileb://MATERIAL --import-token fileb://TOKEN",
				]),
			},
		],
	}
}

unknown contains {"resource": k.arn, "why": k.unread.metadata} if some k in input.keys

unknown contains {"resource": k.arn, "why": k.unread.material} if {
	some k in input.keys
	k.metadata.manager == "customer"
}
