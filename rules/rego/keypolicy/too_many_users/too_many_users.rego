# METADATA
# title: Many principals may decrypt with the key
# description: >-
#   More users and roles may decrypt with the key than max_principals, by the key policy, by IAM policies that the key
#   policy lets count, or by grants; explicit denials, boundaries and the organization's policies are taken off. Every one
#   of them is a way to all that the key protects, and nobody can look through so many. Mostly a few policies with
#   kms:Decrypt on every key are the cause. Principals of other accounts that are named count, the
#   account's root user, service-linked roles and services do not.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/determining-access.html
# custom:
#   id: POL-010
#   name: kms-policy-too-many-users
#   severity: low
#   remediation: >-
#     Take kms:Decrypt on every key out of shared policies, and allow it on the keys that are needed; or take kms:Decrypt out of
#     what the key policy leaves to IAM policies, and name the users of the key in it.
#   question: must_not_be_able
#   params: {max_principals: 20}
#   reads: [kms:GetKeyPolicy, iam:GetAccountAuthorizationDetails, kms:ListGrants]
#   cannot_see:
#     - Everybody who can assume one of the roles, and everybody in an account that is named as a whole.
#   suggested:
#     pci-dss-4.0.1: ["3.6.1.3"]
#     hipaa: ["164.308(a)(4)(ii)(B)"]
#     nist-800-53-r5: [AC-6]
#   mend:
#     to: key policy
#     statement: |
#       [
#         {
#           "Sid": "KeyUsers", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/ExampleRole"},
#           "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": "*"
#         },
#         {
#           "Sid": "AdministrationByIAM", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
#           "Action": [
#             "kms:Describe*", "kms:Get*", "kms:List*", "kms:PutKeyPolicy", "kms:Enable*", "kms:Disable*", "kms:Update*", "kms:TagResource",
#             "kms:UntagResource", "kms:CreateAlias", "kms:DeleteAlias", "kms:RevokeGrant", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"
#           ],
#           "Resource": "*"
#         }
#       ]
package kmsaudit.keypolicy.too_many_users

subjects contains k.arn if {
	some k in input.keys
	k.decryptors.applies
}

deny contains finding if {
	some k in input.keys
	k.decryptors.applies
	n := k.decryptors.allowed + k.decryptors.depends
	limit := input.params["POL-010"].max_principals
	n > limit
	finding := {
		"resource": k.arn,
		"place": k.decryptors.place,
		"msg": sprintf(
			"%d principals may decrypt with the key, %d of them under conditions, %d by IAM policies; %d are allowed by the rule",
			[n, k.decryptors.depends, k.decryptors.delegated, limit],
		),
		"evidence": {
			"allowed": k.decryptors.allowed,
			"depends": k.decryptors.depends,
			"delegated": k.decryptors.delegated,
			"some": k.decryptors.principals,
			"tests": k.decryptors.tests,
		},
		"mend": [
			{"text": sprintf("list all of them, by the policy that lets them: kmsaudit who-can kms:Decrypt %s SNAPSHOT", [k.arn])},
			{"text": "narrow the policies that allow kms:Decrypt on every key to the keys that are needed"},
		],
	}
}

unknown contains {"resource": k.arn, "why": {"depends": [], "undecided": k.decryptors.open}} if {
	some k in input.keys
	k.decryptors.applies
	k.decryptors.complete == false
}

unknown contains {"resource": k.arn, "why": {"depends": [], "undecided": k.decryptors.open}} if {
	some k in input.keys
	k.decryptors.applies
	sum([k.decryptors.allowed, k.decryptors.depends, k.decryptors.undecided]) > input.params["POL-010"].max_principals
	k.decryptors.undecided > 0
}

unknown contains {"resource": k.arn, "why": k.unread.decryptors} if some k in input.keys
