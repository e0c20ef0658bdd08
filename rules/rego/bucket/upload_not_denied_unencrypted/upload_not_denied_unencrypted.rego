# METADATA
# title: An upload may ask for another encryption than KMS
# description: >-
#   The default encryption is for uploads that ask for nothing. One with the header x-amz-server-side-encryption
#   set to AES256 gets SSE-S3 instead, under keys that AWS holds: no key policy is asked and no KMS event
#   is logged, and everybody who may read the object reads it. Only a Deny in the bucket policy, or in a resource
#   control policy, holds against that header. Buckets are asked for whose default is KMS or that the
#   configuration wants encrypted with a key.
# related_resources:
#   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
# custom:
#   id: S3-009
#   name: s3-upload-not-denied-unencrypted
#   severity: medium
#   remediation: >-
#     Add a Deny on s3:PutObject with StringNotEquals on s3:x-amz-server-side-encryption, and Null with "false" on the
#     same header, so that uploads without it pass, which the default encryption takes care of. IfExists is no help:
#     it is true where the header is missing.
#   reads: [s3:GetEncryptionConfiguration, s3:GetBucketPolicy]
#   may_lack: [encryption]
#   cannot_see:
#     - Uploads that send their own key (SSE-C) have no such header; s3-sse-c-not-blocked tells.
#     - Service control policies and the policies of the principals, which may deny it too.
#   suggested:
#     pci-dss-4.0.1: ["3.5.1"]
#     hipaa: ["164.312(a)(2)(iv)"]
#     nist-800-53-r5: [SC-28]
#   mend:
#     to: bucket policy
#     statement: |
#       {
#         "Sid": "NoOtherEncryption", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*",
#         "Condition": {
#           "StringNotEquals": {"s3:x-amz-server-side-encryption": ["aws:kms", "aws:kms:dsse"]},
#           "Null": {"s3:x-amz-server-side-encryption": "false"}
#         }
#       }
package kmsaudit.bucket.upload_not_denied_unencrypted

subjects contains b.arn if {
	some b in input.buckets
	b.intent.required
}

subjects contains b.arn if {
	some b in input.buckets
	b.encryption.kms
}

deny contains report(b.arn, b.guards.place, b.guards.other_algorithm) if {
	some b in input.buckets
	b.intent.required
	b.guards.other_algorithm != "denied"
}

deny contains report(b.arn, b.guards.place, b.guards.other_algorithm) if {
	some b in input.buckets
	b.encryption.kms
	b.guards.other_algorithm != "denied"
}

unknown contains {"resource": b.arn, "why": b.unread.encryption} if {
	some b in input.buckets
	b.intent.required == false
}

unknown contains {"resource": b.arn, "why": b.unread.guards} if {
	some b in input.buckets
	b.intent.required
}

unknown contains {"resource": b.arn, "why": b.unread.guards} if {
	some b in input.buckets
	b.encryption.kms
}

report(arn, place, outcome) := {
	"resource": arn,
	"place": place,
	"msg": messages[outcome],
	"evidence": {"other_algorithm": outcome},
	"mend": [{
		"text": "deny uploads that ask for another encryption; those that ask for none keep the default",
		"to": sprintf("bucket policy of %s", [arn]),
		"statement": {
			"Effect": "Deny",
			"Principal": "*",
			"Action": "s3:PutObject",
			"Resource": sprintf("%s/*", [arn]),
			"Condition": {
				"StringNotEquals": {"s3:x-amz-server-side-encryption": ["aws:kms", "aws:kms:dsse"]},
				"Null": {"s3:x-amz-server-side-encryption": "false"},
			},
		},
	}],
}

messages := {
	"allowed": "nothing denies an upload that asks for SSE-S3 (AES256)",
	"depends": "an upload that asks for SSE-S3 (AES256) is denied to some, or under conditions, but not to everybody",
}
