# METADATA
# title: IAM policies decide over the key
# description: >-
#   The key policy allows the account every action, as the default key policy does: from then on everybody who may write
#   IAM policies decides who uses, changes and deletes the key. That is how most keys are kept, it keeps a key from
#   getting out of hand, and it is no fault; a reviewer has to know it, because such a key policy alone says nothing about
#   who can decrypt. It is told where IAM policies let anybody decrypt, and where they let more than max_principals, it is
#   more than a fact.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
# custom:
#   id: POL-005
#   name: kms-policy-iam-delegation
#   severity: info
#   severities: [medium]
#   remediation: >-
#     For keys that few may use: name the users and the administrators of the key in its policy, and leave to IAM policies
#     what administers the key, so that nobody is locked out.
#   question: must_not_be_able
#   params: {max_principals: 20}
#   may_lack: [decryptors]
#   reads: [kms:GetKeyPolicy, iam:GetAccountAuthorizationDetails, kms:ListGrants]
#   cannot_see:
#     - Who may write IAM policies, and so decides.
#     - Everybody who can assume one of the roles.
#   suggested:
#     pci-dss-4.0.1: ["3.6.1.3"]
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
package kmsaudit.keypolicy.iam_delegation

subjects contains k.arn if {
	some k in input.keys
	k.delegation.extent != "aws"
}

deny contains finding if {
	some k in input.keys
	k.delegation.extent == "all"
	n := k.decryptors.delegated
	limit := input.params["POL-005"].max_principals
	level := severity(n, limit, k.decryptors.undecided, k.decryptors.complete)
	finding := {
		"resource": k.arn,
		"place": k.delegation.place,
		"statement": k.delegation.identity,
		"severity": level,
		"msg": sprintf("the key policy leaves every action to IAM policies, and by these %d principals may decrypt", [n]),
		"evidence": {"delegated": n, "some": k.decryptors.principals},
		"mend": [{
			"text": "name the users of the key in its policy, and leave to IAM policies what administers it and no more",
			"to": sprintf("key policy of %s", [k.arn]),
			"statement": {
				"Sid": "AdministrationByIAM",
				"Effect": "Allow",
				"Principal": {"AWS": input.account.arn},
				"Action": [
					"kms:Describe*", "kms:Get*", "kms:List*", "kms:PutKeyPolicy", "kms:Enable*", "kms:Disable*", "kms:Update*",
					"kms:TagResource", "kms:UntagResource", "kms:CreateAlias", "kms:DeleteAlias", "kms:RevokeGrant",
					"kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion",
				],
				"Resource": "*",
			},
		}],
	}
}

unknown contains {"resource": k.arn, "why": {"depends": [], "undecided": k.decryptors.open}} if {
	some k in input.keys
	k.delegation.extent == "all"
	k.decryptors.open != []
	n := k.decryptors.delegated
	not severity(n, input.params["POL-005"].max_principals, k.decryptors.undecided, k.decryptors.complete)
}

unknown contains {"resource": k.arn, "why": k.unread.delegation} if some k in input.keys

unknown contains {"resource": k.arn, "why": k.unread.decryptors} if {
	some k in input.keys
	k.delegation.extent == "all"
}

# severity is that of a key by whose policy n principals, and more of whom it is not known, may decrypt. It has none
# while it could be either.
severity(n, limit, _, _) := "medium" if n > limit

severity(n, limit, undecided, true) := "info" if {
	n > 0
	n + undecided <= limit
}
