# METADATA
# title: A grant is for everybody
# description: >-
#   The grantee of a grant is a wildcard, or the account as a whole. A grant is meant for one principal for one purpose. A
#   wildcard lets in whoever matches it; KMS takes none today, and in what was imported or planned it is a mistake to mend
#   before it gets there. A grant to the account itself (its root) gives the key to every user and role whose IAM policies
#   allow the operations, whatever the key policy leaves to IAM policies: that is medium. Other accounts as a whole are the
#   matter of kms-grant-external, and right where they are trusted.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
# custom:
#   id: GRT-002
#   name: kms-grant-wildcard-principal
#   severity: high
#   severities: [medium]
#   remediation: Revoke the grant, and make one for each role that needs it.
#   question: must_not_be_able
#   reads: [kms:ListGrants]
#   cannot_see:
#     - Whether the key policy, a boundary or the organization's policies deny what the grant allows.
#   suggested:
#     pci-dss-4.0.1: ["7.2.1"]
#     nist-800-53-r5: [AC-6]
#   mend:
#     cli: |
#       aws kms create-grant --key-id 1234abcd-12ab-34cd-56ef-1234567890ab --name example --operations Decrypt GenerateDataKey \
#         --grantee-principal arn:aws:iam::111122223333:role/ExampleRole
#       aws kms revoke-grant --key-id 1234abcd-12ab-34cd-56ef-1234567890ab \
#         --grant-id 0c237476b39f8bc44e45212e08498fbe3151305030726c0590dd8d3e9f3d6a60
#     terraform: |
#       resource "aws_kms_grant" "example" {
#         name              = "example"
#         key_id            = aws_kms_key.example.key_id
#         grantee_principal = aws_iam_role.example.arn
#         operations        = ["Decrypt", "GenerateDataKey"]
#         retire_on_delete  = true
#       }
#     to: key policy
#     statement: |
#       {
#         "Sid": "NoGrantsToTheAccount", "Effect": "Deny", "Principal": "*", "Action": "kms:CreateGrant", "Resource": "*",
#         "Condition": {"StringEquals": {"kms:GranteePrincipal": "arn:aws:iam::111122223333:root"}}
#       }
package kmsaudit.grant.wildcard_principal

import data.kmsaudit.lib.grants

subjects contains k.arn if {
	some k in input.keys
	k.grants.manager == "customer"
}

deny contains finding if {
	some k in input.keys
	some grant in k.grants.grants
	severity := broad(grant.kind, grant.own)
	finding := {
		"resource": k.arn,
		"place": grant.place,
		"about": {"grant": grant.id},
		"severity": severity,
		"msg": sprintf("a grant for %s lets everybody whom that covers %s", [grant.grantee, concat(", ", grant.operations)]),
		"evidence": {"grantee": grant.grantee, "operations": grant.operations, "constraint": grant.constraint},
		"mend": [
			{"text": "make a grant, or a statement in the key policy, for each role that needs the key"},
			grants.revoke(k.region, k.arn, grant.id),
		],
	}
}

unknown contains {"resource": k.arn, "why": k.unread.grants} if some k in input.keys

broad("anyone", _) := "high"

broad("account", true) := "medium"
