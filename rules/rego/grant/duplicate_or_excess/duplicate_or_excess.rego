# METADATA
# title: The key has grants twice, or very many
# description: >-
#   Some grants on the key say the same as others under the same name, or the key has so many that it comes near the quota of
#   50,000 grants. KMS makes a new grant each time that CreateGrant is called without a name: a program that does so at each
#   start leaves grants behind, of which the wrong one is revoked one day. At the quota nothing that needs a grant works any
#   more, such as a volume or a database under the key. Grants for AWS (services, service-linked roles, roles that nobody
#   but AWS can have) count for the quota of the key and are not looked at one by one.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
#   - https://docs.aws.amazon.com/kms/latest/developerguide/grant-manage.html
# custom:
#   id: GRT-005
#   name: kms-grant-duplicate-or-excess
#   severity: low
#   remediation: >-
#     Have programs name their grants, so that KMS gives them the one that is there, and retire them at the end; revoke the
#     others.
#   reads: [kms:ListGrants]
#   params: {max_grants: 40000, max_per_principal: 500}
#   cannot_see:
#     - Quotas that AWS raised for the account.
#   suggested:
#     nist-800-53-r5: [CM-8]
#   mend:
#     cli: |
#       aws kms list-grants --key-id 1234abcd-12ab-34cd-56ef-1234567890ab --grantee-principal arn:aws:iam::111122223333:role/ExampleRole
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
#     lacks:
#       statement: >-
#         No policy counts grants. What makes them has to name them: KMS then gives the one that is there.
package kmsaudit.grant.duplicate_or_excess

import data.kmsaudit.lib.grants

subjects contains k.arn if {
	some k in input.keys
	k.grants.manager == "customer"
}

deny contains finding if {
	some k in input.keys
	some repeated in k.grants.repeated
	operations := concat(", ", repeated.operations)
	finding := {
		"resource": k.arn,
		"place": repeated.place,
		"about": {
			"grantee": repeated.grantee,
			"name": repeated.name,
			"operations": operations,
			"constraint": repeated.constraint,
		},
		"msg": sprintf("%d grants give %s the same: %s", [repeated.count, repeated.grantee, operations]),
		"evidence": {"count": repeated.count, "constraint": repeated.constraint, "others": repeated.ids},
		"mend": [grants.revoke(k.region, k.arn, id) | some id in repeated.ids],
	}
}

deny contains finding if {
	some k in input.keys
	limit := input.params["GRT-005"].max_grants
	k.grants.count > limit
	finding := {
		"resource": k.arn,
		"place": k.grants.place,
		"about": {"by": "count"},
		"msg": sprintf("the key has %d grants; %d are allowed by the rule, and 50,000 by AWS", [k.grants.count, limit]),
		"evidence": {"count": k.grants.count, "holders": k.grants.holders},
		"mend": [{"text": "revoke grants that are not needed any more, or use several keys"}],
	}
}

deny contains finding if {
	some k in input.keys
	some holder in k.grants.holders
	limit := input.params["GRT-005"].max_per_principal
	holder.count > limit
	finding := {
		"resource": k.arn,
		"place": k.grants.place,
		"about": {"by": "principal", "grantee": holder.grantee},
		"msg": sprintf("%s has %d grants on the key; %d are allowed by the rule", [holder.grantee, holder.count, limit]),
		"evidence": {"count": holder.count, "all": k.grants.count},
		"mend": [{"text": "have the program that makes them name its grants and retire them, and revoke those that are not needed"}],
	}
}

unknown contains {"resource": k.arn, "why": k.unread.grants} if some k in input.keys
