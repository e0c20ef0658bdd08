# METADATA
# title: The bucket's default key is the one that AWS manages
# description: >-
#   The default encryption is SSE-KMS without a key of yours, so S3 takes the AWS managed key aws/s3. AWS writes its
#   key policy: every principal of the account may use the key through S3, and nobody of another account ever can.
#   It cannot be disabled, narrowed to some principals or kept apart by environment or tenant: one key is behind all
#   such buckets of a Region. A customer managed key costs about $1 a month and gives all of that.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html
# custom:
#   id: S3-002
#   name: s3-default-key-aws-managed
#   severity: low
#   remediation: Make a customer managed key and name it by its full ARN in the bucket's default encryption.
#   reads: [s3:GetEncryptionConfiguration, kms:ListAliases]
#   cannot_see:
#     - What is in the bucket already keeps the key that it was written with; s3-objects-drift-from-default tells.
#   suggested:
#     pci-dss-4.0.1: ["3.6.1"]
#     nist-800-53-r5: [SC-12]
#   mend:
#     cli: |
#       aws kms create-key --description 'objects of amzn-s3-demo-bucket'
#       aws s3api put-bucket-encryption --bucket amzn-s3-demo-bucket --server-side-encryption-configuration '{"Rules": [{
#         "ApplyServerSideEncryptionByDefault": {
#           "SSEAlgorithm": "aws:kms",
#           "KMSMasterKeyID": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#         },
#         "BucketKeyEnabled": true,
#         "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]}
#       }]}'
#     terraform: |
#       resource "aws_kms_key" "example" {
#         description         = "objects of amzn-s3-demo-bucket"
#         enable_key_rotation = true
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
#     to: key policy
#     statement: |
#       {
#         "Sid": "BucketUsers", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/ExampleRole"},
#         "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": "*",
#         "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
#       }
package kmsaudit.bucket.default_key_aws_managed

import data.kmsaudit.lib.sse

subjects contains b.arn if {
	some b in input.buckets
	b.key_ref.form != "none"
}

deny contains finding if {
	some b in input.buckets
	b.key_ref.owner == "aws"
	finding := {
		"resource": b.arn,
		"place": b.key_ref.place,
		"msg": "the default key is the AWS managed key aws/s3, which every principal of the account may use through S3",
		"evidence": {"owner": b.key_ref.owner, "given": b.key_ref.given},
		"mend": [
			{"text": "make a customer managed key, in the bucket's Region, and let the bucket's users use it"},
			{
				"text": "name it in the default encryption",
				"command": sse.put(b.name, b.encryption.algorithm, sse.first([b.intent.key]), b.encryption.bucket_key, b.encryption.sse_c),
			},
		],
	}
}

unknown contains {"resource": b.arn, "why": b.unread.key_ref} if some b in input.buckets

unknown contains {"resource": b.arn, "why": b.unread.encryption} if some b in input.buckets
