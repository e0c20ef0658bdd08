# METADATA
# title: A grant lets its grantee make grants
# description: >-
#   A grant allows CreateGrant to a user, a role or a session of one: the grantee can pass its operations on to anybody, in
#   any account, and nobody sees it in a policy. What is passed on is no more than the grant itself allows, under
#   constraints that are at least as strict. Services make such grants to work (volumes that are attached to instances,
#   databases), and service-linked roles need them (scaling groups that start encrypted instances): grants to a service,
#   to a service-linked role or to a role that nobody but AWS can have are left out, as nobody could mend them.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/create-grant-overview.html
# custom:
#   id: GRT-003
#   name: kms-grant-create-grant
#   severity: medium
#   remediation: Make the grant anew without CreateGrant, and revoke this one.
#   question: must_not_be_able
#   reads: [kms:ListGrants]
#   cannot_see:
#     - Which service made a grant that it gave to a user or role of the account.
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
#         "Sid": "GrantsAreNotPassedOn", "Effect": "Deny", "Principal": "*", "Action": "kms:CreateGrant", "Resource": "*",
#         "Condition": {
#           "ForAnyValue:StringEquals": {"kms:GrantOperations": "CreateGrant"},
#           "Bool": {"kms:GrantIsForAWSResource": "false"}
#         }
#       }
package kmsaudit.grant.create_grant

import data.kmsaudit.lib.grants

subjects contains k.arn if {
	some k in input.keys
	k.grants.manager == "customer"
}

deny contains finding if {
	some k in input.keys
	some grant in k.grants.grants
	grant.kind != "aws"
	"CreateGrant" in grant.operations
	rest := [operation | some operation in grant.operations; operation != "CreateGrant"]
	finding := {
		"resource": k.arn,
		"place": grant.place,
		"about": {"grant": grant.id},
		"msg": sprintf("%s can pass on to others what a grant allows it: %s", [grant.grantee, concat(", ", rest)]),
		"evidence": {"grantee": grant.grantee, "operations": grant.operations, "constraint": grant.constraint},
		"mend": [
			grants.again(k.region, k.arn, grant.grantee, rest, ""),
			grants.revoke(k.region, k.arn, grant.id),
		],
	}
}

unknown contains {"resource": k.arn, "why": k.unread.grants} if some k in input.keys
