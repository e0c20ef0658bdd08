# METADATA
# title: Others than key administrators can destroy keys
# description: >-
#   Principals that are not declared as key administrators can make keys useless: schedule their deletion, disable them,
#   delete imported key material, or delete or redirect the aliases by which they are used. What is under a deleted key is
#   lost. Denials, boundaries, the key policies and the organization's policies are taken off. One finding per policy that
#   gives it, and one for inline policies of one name, however many principals and keys it is about; what key policies
#   and grants give somebody by name is told per principal. The account's root user and service-linked roles are left
#   aside. A power that hangs on a condition counts, and the condition is named.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys-adding-permission.html
#   - https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
# custom:
#   id: IAM-005
#   name: iam-kms-key-destruction
#   severity: high
#   remediation: >-
#     Take the actions out of the policy that the finding names, or declare its principals as key_administrators.
#   question: must_not_be_able
#   needs_intent: [key_administrators]
#   reads: [iam:GetAccountAuthorizationDetails, kms:ListKeys, kms:GetKeyPolicy, kms:ListGrants]
#   cannot_see:
#     - Everybody who can come to act as one of the principals; kmsaudit who-can tells.
#   suggested:
#     pci-dss-4.0.1: ["3.7.4", "3.7.5"]
#     hipaa: ["164.308(a)(7)"]
#     nist-800-53-r5: [AC-6, SC-12(1)]
#   mend:
#     to: service control policy
#     statement: |
#       {
#         "Sid": "OnlyAdministratorsDestroyKeys", "Effect": "Deny",
#         "Action": ["kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:DeleteImportedKeyMaterial", "kms:DeleteAlias", "kms:UpdateAlias"],
#         "Resource": "*",
#         "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/KeyAdmin"}}
#       }
package kmsaudit.identity.kms_key_destruction

import data.kmsaudit.lib.powers

subjects contains row.id if {
	some row in input.powers
	row.kind == "destroy"
}

deny contains finding if {
	some row in input.powers
	row.kind == "destroy"
	some users in row.allowed
	finding := object.union(powers.finding(row.id, row.kind, users, "keys"), {"mend": [mend(users)]})
}

deny contains finding if {
	some row in input.powers
	row.kind == "destroy"
	some users in row.depends
	found := powers.finding(row.id, row.kind, users, "keys")
	finding := object.union(found, {"about": object.union(found.about, {"condition": "open"}), "mend": [mend(users)]})
}

unknown contains powers.unknown(row.id, row.kind, row.arn, row.undecided) if {
	some row in input.powers
	row.kind == "destroy"
	row.undecided != []
}

mend(users) := {"text": sprintf("take %s out of the %s, or declare its principals as key_administrators", [concat(", ", users.actions), users.what])}
