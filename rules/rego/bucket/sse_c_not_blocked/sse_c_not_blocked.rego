# METADATA
# title: The bucket takes objects under keys that clients bring (SSE-C)
# description: >-
#   With SSE-C the client sends the key with each request and AWS forgets it. Neither a key policy nor the bucket's
#   default encryption has a say, and without that key nobody reads the object again. Whoever gets hold of
#   credentials that may write can so encrypt a bucket in place and ask for ransom, as happened in 2025. Compared
#   with the others: SSE-KMS keeps the key in KMS, under a policy, with rotation and an audit trail;
#   SSE-S3 leaves it to AWS; with client-side encryption S3 never sees the plain text; SSE-C alone hands S3 the
#   plain text and leaves you the key to keep. Few need it. S3 can refuse it in the bucket's encryption
#   configuration, and does so in new buckets since April 2026; objects that are there stay readable.
# related_resources:
#   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/blocking-unblocking-s3-c-encryption-gpb.html
#   - https://docs.aws.amazon.com/AmazonS3/latest/API/API_BlockedEncryptionTypes.html
# custom:
#   id: S3-012
#   name: s3-sse-c-not-blocked
#   severity: medium
#   remediation: >-
#     Add SSE-C to BlockedEncryptionTypes of the bucket's encryption configuration, or deny uploads with the
#     header in the bucket policy.
#   reads: [s3:GetEncryptionConfiguration, s3:GetBucketPolicy]
#   may_lack: [encryption]
#   cannot_see:
#     - Whether anybody uses SSE-C today; look for x-amz-server-side-encryption-customer-algorithm in S3 data events first.
#   suggested:
#     pci-dss-4.0.1: ["3.5.1"]
#     hipaa: ["164.312(c)(1)"]
#     nist-800-53-r5: [SC-28, CP-9]
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
#         "Sid": "NoKeysOfClients", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*",
#         "Condition": {"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "false"}}
#       }
package kmsaudit.bucket.sse_c_not_blocked

import data.kmsaudit.lib.shell

subjects contains b.arn if some b in input.buckets

deny contains finding if {
	some b in input.buckets
	b.customer_keys.by == "nothing"
	configuration := blocking(b.encryption.algorithm, b.encryption.key, b.encryption.bucket_key)
	finding := {
		"resource": b.arn,
		"place": b.customer_keys.place,
		"msg": "uploads with keys of the client (SSE-C) are refused neither by the bucket's configuration nor by its policy",
		"evidence": {"by": b.customer_keys.by, "sse_c": b.encryption.sse_c},
		"mend": [
			{
				"text": "block SSE-C in the bucket's encryption configuration; the default encryption stays as it is",
				"command": sprintf("aws s3api put-bucket-encryption --bucket %s --server-side-encryption-configuration %s", [
					shell.quote(b.name),
					shell.quote(json.marshal(configuration)),
				]),
			},
			{
				"text": "or deny uploads with a key of the client",
				"to": sprintf("bucket policy of %s", [b.arn]),
				"statement": denial(b.arn),
			},
		],
	}
}

unknown contains {"resource": b.arn, "why": b.unread.customer_keys} if some b in input.buckets

unknown contains {"resource": b.arn, "why": b.unread.encryption} if {
	some b in input.buckets
	b.customer_keys.by == "nothing"
}

blocking(algorithm, key, bucket_key) := {"Rules": [{
	"ApplyServerSideEncryptionByDefault": default_encryption(algorithm, key),
	"BucketKeyEnabled": bucket_key,
	"BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]},
}]}

denial(arn) := {
	"Effect": "Deny",
	"Principal": "*",
	"Action": "s3:PutObject",
	"Resource": sprintf("%s/*", [arn]),
	"Condition": {"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "false"}},
}

default_encryption(algorithm, "") := {"SSEAlgorithm": algorithm}

default_encryption(algorithm, key) := {"SSEAlgorithm": algorithm, "KMSMasterKeyID": key} if key != ""
