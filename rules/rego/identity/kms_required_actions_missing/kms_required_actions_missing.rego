# METADATA
# title: A principal lacks KMS actions that it needs
# description: >-
#   The configuration says that the principal works with the key. At least one of the actions is denied:
#   by a Deny somewhere, or because no Allow is found in a layer that has to have one. Identity policies,
#   the key policy with what it delegates to IAM, grants, the permissions boundary and the organization's
#   policies are all asked; wildcards are understood on both sides.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
# custom:
#   id: IAM-007
#   name: iam-kms-required-actions-missing
#   severity: medium
#   remediation: Add the actions in the layer that lacks them, on the one key; the finding prints the statement.
#   question: must_be_able
#   needs_intent: [requirements]
#   reads: [iam:GetAccountAuthorizationDetails, kms:ListKeys, kms:GetKeyPolicy, kms:ListGrants, organizations:DescribeOrganization]
#   cannot_see:
#     - Session policies and VPC endpoint policies. They are taken as not restricting.
#     - Whether the key can be used as it is; kms-key-disabled-in-use and kms-key-pending-deletion tell.
#   suggested:
#     nist-800-53-r5: [AC-6]
#   mend:
#     to: inline policy
#     statement: |
#       {
#         "Sid": "WorkWithTheKey", "Effect": "Allow",
#         "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
#         "Resource": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#       }
package kmsaudit.identity.kms_required_actions_missing

subjects contains row.id if some row in input.access

deny contains finding if {
	some row in input.access
	row.denied != []
	actions := [denied.what | some denied in row.denied]
	finding := {
		"subject": row.id,
		"resource": row.principal,
		"place": row.place,
		"about": {"requirement": row.requirement, "key": row.key},
		"msg": sprintf("it needs %s on %s: %s", [
			concat(", ", actions),
			row.key,
			concat("; ", {denied.why | some denied in row.denied}),
		]),
		"evidence": {"denied": row.denied, "allowed": [allowed.what | some allowed in row.allowed]},
		"mend": row.mends,
	}
}

unknown contains {
	"subject": row.id,
	"resource": row.principal,
	"about": {"requirement": row.requirement, "key": row.key},
	"why": {"depends": row.depends, "undecided": row.undecided},
} if {
	some row in input.access
	[row.depends, row.undecided] != [[], []]
}
