# METADATA
# title: Others than administrators can change what S3 encrypts with
# description: >-
#   Principals that are not declared as key administrators can change the default encryption of buckets
#   (s3:PutEncryptionConfiguration), or put objects that are there under another key (s3:UpdateObjectEncryption). Under a
#   key of theirs, or of another account, the data is theirs to lock and to sell back. Denials, boundaries, bucket policies
#   and the organization's policies are taken off. One finding per policy that gives it, and one for inline policies
#   of one name; what bucket policies give somebody by name is told per principal. The account's root user and
#   service-linked roles are left aside. A power that hangs on a condition counts, and the condition is named.
# related_resources:
#   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/update-sse-encryption.html
#   - https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html
# custom:
#   id: IAM-016
#   name: iam-s3-update-object-encryption
#   severity: medium
#   remediation: >-
#     Take the actions out of the policy that the finding names, or declare its principals as key_administrators.
#   question: must_not_be_able
#   needs_intent: [key_administrators]
#   reads: [iam:GetAccountAuthorizationDetails, s3:ListAllMyBuckets, s3:GetBucketPolicy]
#   cannot_see:
#     - Everybody who can come to act as one of the principals; kmsaudit who-can tells.
#   suggested:
#     pci-dss-4.0.1: ["7.2.2"]
#     hipaa: ["164.312(c)(1)"]
#     nist-800-53-r5: [AC-6, CM-5]
#   mend:
#     to: service control policy
#     statement: |
#       {
#         "Sid": "OnlyAdministratorsChangeEncryption", "Effect": "Deny",
#         "Action": ["s3:PutEncryptionConfiguration", "s3:UpdateObjectEncryption"], "Resource": "*",
#         "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/KeyAdmin"}}
#       }
package kmsaudit.identity.s3_update_object_encryption

import data.kmsaudit.lib.powers

subjects contains row.id if {
	some row in input.powers
	row.kind == "encryption"
}

deny contains finding if {
	some row in input.powers
	row.kind == "encryption"
	some users in row.allowed
	finding := object.union(powers.finding(row.id, row.kind, users, "buckets"), {"mend": [mend(users)]})
}

deny contains finding if {
	some row in input.powers
	row.kind == "encryption"
	some users in row.depends
	found := powers.finding(row.id, row.kind, users, "buckets")
	finding := object.union(found, {"about": object.union(found.about, {"condition": "open"}), "mend": [mend(users)]})
}

unknown contains powers.unknown(row.id, row.kind, row.arn, row.undecided) if {
	some row in input.powers
	row.kind == "encryption"
	row.undecided != []
}

mend(users) := {"text": sprintf("take %s out of the %s, or declare its principals as key_administrators", [concat(", ", users.actions), users.what])}
