# METADATA
# title: Another account may change the bucket or its policy
# description: >-
#   The bucket policy lets another account, or everybody, do one of five things: put or delete the bucket policy, put the
#   access control list of the bucket or of objects, or put its default encryption. Whoever may do that can give
#   others the data, take the bucket from its owner, or have new objects encrypted with a key of his own. Sharing
#   data never needs it. What the same policy denies without a condition is left out. In mode precise accounts that
#   the configuration trusts do not count, nor does everybody where a condition with fixed values says who that is;
#   mode strict counts both, as AWS's own control, which does not look at conditions.
# related_resources:
#   - https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html
#   - https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-blacklisted-actions-prohibited.html
# custom:
#   id: S3-015
#   name: s3-foreign-account-config-write
#   severity: high
#   remediation: Take the actions out of the statement, or let the other account assume a role of this one that may do what is needed.
#   question: must_not_be_able
#   reads: [s3:GetBucketPolicy]
#   params: {mode: precise}
#   cannot_see:
#     - What access control lists and access points allow; canonical user ids in the policy.
#     - Service control policies of the other account, and resource control policies that were not read.
#   compliance:
#     nist-800-53-r5: [CA-9(1), CM-2]
#     fsbp: [S3.6]
#   suggested:
#     pci-dss-4.0.1: ["7.3.1"]
#   mend:
#     to: bucket policy
#     statement: |
#       {
#         "Sid": "OnlyTheAccountChangesTheBucket", "Effect": "Deny", "Principal": "*",
#         "Action": ["s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:PutBucketAcl", "s3:PutObjectAcl", "s3:PutEncryptionConfiguration"],
#         "Resource": ["arn:aws:s3:::amzn-s3-demo-bucket", "arn:aws:s3:::amzn-s3-demo-bucket/*"],
#         "Condition": {"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}
#       }
package kmsaudit.bucket.foreign_account_config_write

subjects contains b.arn if some b in input.buckets

deny contains finding if {
	some b in input.buckets
	some statement in b.writers.statements
	strict := input.params["S3-015"].mode != "precise"
	accounts := named(statement.accounts, statement.trusted, strict)
	who := array.concat(accounts, everybody(statement.anyone, statement.restriction, strict))
	who != []
	finding := {
		"resource": b.arn,
		"place": statement.place,
		"statement": statement.identity,
		"msg": sprintf("the bucket policy lets %s do %s", [concat(" and ", who), concat(", ", statement.actions)]),
		"evidence": {
			"accounts": statement.accounts,
			"trusted": statement.trusted,
			"anyone": statement.anyone,
			"restriction": statement.restriction,
			"actions": statement.actions,
		},
		"mend": mends(b.arn, statement.actions, input.account.id),
	}
}

unknown contains {"resource": b.arn, "why": b.unread.writers} if some b in input.buckets

named(accounts, _, false) := accounts

named(accounts, trusted, true) := array.concat(accounts, trusted)

everybody(true, restriction, _) := ["everybody"] if restriction != "fixed"

everybody(true, "fixed", true) := ["everybody, under conditions"]

everybody(true, "fixed", false) := []

everybody(false, _, _) := []

mends(bucket, actions, account) := [{
	"text": "take the actions away from everybody outside the account, whatever else the policy says",
	"to": sprintf("bucket policy of %s", [bucket]),
	"statement": {
		"Effect": "Deny",
		"Principal": "*",
		"Action": actions,
		"Resource": [bucket, sprintf("%s/*", [bucket])],
		"Condition": {"StringNotEquals": {"aws:PrincipalAccount": account}},
	},
}]
