# METADATA
# title: An upload may name another key than the required one
# description: >-
#   The configuration wants the objects of the bucket under one key. The default encryption sees to that for
#   uploads that name no key; one that names another is stored under that one, which may belong to another account:
#   its owner then decides who reads the object, and can take it away by disabling the key. Only a Deny in
#   the bucket policy, or in a resource control policy, holds against the header.
# related_resources:
#   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
#   - https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
# custom:
#   id: S3-010
#   name: s3-upload-not-denied-wrong-key
#   severity: medium
#   remediation: >-
#     Add a Deny on s3:PutObject with StringNotEquals on s3:x-amz-server-side-encryption-aws-kms-key-id and the
#     full ARN of the key, and Null with "false" on the same header: without it, as with IfExists, uploads that
#     name no key are denied too. Have clients name the key by its ARN or not at all: the test compares
#     what they send.
#   needs_intent: [requirements.buckets]
#   reads: [s3:GetBucketPolicy]
#   cannot_see:
#     - Uploads that ask for aws:kms and name no key get the AWS managed key, not the default; the second mend denies them.
#     - Service control policies and the policies of the principals, which may deny it too.
#   suggested:
#     pci-dss-4.0.1: ["3.6.1"]
#     nist-800-53-r5: [SC-12]
#   mend:
#     to: bucket policy
#     statement: |
#       [
#         {
#           "Sid": "NoOtherKey", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*",
#           "Condition": {
#             "StringNotEquals": {
#               "s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#             },
#             "Null": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "false"}
#           }
#         },
#         {
#           "Sid": "NoKeyOfAWS", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*",
#           "Condition": {
#             "StringEquals": {"s3:x-amz-server-side-encryption": ["aws:kms", "aws:kms:dsse"]},
#             "Null": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "true"}
#           }
#         }
#       ]
package kmsaudit.bucket.upload_not_denied_wrong_key

subjects contains b.arn if {
	some b in input.buckets
	b.intent.key != ""
}

deny contains finding if {
	some b in input.buckets
	b.intent.key != ""
	b.guards.other_key != "denied"
	finding := {
		"resource": b.arn,
		"place": b.guards.place,
		"msg": sprintf(messages[b.guards.other_key], [b.intent.key]),
		"evidence": {"other_key": b.guards.other_key, "required": b.intent.key},
		"mend": [
			{
				"text": "deny uploads that name another key; those that name none keep the default",
				"to": sprintf("bucket policy of %s", [b.arn]),
				"statement": statement(b.arn, {
					"StringNotEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": b.intent.key},
					"Null": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "false"},
				}),
			},
			{
				"text": "deny uploads that ask for KMS and name no key: they would get the AWS managed key",
				"to": sprintf("bucket policy of %s", [b.arn]),
				"statement": statement(b.arn, {
					"StringEquals": {"s3:x-amz-server-side-encryption": ["aws:kms", "aws:kms:dsse"]},
					"Null": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "true"},
				}),
			},
		],
	}
}

unknown contains {"resource": b.arn, "why": b.unread.guards} if {
	some b in input.buckets
	b.intent.key != ""
}

# The stand-in of a listing that failed: a bucket of a requirement may be behind it.
unknown contains {"resource": b.arn, "why": b.unread.guards} if {
	some b in input.buckets
	b.name == "*"
}

statement(arn, condition) := {
	"Effect": "Deny",
	"Principal": "*",
	"Action": "s3:PutObject",
	"Resource": sprintf("%s/*", [arn]),
	"Condition": condition,
}

messages := {
	"allowed": "nothing denies an upload that names another key than %s",
	"depends": "an upload that names another key than %s is denied to some, or under conditions, but not to everybody",
}
