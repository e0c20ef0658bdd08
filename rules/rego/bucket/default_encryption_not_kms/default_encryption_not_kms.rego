# METADATA
# title: The default encryption of the bucket is not KMS
# description: >-
#   What is uploaded without a header of its own is encrypted with keys that AWS holds (SSE-S3), or not
#   at all: no key of yours, no key policy, no rotation and no audit trail protects it. Buckets that
#   server access logs or load balancers write to are left out where the bucket policy, or another
#   bucket's logging configuration, shows that they do: such logs cannot be written under every key.
#   SSE-KMS keeps the keys in KMS and under your policies; SSE-S3 leaves them to AWS; with SSE-C the
#   client sends the key with each request; with client-side encryption S3 never sees the plain text.
# related_resources:
#   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
# custom:
#   id: S3-001
#   name: s3-default-encryption-not-kms
#   severity: medium
#   remediation: Set the bucket's default encryption to SSE-KMS with a customer managed key and a Bucket Key.
#   reads: [s3:GetEncryptionConfiguration, s3:GetBucketPolicy]
#   may_lack: [log_target]
#   cannot_see:
#     - What is in the bucket already keeps the encryption that it was written with; s3-objects-drift-from-default tells.
#   compliance:
#     pci-dss-4.0.1: ["3.5.1"]
#     hipaa: ["164.312(a)(2)(iv)"]
#     nist-800-53-r5: [AU-9, CA-9(1), CM-3(6), SC-7(10), SC-12(2), SC-13, SC-28, SC-28(1), SI-7(6)]
#     fsbp: [S3.17]
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
#       statement: A bucket's default encryption is a setting; s3-upload-not-denied-unencrypted has the statement that holds uploads to it.
package kmsaudit.bucket.default_encryption_not_kms

import data.kmsaudit.lib.sse

subjects contains b.arn if {
	some b in input.buckets
	b.encryption.kms
}

subjects contains b.arn if {
	some b in input.buckets
	b.encryption.kms == false
	b.log_target.services == []
}

deny contains finding if {
	some b in input.buckets
	b.encryption.kms == false
	b.log_target.services == []
	finding := {
		"resource": b.arn,
		"place": b.encryption.place,
		"msg": sprintf("the default encryption is %s, not SSE-KMS", [b.encryption.algorithm]),
		"evidence": {"algorithm": b.encryption.algorithm},
		"mend": [{
			"text": "encrypt by default with a key of your own and a Bucket Key, and block SSE-C",
			"command": sse.put(b.name, "aws:kms", sse.first([b.intent.key]), true, "blocked"),
		}],
	}
}

unknown contains {"resource": b.arn, "why": b.unread.encryption} if some b in input.buckets

unknown contains {"resource": b.arn, "why": b.unread.log_target} if {
	some b in input.buckets
	b.encryption.kms == false
}
