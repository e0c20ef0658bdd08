# METADATA
# title: Principals can decrypt with a key and reach nothing that is under it
# description: >-
#   The only known use of the key is to encrypt the objects of S3 buckets, and users or roles can decrypt with it who can
#   read none of these objects, nor upload them in parts: the permission does nothing for them, until somebody gives them
#   the buckets. It is often left over from what they did before. One finding per key has all whom a policy lets decrypt by
#   naming the key or them; who may decrypt with every key is the matter of other rules. A key that has grants, that a trail or
#   log group uses, or whose policy speaks of other services or of an encryption context of its own counts as used for more. Key
#   administrators, the principals of the key's requirements and service-linked roles are left aside.
# related_resources:
#   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
#   - https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
# custom:
#   id: ACC-002
#   name: role-kms-access-unneeded
#   severity: low
#   remediation: Take the key out of the policy that allows it, or declare what it is for in a requirement.
#   question: must_not_be_able
#   reads:
#     - iam:GetAccountAuthorizationDetails
#     - kms:ListKeys
#     - kms:GetKeyPolicy
#     - kms:ListGrants
#     - s3:ListAllMyBuckets
#     - s3:GetEncryptionConfiguration
#     - s3:GetBucketPolicy
#   cannot_see:
#     - Data that programs or other services encrypt with the key without a grant, and buckets of other accounts.
#     - Objects under the key in buckets with another default, unless they were asked for.
#   suggested:
#     pci-dss-4.0.1: ["7.2.2"]
#     nist-800-53-r5: [AC-6]
#   mend:
#     to: inline policy
#     statement: |
#       {
#         "Sid": "OneKey", "Effect": "Allow", "Action": "kms:Decrypt",
#         "Resource": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#       }
package kmsaudit.access.kms_access_unneeded

subjects contains row.id if some row in input.needless

deny contains finding if {
	some row in input.needless
	some users in row.allowed
	finding := {
		"subject": row.id,
		"resource": row.key,
		"place": row.place,
		"msg": sprintf("%s can decrypt with the key and reach no object of the buckets that it protects: %s", [
			who(users.count, users.principals),
			list(row.bucket_count, row.buckets),
		]),
		"evidence": {
			"action": users.what, "count": users.count, "principals": users.principals,
			"bucket_count": row.bucket_count, "buckets": row.buckets, "by": users.by,
		},
		"mend": [{"text": "take the key out of it, or declare what it is for", "to": sprintf("%s policy %s", [giver.layer, giver.policy])} |
			some giver in users.by
		],
	}
}

unknown contains {"subject": row.id, "resource": row.key, "why": {"depends": [], "undecided": row.undecided}} if {
	some row in input.needless
	row.undecided != []
}

who(1, principals) := principals[0]

who(n, principals) := sprintf("%d principals, %s among them,", [n, principals[0]]) if n > 1

list(n, buckets) := concat(", ", buckets) if n == count(buckets)

list(n, buckets) := sprintf("%s and %d more", [concat(", ", buckets), n - count(buckets)]) if n > count(buckets)
