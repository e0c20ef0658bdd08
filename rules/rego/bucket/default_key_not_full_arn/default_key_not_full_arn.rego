# METADATA
# title: The bucket's default key is not named by its full ARN
# description: >-
#   An alias or a bare key id in the default encryption is looked up in the account of whoever uploads, not in the
#   bucket's. Principals of another account then encrypt with a key of their own by that name, which the bucket's
#   owner cannot read or revoke, or fail; deliveries of logs fail on a bare id. An alias can moreover be pointed at
#   another key without any change of the bucket. The full ARN of the key means one key, whoever asks.
# related_resources:
#   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html
# custom:
#   id: S3-004
#   name: s3-default-key-not-full-arn
#   severity: medium
#   remediation: Name the key by its full ARN in the bucket's default encryption.
#   reads: [s3:GetEncryptionConfiguration, kms:ListAliases]
#   cannot_see:
#     - Who uploads from other accounts, for whom the name means another key.
#   suggested:
#     pci-dss-4.0.1: ["3.6.1"]
#     nist-800-53-r5: [SC-12, SC-28]
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
#     lacks:
#       statement: No policy sees how the default names its key.
package kmsaudit.bucket.default_key_not_full_arn

import data.kmsaudit.lib.sse

subjects contains b.arn if {
	some b in input.buckets
	b.key_ref.form != "none"
}

deny contains finding if {
	some b in input.buckets
	words := names[b.key_ref.form]
	key := sse.first([b.intent.key, meant(b.key_ref.owner, b.key_ref.arn)])
	finding := {
		"resource": b.arn,
		"place": b.key_ref.place,
		"msg": sprintf("the default key %s is %s", [b.key_ref.given, words]),
		"evidence": {"given": b.key_ref.given, "form": b.key_ref.form, "key": b.key_ref.arn},
		"mend": [{
			"text": "name the key by its full ARN in the default encryption",
			"command": sse.put(b.name, b.encryption.algorithm, key, b.encryption.bucket_key, b.encryption.sse_c),
		}],
	}
}

unknown contains {"resource": b.arn, "why": b.unread.key_ref} if some b in input.buckets

unknown contains {"resource": b.arn, "why": b.unread.encryption} if some b in input.buckets

names := {
	"id": "a bare key id, which means a key of the account and Region of whoever uploads",
	"alias": "an alias, which means the key of that name in the account of whoever uploads",
	"alias_arn": "an alias, which can be pointed at another key without a change of the bucket",
}

# meant is the key behind the name. The aliases of other accounts cannot be looked up.
meant("own", arn) := arn

meant(owner, _) := "" if owner != "own"
