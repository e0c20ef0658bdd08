# METADATA
# title: Others than key administrators can take keys over
# description: >-
#   Principals that are not declared as key administrators can give themselves, or whom they like, the use of keys: by a key
#   policy of their own writing, by a grant, by a replica in another Region with a key policy of its own, or by making such
#   a replica the primary. Permission to create grants that is limited to AWS services (kms:GrantIsForAWSResource), to
#   operations or to grantees does not count. Denials, boundaries, the key policies and the organization's policies
#   are taken off. One finding per policy that gives it, and one for inline policies of one name; what key policies and
#   grants give somebody by name is told per principal. The account's root user and service-linked roles are left aside. A
#   power that hangs on a condition counts, and the condition is named.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/least-privilege.html
#   - https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
# custom:
#   id: IAM-006
#   name: iam-kms-key-takeover
#   severity: high
#   remediation: >-
#     Take the actions out of the policy that the finding names, limit kms:CreateGrant by kms:GrantIsForAWSResource, or
#     declare its principals as key_administrators.
#   question: must_not_be_able
#   needs_intent: [key_administrators]
#   reads: [iam:GetAccountAuthorizationDetails, kms:ListKeys, kms:GetKeyPolicy, kms:ListGrants]
#   cannot_see:
#     - Everybody who can come to act as one of the principals; kmsaudit who-can tells.
#   suggested:
#     pci-dss-4.0.1: ["7.2.2"]
#     hipaa: ["164.312(a)(1)"]
#     nist-800-53-r5: [AC-6]
#   mend:
#     to: service control policy
#     statement: |
#       [
#         {
#           "Sid": "OnlyAdministratorsTakeKeys", "Effect": "Deny",
#           "Action": ["kms:PutKeyPolicy", "kms:ReplicateKey", "kms:UpdatePrimaryRegion"], "Resource": "*",
#           "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/KeyAdmin"}}
#         },
#         {
#           "Sid": "GrantsForAWSOnly", "Effect": "Deny", "Action": "kms:CreateGrant", "Resource": "*",
#           "Condition": {
#             "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/KeyAdmin"},
#             "Bool": {"kms:GrantIsForAWSResource": "false"}
#           }
#         }
#       ]
package kmsaudit.identity.kms_key_takeover

import data.kmsaudit.lib.powers

subjects contains row.id if {
	some row in input.powers
	row.kind == "takeover"
}

deny contains finding if {
	some row in input.powers
	row.kind == "takeover"
	some users in row.allowed
	finding := object.union(powers.finding(row.id, row.kind, users, "keys"), {"mend": [mend(users)]})
}

deny contains finding if {
	some row in input.powers
	row.kind == "takeover"
	some users in row.depends
	found := powers.finding(row.id, row.kind, users, "keys")
	finding := object.union(found, {"about": object.union(found.about, {"condition": "open"}), "mend": [mend(users)]})
}

unknown contains powers.unknown(row.id, row.kind, row.arn, row.undecided) if {
	some row in input.powers
	row.kind == "takeover"
	row.undecided != []
}

mend(users) := {"text": sprintf("take %s out of the %s, or declare its principals as key_administrators", [what(users), users.what])}

what(users) := concat(", ", [sprintf("%s%s", [action, object.get(limits, action, "")]) | some action in users.actions])

limits := {"kms:CreateGrant": " without kms:GrantIsForAWSResource"}
