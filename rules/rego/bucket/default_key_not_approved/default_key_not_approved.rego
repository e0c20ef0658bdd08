# METADATA
# title: The bucket's default key is not the required one
# description: >-
#   A requirement of the configuration names the bucket and the key that protects it, and the default encryption
#   names another. What is uploaded without a header of its own goes under a key with other users, another owner or
#   another environment, and the principals of the requirement may not be able to read it. Where the default is not
#   SSE-KMS at all, s3-default-encryption-not-kms tells.
# related_resources:
#   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-bucket-encryption.html
# custom:
#   id: S3-003
#   name: s3-default-key-not-approved
#   severity: medium
#   remediation: Name the required key by its full ARN in the bucket's default encryption, or correct the requirement.
#   needs_intent: [requirements.buckets]
#   reads: [s3:GetEncryptionConfiguration, kms:ListAliases]
#   cannot_see:
#     - Which key an alias of another account stands for. The bucket is then unknown.
#     - What is in the bucket already keeps the key that it was written with; s3-objects-drift-from-default tells.
#   suggested:
#     pci-dss-4.0.1: ["3.6.1"]
#     nist-800-53-r5: [SC-12]
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
#       statement: A bucket's default encryption is a setting; s3-upload-not-denied-wrong-key has the statement that holds uploads to it.
package kmsaudit.bucket.default_key_not_approved

import data.kmsaudit.lib.sse

subjects contains b.arn if {
	some b in input.buckets
	b.intent.required
	b.intent.key != ""
	b.key_ref.form != "none"
}

deny contains finding if {
	some b in input.buckets
	b.intent.required
	b.intent.key != ""
	resolved(b.key_ref.form, b.key_ref.owner)
	b.key_ref.form != "none"
	b.key_ref.arn != b.intent.key
	finding := {
		"resource": b.arn,
		"place": b.key_ref.place,
		"msg": sprintf("the default key is %s, and %s is required", [called(b.key_ref.form, b.key_ref.given), b.intent.key]),
		"evidence": {"given": b.key_ref.given, "key": b.key_ref.arn, "required": b.intent.key},
		"mend": [{
			"text": "name the required key in the default encryption",
			"command": sse.put(b.name, b.encryption.algorithm, b.intent.key, b.encryption.bucket_key, b.encryption.sse_c),
		}],
	}
}

unknown contains {"resource": b.arn, "why": b.unread.key_ref} if {
	some b in input.buckets
	concerned(b.intent.key, b.name)
}

unknown contains {"resource": b.arn, "why": b.unread.encryption} if {
	some b in input.buckets
	concerned(b.intent.key, b.name)
}

unknown contains {"resource": b.arn, "why": foreign_alias} if {
	some b in input.buckets
	b.intent.required
	b.intent.key != ""
	unresolved(b.key_ref.form, b.key_ref.owner)
}

# concerned says whether a bucket may be one of a requirement: the stand-in for
# buckets that could not be listed may be any.
concerned(key, _) if key != ""

concerned("", "*")

resolved(form, _) if form != "alias_arn"

resolved("alias_arn", owner) if owner in {"own", "aws"}

unresolved("alias_arn", owner) if owner in {"trusted", "foreign"}

foreign_alias := {"state": "not_collected", "operation": "kms:ListAliases", "code": "AliasOfAnotherAccount"}

called(form, given) := given if form != "aws_managed"

called("aws_managed", _) := "the AWS managed key aws/s3"
