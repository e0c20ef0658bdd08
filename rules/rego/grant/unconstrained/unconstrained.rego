# METADATA
# title: A grant to decrypt asks for nothing
# description: >-
#   A grant lets a user, a role or a session of one decrypt whatever is under the key: it asks for no pair of the encryption
#   context and for no resource that the request is made for. A grant is meant for one purpose; the constraint is what
#   holds it to that, and KMS writes the encryption context of every use into CloudTrail. Grants to services, to
#   service-linked roles and to roles that nobody but AWS can have are left out, as their owners make them. So are
#   keys that are not symmetric: there is no encryption context to ask for.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/create-grant-overview.html
#   - https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html
# custom:
#   id: GRT-004
#   name: kms-grant-unconstrained
#   severity: medium
#   remediation: Make the grant anew with EncryptionContextSubset, and revoke this one.
#   question: must_not_be_able
#   reads: [kms:ListGrants, kms:DescribeKey]
#   cannot_see:
#     - Whether the grantee uses an encryption context.
#   suggested:
#     pci-dss-4.0.1: ["7.2.1"]
#     nist-800-53-r5: [AC-6]
#   mend:
#     cli: |
#       aws kms create-grant --key-id 1234abcd-12ab-34cd-56ef-1234567890ab --name example --operations Decrypt GenerateDataKey \
#         --grantee-principal arn:aws:iam::111122223333:role/ExampleRole \
#         --constraints '{"EncryptionContextSubset": {"tenant": "blue"}}'
#       aws kms revoke-grant --key-id 1234abcd-12ab-34cd-56ef-1234567890ab \
#         --grant-id 0c237476b39f8bc44e45212e08498fbe3151305030726c0590dd8d3e9f3d6a60
#     terraform: |
#       resource "aws_kms_grant" "example" {
#         name              = "example"
#         key_id            = aws_kms_key.example.key_id
#         grantee_principal = aws_iam_role.example.arn
#         operations        = ["Decrypt", "GenerateDataKey"]
#
#         constraints {
#           encryption_context_subset = {
#             tenant = "blue"
#           }
#         }
#       }
#     to: key policy
#     statement: |
#       {
#         "Sid": "GrantsToDecryptAreConstrained", "Effect": "Deny", "Principal": "*", "Action": "kms:CreateGrant", "Resource": "*",
#         "Condition": {
#           "ForAnyValue:StringEquals": {"kms:GrantOperations": ["Decrypt", "ReEncryptFrom"]},
#           "Null": {"kms:GrantConstraintType": "true"},
#           "Bool": {"kms:GrantIsForAWSResource": "false"}
#         }
#       }
package kmsaudit.grant.unconstrained

import data.kmsaudit.lib.grants

reading := {"Decrypt", "ReEncryptFrom"}

subjects contains k.arn if {
	some k in input.keys
	k.metadata.spec == "SYMMETRIC_DEFAULT"
	k.grants.manager == "customer"
}

deny contains finding if {
	some k in input.keys
	k.metadata.spec == "SYMMETRIC_DEFAULT"
	some grant in k.grants.grants
	grant.kind != "aws"
	grant.constraint == "none"
	operations := [operation | some operation in grant.operations; operation in reading]
	operations != []
	finding := {
		"resource": k.arn,
		"place": grant.place,
		"about": {"grant": grant.id},
		"msg": sprintf("a grant lets %s %s whatever is under the key, with any encryption context", [grant.grantee, concat(", ", operations)]),
		"evidence": {"grantee": grant.grantee, "operations": grant.operations, "constraint": grant.constraint},
		"mend": [
			grants.again(k.region, k.arn, grant.grantee, grant.operations, " --constraints EncryptionContextSubset={NAME=VALUE}"),
			grants.revoke(k.region, k.arn, grant.id),
		],
	}
}

unknown contains {"resource": k.arn, "why": k.unread.grants} if some k in input.keys

unknown contains {"resource": k.arn, "why": k.unread.metadata} if some k in input.keys
