# METADATA
# title: Nothing bounds those who administer keys
# description: >-
#   Users and roles can destroy keys or take them over, have no permissions boundary, and no service control policy of the
#   organization denies any of that, not even under conditions: one more policy attached to them, or one mistake, goes
#   through. Key administrators count. A service control policy that lets destructive actions be performed by one role only
#   settles it for all. The account's root user and service-linked roles, which can have no boundary, are left aside.
#   One finding per policy that gives the power, and one for inline policies of one name.
# related_resources:
#   - https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
#   - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
# custom:
#   id: IAM-015
#   name: iam-boundary-or-scp-missing-for-kms
#   severity: low
#   remediation: >-
#     Set a permissions boundary on the principals, or deny destructive KMS actions by a service control policy to all
#     but the roles that are meant to have them.
#   question: must_not_be_able
#   reads: [iam:GetAccountAuthorizationDetails, kms:ListKeys, kms:GetKeyPolicy, kms:ListGrants]
#   cannot_see:
#     - Everybody who can come to act as one of the principals; kmsaudit who-can tells.
#   suggested:
#     pci-dss-4.0.1: ["7.2.2"]
#     nist-800-53-r5: [AC-6]
#   mend:
#     cli: |
#       aws iam put-role-permissions-boundary --role-name ExampleRole \
#         --permissions-boundary arn:aws:iam::111122223333:policy/Boundary
#     terraform: |
#       resource "aws_iam_role" "example" {
#         name                 = "ExampleRole"
#         assume_role_policy   = file("trust.json")
#         permissions_boundary = aws_iam_policy.boundary.arn
#       }
#     to: service control policy
#     statement: |
#       {
#         "Sid": "OneRoleDestroysKeys", "Effect": "Deny",
#         "Action": ["kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:DeleteImportedKeyMaterial", "kms:PutKeyPolicy"], "Resource": "*",
#         "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/KeyAdmin"}}
#       }
package kmsaudit.identity.boundary_or_scp_missing

import data.kmsaudit.lib.powers

subjects contains row.id if {
	some row in input.powers
	row.kind == "unbounded"
}

deny contains finding if {
	some row in input.powers
	row.kind == "unbounded"
	row.guards == []
	some users in row.allowed
	finding := object.union(powers.finding(row.id, row.kind, users, "keys"), {"mend": [mend(users)]})
}

unknown contains powers.unknown(row.id, row.kind, row.arn, row.undecided) if {
	some row in input.powers
	row.kind == "unbounded"
	row.guards == []
	row.undecided != []
}

mend(users) := {"text": sprintf("set a permissions boundary on those whom the %s gives it", [users.what])}
