# METADATA
# title: S3 cannot use the bucket's default key
# description: >-
#   The key that the default encryption names is disabled, pending deletion or import, does not exist,
#   lives in another Region or is not a symmetric encryption key. Uploads fail ("Invalid KMS key",
#   KMS.DisabledException), and what is under the key cannot be read until it is enabled again; what is
#   under a deleted key never can. Authorization is not asked here: no policy mends a key's state.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
# custom:
#   id: S3-005
#   name: s3-default-key-unusable
#   severity: high
#   remediation: Check the key with DescribeKey, then enable it, cancel its deletion, or name a usable key by its full ARN.
#   reads: [s3:GetEncryptionConfiguration, kms:ListKeys, kms:ListAliases, kms:DescribeKey]
#   cannot_see:
#     - The state of a key that another account owns, unless its snapshot is checked along. The bucket is then unknown.
#   suggested:
#     pci-dss-4.0.1: ["3.5.1"]
#     hipaa: ["164.308(a)(7)"]
#     nist-800-53-r5: [SC-12(1)]
#   mend:
#     cli: |
#       aws kms describe-key --key-id 1234abcd-12ab-34cd-56ef-1234567890ab
#       aws kms cancel-key-deletion --key-id 1234abcd-12ab-34cd-56ef-1234567890ab
#       aws kms enable-key --key-id 1234abcd-12ab-34cd-56ef-1234567890ab
#     terraform: |
#       resource "aws_kms_key" "example" {
#         is_enabled = true
#       }
#
#       resource "aws_s3_bucket_server_side_encryption_configuration" "example" {
#         bucket = "amzn-s3-demo-bucket"
#
#         rule {
#           bucket_key_enabled       = true
#           blocked_encryption_types = ["SSE-C"]
#
#           apply_server_side_encryption_by_default {
#             sse_algorithm     = "aws:kms"
#             kms_master_key_id = aws_kms_key.example.arn
#           }
#         }
#       }
#     lacks:
#       statement: No policy mends the state of a key; kms-key-disabled-in-use has a statement that guards it.
package kmsaudit.bucket.default_key_unusable

subjects contains b.arn if {
	some b in input.buckets
	b.default_key.form != "none"
}

deny contains finding if {
	some b in input.buckets
	b.default_key.problem != "none"
	finding := {
		"resource": b.arn,
		"place": b.default_key.place,
		"msg": sprintf("the default key %s %s", [b.default_key.given, problems[b.default_key.problem]]),
		"evidence": {"key": b.default_key.given, "form": b.default_key.form, "state": b.default_key.state, "problem": b.default_key.problem},
		"mend": [{"text": mends[b.default_key.problem]}],
	}
}

unknown contains {"resource": b.arn, "why": b.unread.default_key} if some b in input.buckets

problems := {
	"missing": "does not exist",
	"disabled": "is disabled",
	"pending_deletion": "is pending deletion",
	"pending_import": "has no key material yet",
	"unavailable": "is not available",
	"other_region": "is not in the bucket's Region",
	"wrong_usage": "is not a symmetric encryption key",
}

mends := {
	"missing": "name a key that exists, by its full ARN",
	"disabled": "enable the key with EnableKey, or name another",
	"pending_deletion": "cancel the deletion with CancelKeyDeletion and enable the key, or name another",
	"pending_import": "import the key material, or name another key",
	"unavailable": "connect the custom key store of the key, or name another",
	"other_region": "name a key of the bucket's Region",
	"wrong_usage": "name a symmetric encryption key",
}
