# METADATA
# title: A grant has outlived its use
# description: >-
#   The grantee of a grant does not exist any more, or the grant is older than max_days. Grants do not expire: one that nobody
#   retires stays as long as the key, and nobody sees it in a policy. Where the grantee is gone the grant is of use to nobody,
#   unless somebody makes a role of that name again. Where it is merely old, somebody should say that it is still needed;
#   max_days 0 leaves age aside. Grants for AWS (services, service-linked roles, roles that nobody but AWS can have) live as
#   long as what they are for, and their age is not judged.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/grant-delete.html
#   - https://docs.aws.amazon.com/kms/latest/developerguide/grant-best-practices.html
# custom:
#   id: GRT-006
#   name: kms-grant-stale
#   severity: low
#   remediation: Revoke the grant, and have the program that makes grants retire them when it is done.
#   reads: [kms:ListGrants, iam:GetAccountAuthorizationDetails]
#   params: {max_days: 365}
#   cannot_see:
#     - Whether a grantee of another account exists, and whether a session goes on.
#     - When a grant was last used.
#   suggested:
#     pci-dss-4.0.1: ["7.2.4"]
#     nist-800-53-r5: [AC-2]
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
#     lacks:
#       statement: Grants have no end that a policy could ask for; what makes them has to retire them.
package kmsaudit.grant.stale

import data.kmsaudit.lib.grants

subjects contains k.arn if {
	some k in input.keys
	k.grants.manager == "customer"
}

deny contains finding if {
	some k in input.keys
	some grant in k.grants.grants
	reason := leftover(grant.gone, grant.kind, grant.days, input.params["GRT-006"].max_days)
	finding := {
		"resource": k.arn,
		"place": grant.place,
		"about": {"grant": grant.id},
		"msg": sprintf("a grant for %s is left over: %s", [grant.grantee, reason]),
		"evidence": {"grantee": grant.grantee, "operations": grant.operations, "gone": grant.gone, "days": grant.days},
		"mend": [grants.revoke(k.region, k.arn, grant.id)],
	}
}

unknown contains {"resource": k.arn, "why": {"depends": [], "undecided": k.grants.undecided}} if {
	some k in input.keys
	k.grants.undecided != []
}

unknown contains {"resource": k.arn, "why": k.unread.grants} if some k in input.keys

leftover(true, _, _, _) := "its grantee does not exist any more"

leftover(false, kind, days, limit) := sprintf("it was made %d days ago, and %d are allowed by the rule", [days, limit]) if {
	limit > 0
	kind != "aws"
	days > limit
}
