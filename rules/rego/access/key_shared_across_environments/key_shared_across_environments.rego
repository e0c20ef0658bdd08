# METADATA
# title: One key protects buckets of several environments
# description: >-
#   Buckets of more than one environment, as the configuration tells them apart by tag or name, have the same default
#   key. Whoever may decrypt in one of them holds the key of the others too, and the separation hangs on S3's
#   policies alone; disabling the key after an accident in development stops production. One key for each
#   environment or tenant keeps them apart, for about $1 a month. The AWS managed key aws/s3 counts as well.
# related_resources:
#   - https://docs.aws.amazon.com/prescriptive-guidance/latest/encryption-best-practices/kms.html
# custom:
#   id: ACC-005
#   name: key-shared-across-environments
#   severity: medium
#   remediation: >-
#     Make a key for each environment, name it as the default of that environment's buckets, encrypt their objects
#     anew, and narrow each key policy to the environment's principals.
#   needs_intent: [environments]
#   reads: [s3:ListAllMyBuckets, s3:GetEncryptionConfiguration, s3:GetBucketTagging]
#   may_lack: [used_by]
#   cannot_see:
#     - Buckets that belong to no environment, and objects under the key in buckets with another default.
#   mend:
#     cli: |
#       aws kms create-key --description production --tags TagKey=Environment,TagValue=production
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
#         for_each            = toset(["development", "production"])
#         description         = each.key
#         enable_key_rotation = true
#
#         tags = {
#           Environment = each.key
#         }
#       }
#
#       resource "aws_s3_bucket_server_side_encryption_configuration" "example" {
#         bucket = "amzn-s3-demo-bucket"
#
#         rule {
#           bucket_key_enabled = true
#
#           apply_server_side_encryption_by_default {
#             sse_algorithm     = "aws:kms"
#             kms_master_key_id = aws_kms_key.example["production"].arn
#           }
#         }
#       }
#     to: key policy
#     statement: |
#       {
#         "Sid": "UsersOfProduction", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
#         "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": "*",
#         "Condition": {"StringEquals": {"aws:PrincipalTag/Environment": "production"}}
#       }
package kmsaudit.access.key_shared_across_environments

subjects contains k.arn if {
	some k in input.keys
	k.environments.names != []
}

deny contains finding if {
	some k in input.keys
	count(k.environments.names) > 1
	buckets := [bucket | some bucket in k.used_by.buckets]
	finding := {
		"resource": k.arn,
		"place": k.environments.place,
		"msg": sprintf("the key protects buckets of several environments: %s", [concat(", ", k.environments.names)]),
		"evidence": {"environments": k.environments.names, "buckets": buckets},
		"mend": [
			{"text": sprintf("leave the key to one of %s and make a key of its own for each other", [concat(", ", k.environments.names)])},
			{"text": "name each environment's key in the default encryption of its buckets, and encrypt their objects anew"},
		],
	}
}

unknown contains {"resource": k.arn, "why": k.unread.environments} if some k in input.keys
