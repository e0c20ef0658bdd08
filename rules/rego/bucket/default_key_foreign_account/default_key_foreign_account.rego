# METADATA
# title: The bucket's default key belongs to another account
# description: >-
#   The default encryption names a key of an account that is not among the configuration's trusted_accounts. Its
#   owner decides who can read what is in the bucket, can disable or delete the key at any time, and has the audit
#   trail of its use. It may be a slip, a copied template, or an attempt to hold the data for ransom. A key that is
#   shared on purpose, from a central account for keys, is fine: declare that account.
# related_resources:
#   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html
# custom:
#   id: S3-006
#   name: s3-default-key-foreign-account
#   severity: medium
#   remediation: Name a key of this account by its full ARN, or declare the key's account in trusted_accounts.
#   reads: [s3:GetEncryptionConfiguration, kms:ListAliases]
#   cannot_see:
#     - Which accounts belong to the organization, unless trusted_accounts says organization and the manifest of collect --org has them.
#   suggested:
#     pci-dss-4.0.1: ["3.6.1"]
#     nist-800-53-r5: [AC-4, SC-12]
#   mend:
#     cli: |
#       aws s3api put-bucket-encryption --bucket amzn-s3-demo-bucket --server-side-encryption-configuration '{"Rules": [{
#         "ApplyServerSideEncryptionByDefault": {
#           "SSEAlgorithm": "aws:kms",
#           "KMSMasterKeyID": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#         },
#         "BucketKeyEnabled": true,
#         "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]}
#       }]}'
#     terraform: |
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
#     to: bucket policy
#     statement: |
#       {
#         "Sid": "NoKeysOfOthers", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*",
#         "Condition": {
#           "ArnNotLike": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:*:111122223333:key/*"},
#           "Null": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "false"}
#         }
#       }
package kmsaudit.bucket.default_key_foreign_account

import data.kmsaudit.lib.sse

subjects contains b.arn if {
	some b in input.buckets
	b.key_ref.form != "none"
}

deny contains finding if {
	some b in input.buckets
	b.key_ref.owner == "foreign"
	finding := {
		"resource": b.arn,
		"place": b.key_ref.place,
		"msg": sprintf("the default key %s belongs to account %s, which is not trusted", [b.key_ref.given, b.key_ref.account]),
		"evidence": {"given": b.key_ref.given, "account": b.key_ref.account},
		"mend": [
			{
				"text": "name a key of this account in the default encryption",
				"command": sse.put(b.name, b.encryption.algorithm, sse.first([]), b.encryption.bucket_key, b.encryption.sse_c),
			},
			{"text": sprintf("or, if the key is shared on purpose, add %s to trusted_accounts in the configuration", [b.key_ref.account])},
		],
	}
}

unknown contains {"resource": b.arn, "why": b.unread.key_ref} if some b in input.buckets

unknown contains {"resource": b.arn, "why": b.unread.encryption} if some b in input.buckets
