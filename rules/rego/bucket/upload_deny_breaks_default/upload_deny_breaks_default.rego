# METADATA
# title: The bucket denies uploads that rely on its default encryption
# description: >-
#   The bucket encrypts by default with KMS, and a Deny wants a header that says so. StringNotEquals
#   is true where the header is missing, and Null with "true" is true of nothing else: uploads that leave the encryption to
#   the bucket get Access Denied, although they would be encrypted as wanted. Clients seldom send these headers,
#   and many tools cannot. The statement is from the time when buckets had no default encryption.
# related_resources:
#   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html
#   - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
# custom:
#   id: S3-011
#   name: s3-upload-deny-breaks-default-encryption
#   severity: medium
#   remediation: >-
#     Add Null with "false" on the same header to the condition, so that the Deny holds only where a header is
#     sent; IfExists does not help, as it is true where the header is missing. Remove statements that deny the missing header itself.
#   reads: [s3:GetEncryptionConfiguration, s3:GetBucketPolicy]
#   cannot_see:
#     - Whether all clients send the header; then nothing breaks.
#     - Whether the policy denies uploads that send the header as well, as that of an archive may.
#     - Denials that hang on something else too, such as the network, or that name principals.
#   mend:
#     to: bucket policy
#     statement: |
#       {
#         "Sid": "NoOtherEncryption", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*",
#         "Condition": {
#           "StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"},
#           "Null": {"s3:x-amz-server-side-encryption": "false"}
#         }
#       }
package kmsaudit.bucket.upload_deny_breaks_default

subjects contains b.arn if {
	some b in input.buckets
	b.encryption.kms
}

deny contains finding if {
	some b in input.buckets
	b.encryption.kms
	b.guards.no_header == "denied"
	by := [statement | some statement in b.guards.no_header_by; statement.layer == "resource"]
	finding := {
		"resource": b.arn,
		"place": first([statement.place | some statement in by], b.guards.place),
		"statement": first([statement.identity | some statement in by], ""),
		"msg": sprintf("an upload without encryption headers is denied, though the bucket would encrypt it with %s", [b.encryption.algorithm]),
		"evidence": {"algorithm": b.encryption.algorithm, "by": b.guards.no_header_by},
		"mend": [{
			"text": "add Null with false on the header to the condition; for the algorithm that is",
			"to": sprintf("bucket policy of %s", [b.arn]),
			"statement": {
				"Effect": "Deny",
				"Principal": "*",
				"Action": "s3:PutObject",
				"Resource": sprintf("%s/*", [b.arn]),
				"Condition": {
					"StringNotEquals": {"s3:x-amz-server-side-encryption": b.encryption.algorithm},
					"Null": {"s3:x-amz-server-side-encryption": "false"},
				},
			},
		}],
	}
}

unknown contains {"resource": b.arn, "why": b.unread.encryption} if some b in input.buckets

unknown contains {"resource": b.arn, "why": b.unread.guards} if {
	some b in input.buckets
	b.encryption.kms
}

first([], otherwise) := otherwise

first(list, _) := list[0] if list != []
