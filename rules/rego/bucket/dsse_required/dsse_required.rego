# METADATA
# title: The bucket lacks the second layer of encryption that it needs
# description: >-
#   A requirement asks for dual-layer encryption (dsse: true), as rules for some classes of data do, and the
#   default encryption is something else. With DSSE-KMS S3 encrypts each object twice, independently, with data keys
#   of the same KMS key. It has no Bucket Key, so that every object is a request to KMS, and AWS charges for the
#   second layer: ask for it only where it is needed.
# related_resources:
#   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingDSSEncryption.html
# custom:
#   id: S3-007
#   name: s3-dsse-required
#   severity: medium
#   remediation: Set the bucket's default encryption to aws:kms:dsse, and copy objects that exist over themselves.
#   needs_intent: [requirements.buckets]
#   reads: [s3:GetEncryptionConfiguration]
#   cannot_see:
#     - Uploads that ask for another encryption by a header, and what is in the bucket already.
#   suggested:
#     pci-dss-4.0.1: ["3.5.1"]
#     nist-800-53-r5: [SC-28(1)]
#   mend:
#     cli: |
#       aws s3api put-bucket-encryption --bucket amzn-s3-demo-bucket --server-side-encryption-configuration '{"Rules": [{
#         "ApplyServerSideEncryptionByDefault": {
#           "SSEAlgorithm": "aws:kms:dsse",
#           "KMSMasterKeyID": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#         },
#         "BucketKeyEnabled": false,
#         "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]}
#       }]}'
#     terraform: |
#       resource "aws_s3_bucket_server_side_encryption_configuration" "example" {
#         bucket = "amzn-s3-demo-bucket"
#
#         rule {
#           bucket_key_enabled       = false
#           blocked_encryption_types = ["SSE-C"]
#
#           apply_server_side_encryption_by_default {
#             sse_algorithm     = "aws:kms:dsse"
#             kms_master_key_id = aws_kms_key.example.arn
#           }
#         }
#       }
#     to: bucket policy
#     statement: |
#       {
#         "Sid": "TwoLayers", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*",
#         "Condition": {
#           "StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms:dsse"},
#           "Null": {"s3:x-amz-server-side-encryption": "false"}
#         }
#       }
package kmsaudit.bucket.dsse_required

import data.kmsaudit.lib.sse

subjects contains b.arn if {
	some b in input.buckets
	b.intent.dsse
	b.encryption.algorithm != ""
}

deny contains finding if {
	some b in input.buckets
	b.intent.dsse
	b.encryption.algorithm != "aws:kms:dsse"
	key := sse.first([b.intent.key, b.encryption.key])
	finding := {
		"resource": b.arn,
		"place": b.encryption.place,
		"msg": sprintf("the default encryption is %s, and two layers (aws:kms:dsse) are required", [b.encryption.algorithm]),
		"evidence": {"algorithm": b.encryption.algorithm},
		"mend": [{
			"text": "encrypt by default with two layers",
			"command": sse.put(b.name, "aws:kms:dsse", key, false, b.encryption.sse_c),
		}],
	}
}

unknown contains {"resource": b.arn, "why": b.unread.encryption} if {
	some b in input.buckets
	concerned(b.intent.dsse, b.name)
}

# concerned says whether a bucket may be one of a requirement: the stand-in for
# buckets that could not be listed may be any.
concerned(true, _)

concerned(false, "*")
