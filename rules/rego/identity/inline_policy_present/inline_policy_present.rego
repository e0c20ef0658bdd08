# METADATA
# title: An identity has inline policies
# description: >-
#   A policy that stands in a user, group or role is seen only by who looks there: it has no versions to go back to,
#   nothing to compare it with, cannot be reused, and disappears with its owner. Managed policies have all of that,
#   and those who may edit them can be told apart from those who may attach them. A user is better given
#   permissions through groups or, best, roles: medium there, low on groups and roles.
# related_resources:
#   - https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
#   - https://docs.aws.amazon.com/config/latest/developerguide/iam-no-inline-policy-check.html
# custom:
#   id: IAM-013
#   name: iam-inline-policy-present
#   severity: low
#   severities: [medium]
#   remediation: Make a customer managed policy of it, attach that in its place, to groups or roles, and delete the inline policy.
#   reads: [iam:GetAccountAuthorizationDetails]
#   params: {kinds: [user, group, role]}
#   cannot_see:
#     - Managed policies that are attached to users directly, which the controls for users want on groups as well.
#   compliance:
#     cis-3.0: ["1.15"]
#     cis-5.0: ["1.14"]
#     nist-800-53-r5: [AC-2, AC-2(1), AC-3, AC-3(7), AC-3(15), AC-6, AC-6(3)]
#     fsbp: [IAM.2]
#   parts:
#     - {controls: ["1.14", "1.15", IAM.2], evidence: {kind: user}}
#   mend:
#     cli: |
#       aws iam create-policy --policy-name Example --policy-document file://policy.json
#       aws iam attach-role-policy --role-name ExampleRole --policy-arn arn:aws:iam::111122223333:policy/Example
#       aws iam delete-role-policy --role-name ExampleRole --policy-name Example
#     terraform: |
#       resource "aws_iam_policy" "example" {
#         name   = "Example"
#         policy = file("policy.json")
#       }
#
#       resource "aws_iam_role_policy_attachment" "example" {
#         role       = aws_iam_role.example.name
#         policy_arn = aws_iam_policy.example.arn
#       }
#     to: service control policy
#     statement: |
#       {
#         "Sid": "NoPoliciesInUsersAndGroups", "Effect": "Deny", "Action": ["iam:PutUserPolicy", "iam:PutGroupPolicy"], "Resource": "*"
#       }
package kmsaudit.identity.inline_policy_present

import data.kmsaudit.lib.shell

subjects contains i.arn if {
	some i in input.identities
	i.kind in input.params["IAM-013"].kinds
}

deny contains finding if {
	some i in input.identities
	i.kind in input.params["IAM-013"].kinds
	i.inline.names != []
	finding := {
		"resource": i.arn,
		"place": i.inline.place,
		"severity": severities[i.kind],
		"msg": sprintf("the %s has inline policies: %s", [i.kind, concat(", ", i.inline.names)]),
		"evidence": {"kind": i.kind, "policies": i.inline.names},
		"mend": array.concat(
			[{
				"text": "make a managed policy of each, and attach it to a group or a role",
				"command": "aws iam create-policy --policy-name NAME --policy-document file://policy.json",
			}],
			[
			{
				"text": "delete the inline policy",
				"command": sprintf("aws iam delete-%s-policy --%s-name %s --policy-name %s", [
					i.kind, i.kind,
					shell.quote(i.name),
					shell.quote(policy),
				]),
			} |
				some policy in i.inline.names
			],
		),
	}
}

unknown contains {"resource": i.arn, "why": i.unread.inline} if {
	some i in input.identities
	i.kind in input.params["IAM-013"].kinds
}

severities := {"user": "medium", "group": "low", "role": "low"}
