# METADATA
# title: A grant lets another account use the key
# description: >-
#   The grantee of a grant, its retiring principal or the account that made it belongs to an account that is neither the
#   owner of the key nor among the configuration's trusted_accounts. A grant needs no statement in the key policy and
#   nothing in the other account's IAM policies: who reads the key policy alone does not see that somebody outside can
#   decrypt. A retiring principal can do no more than take the grant away, and who made a grant has no use of the key by
#   it; those are medium. The grant may be right, as for a partner or a backup account: then declare the account.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
#   - https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
# custom:
#   id: GRT-001
#   name: kms-grant-external
#   severity: high
#   severities: [medium]
#   remediation: Revoke the grant, or declare the account in trusted_accounts if it is to use the key.
#   question: must_not_be_able
#   reads: [kms:ListGrants]
#   cannot_see:
#     - Which accounts belong to the organization, unless trusted_accounts says organization and the manifest of collect --org has them.
#     - Whom a service acts for that is the grantee by its name.
#     - Whether the key policy or the organization's policies deny what the grant allows.
#   suggested:
#     pci-dss-4.0.1: ["7.2.1"]
#     hipaa: ["164.312(a)(1)"]
#     nist-800-53-r5: [AC-3]
#   mend:
#     cli: |
#       aws kms list-grants --key-id 1234abcd-12ab-34cd-56ef-1234567890ab
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
#         "Sid": "GrantsStayInTheAccount", "Effect": "Deny", "Principal": "*", "Action": "kms:CreateGrant", "Resource": "*",
#         "Condition": {
#           "StringNotLike": {"kms:GranteePrincipal": ["arn:aws:iam::111122223333:*", "arn:aws:sts::111122223333:*"]},
#           "Bool": {"kms:GrantIsForAWSResource": "false"}
#         }
#       }
package kmsaudit.grant.external

import data.kmsaudit.lib.grants

subjects contains k.arn if {
	some k in input.keys
	k.grants.manager == "customer"
}

deny contains finding if {
	some k in input.keys
	some grant in k.grants.grants
	grant.external != []
	accounts := concat(", ", sort({party.account | some party in grant.external}))
	roles := {party.as | some party in grant.external}
	finding := {
		"resource": k.arn,
		"place": grant.place,
		"about": {"grant": grant.id},
		"severity": severity(roles),
		"msg": sprintf("a grant for %s has accounts in it that are not trusted, as %s: %s", [
			grant.grantee,
			concat(", ", sort(roles)),
			accounts,
		]),
		"evidence": {
			"grantee": grant.grantee,
			"retiring": grant.retiring,
			"operations": grant.operations,
			"constraint": grant.constraint,
			"external": grant.external,
		},
		"mend": [
			grants.revoke(k.region, k.arn, grant.id),
			{"text": sprintf("or, if the key is meant for them, add to trusted_accounts in the configuration: %s", [accounts])},
		],
	}
}

unknown contains {"resource": k.arn, "why": k.unread.grants} if some k in input.keys

severity(roles) := "high" if "grantee" in roles

severity(roles) := "medium" if not "grantee" in roles
