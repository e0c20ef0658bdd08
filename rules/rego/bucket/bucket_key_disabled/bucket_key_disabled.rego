# METADATA
# title: The Bucket Key is off
# description: >-
#   Every object that is written or read under SSE-KMS is a request to KMS of its own, at about $0.03 for
#   10,000. A Bucket Key lets S3 work with a short-lived data key for the bucket and saves about 99 % of
#   the requests, and 10 to 30 ms a request shrink to 1 to 5 ms. Before switching it on, know two things:
#   CloudTrail then shows fewer KMS events, and the encryption context becomes the bucket's ARN, so that
#   conditions on kms:EncryptionContext:aws:s3:arn with object ARNs stop matching. DSSE-KMS has no Bucket Key.
# related_resources:
#   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
# custom:
#   id: S3-008
#   name: s3-bucket-key-disabled
#   severity: low
#   remediation: Switch the Bucket Key on in the bucket's default encryption; objects that exist keep what they have.
#   reads: [s3:GetEncryptionConfiguration, kms:GetKeyPolicy]
#   may_lack: [default_key]
#   cannot_see:
#     - Uploads that ask for a Bucket Key by a header of their own, or for none.
#     - How many requests there are, unless a requirement says so.
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
#     to: key policy
#     statement: |
#       {
#         "Sid": "ObjectsWithAndWithoutBucketKey", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/ExampleRole"},
#         "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": "*",
#         "Condition": {
#           "StringLike": {"kms:EncryptionContext:aws:s3:arn": ["arn:aws:s3:::amzn-s3-demo-bucket", "arn:aws:s3:::amzn-s3-demo-bucket/*"]}
#         }
#       }
package kmsaudit.bucket.bucket_key_disabled

import data.kmsaudit.lib.money

subjects contains b.arn if {
	some b in input.buckets
	b.encryption.algorithm == "aws:kms"
	b.intent.bucket_key != "off"
}

deny contains finding if {
	some b in input.buckets
	b.encryption.algorithm == "aws:kms"
	b.encryption.bucket_key == false
	b.intent.bucket_key != "off"
	context_tests := [place | some place in b.default_key.context_tests]
	finding := {
		"resource": b.arn,
		"place": b.encryption.place,
		"msg": concat("", [costs(b.intent.requests_per_month), warning(count(context_tests))]),
		"evidence": {"bucket_key": false, "requests_per_month": b.intent.requests_per_month, "context_tests": context_tests},
		"mend": [{"text": "set BucketKeyEnabled to true in the bucket's default encryption"}],
	}
}

unknown contains {"resource": b.arn, "why": b.unread.encryption} if some b in input.buckets

costs(0) := sprintf("the Bucket Key is off: each million requests costs about %s in KMS, with a Bucket Key about %s", estimate(1000000))

costs(requests) := sprintf(
	"the Bucket Key is off: %d requests a month cost about %s in KMS, with a Bucket Key about %s",
	array.concat([requests], estimate(requests)),
) if {
	requests > 0
}

estimate(requests) := [money.dollars(full), money.dollars(full / 100)] if {
	full := (requests / 10000) * input.prices.kms_requests_10000
}

warning(0) := ""

warning(n) := sprintf("; %d statements of the key policy test object ARNs in the encryption context and would stop matching", [n]) if n > 0
