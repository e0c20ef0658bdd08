# METADATA
# title: The bucket policy locks everybody out
# description: >-
#   A Deny in the bucket policy keeps every user and role of the account from putting or deleting that policy,
#   administrators too: nobody can mend the bucket, or read it, before the root user takes the policy away. It happens
#   with a Deny that was meant to have an exception: for a role that does not exist any more, with a condition that
#   is always true, or with NotPrincipal that names the role and not its sessions. A Deny that spares somebody who
#   exists, or a network, does not count.
# related_resources:
#   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html
#   - https://repost.aws/knowledge-center/s3-accidentally-denied-access
# custom:
#   id: S3-018
#   name: s3-policy-locks-everyone-out
#   severity: medium
#   remediation: >-
#     As the root user of the account, or with sts:AssumeRoot and the task policy S3UnlockBucketPolicy from the
#     management account, delete the bucket policy; put it again with an exception for those who administer the
#     bucket.
#   question: must_be_able
#   reads: [s3:GetBucketPolicy, iam:GetAccountAuthorizationDetails]
#   cannot_see:
#     - Whether anybody can meet the conditions under which a Deny does not apply, such as a network.
#     - Service control policies, which can lock people out too.
#   suggested:
#     nist-800-53-r5: [CP-9]
#   mend:
#     cli: |
#       aws s3api delete-bucket-policy --bucket amzn-s3-demo-bucket
#       aws s3api put-bucket-policy --bucket amzn-s3-demo-bucket --policy file://policy.json
#     to: bucket policy
#     statement: |
#       {
#         "Sid": "OneRoleOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
#         "Resource": ["arn:aws:s3:::amzn-s3-demo-bucket", "arn:aws:s3:::amzn-s3-demo-bucket/*"],
#         "Condition": {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/ExampleRole"}}
#       }
package kmsaudit.bucket.policy_locks_everyone_out

import data.kmsaudit.lib.shell

subjects contains b.arn if some b in input.buckets

deny contains finding if {
	some b in input.buckets
	b.lockout.locked
	finding := {
		"resource": b.arn,
		"place": b.lockout.place,
		"msg": says(b.lockout.gone),
		"evidence": {"by": b.lockout.by, "gone": b.lockout.gone},
		"mend": [{
			"text": "as the root user, delete the policy, and put it again with an exception for administrators who exist",
			"command": sprintf("aws s3api delete-bucket-policy --bucket %s", [shell.quote(b.name)]),
		}],
	}
}

unknown contains {"resource": b.arn, "why": b.unread.lockout} if some b in input.buckets

says([]) := "the bucket policy denies everybody in the account to put or delete it; only the root user can"

says(gone) := sprintf(
	"the bucket policy denies everybody in the account to put or delete it but those who do not exist: %s; only the root user can",
	[concat(", ", gone)],
) if {
	gone != []
}
