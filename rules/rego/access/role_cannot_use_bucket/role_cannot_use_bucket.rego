# METADATA
# title: A principal cannot do an S3 operation that it needs
# description: >-
#   PutObject makes S3 call GenerateDataKey with the caller's permissions, GetObject makes it call Decrypt.
#   Where the S3 half or the KMS half is denied, the call fails with Access Denied, and S3's answer does not
#   say which half it was. The finding does, with the layer that is in the way and the statement to add.
# related_resources:
#   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
# custom:
#   id: ACC-001
#   name: role-cannot-use-bucket
#   severity: high
#   remediation: Add the missing permission in the layer that lacks it; the finding prints the statement.
#   question: must_be_able
#   needs_intent: [requirements.buckets]
#   reads: [iam:GetAccountAuthorizationDetails, s3:ListAllMyBuckets, s3:GetEncryptionConfiguration, s3:GetBucketPolicy,
#     kms:ListKeys, kms:GetKeyPolicy, kms:ListGrants, organizations:DescribeOrganization]
#   cannot_see:
#     - Session policies, VPC endpoint policies, access points and ACLs. They are taken as not restricting.
#     - Whether the key is enabled; s3-default-key-unusable tells.
#   mend:
#     to: inline policy
#     statement: |
#       [
#         {"Sid": "Objects", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*"},
#         {
#           "Sid": "TheirKey", "Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
#           "Resource": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#         }
#       ]
package kmsaudit.access.role_cannot_use_bucket

subjects contains row.id if some row in input.operations

deny contains finding if {
	some row in input.operations
	row.denied != []
	finding := {
		"subject": row.id,
		"resource": row.principal,
		"place": row.place,
		"about": about(row.requirement, row.bucket, row.object, row.operation),
		"msg": sprintf("%s on %s fails with Access Denied: %s", [
			row.operation,
			row.bucket,
			concat("; ", {sprintf("%s: %s", [denied.what, denied.why]) | some denied in row.denied}),
		]),
		"evidence": {"denied": row.denied, "key": row.key},
		"mend": row.mends,
	}
}

unknown contains {
	"subject": row.id,
	"resource": row.principal,
	"about": about(row.requirement, row.bucket, row.object, row.operation),
	"why": {"depends": row.depends, "undecided": row.undecided},
} if {
	some row in input.operations
	[row.depends, row.undecided] != [[], []]
}

about(requirement, bucket, key, operation) := {
	"requirement": requirement,
	"bucket": bucket,
	"object": key,
	"operation": operation,
}
