# METADATA
# title: The key policy lets other accounts use the key
# description: >-
#   A statement of the key policy allows accounts that are neither the owner nor among the configuration's
#   trusted_accounts: it names them or their principals, or opens the key to everybody and lets a condition such as
#   kms:CallerAccount pick them. What is allowed to an account its administrators give on to whom they like, unseen
#   by you. The statement may be right, as for a partner or a backup account: then declare the account.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
# custom:
#   id: POL-003
#   name: kms-policy-external-account
#   severity: high
#   remediation: Take the account out of the statement, or declare it in trusted_accounts if it is to use the key.
#   question: must_not_be_able
#   reads: [kms:GetKeyPolicy, organizations:DescribeOrganization]
#   cannot_see:
#     - Which accounts belong to the organization, unless trusted_accounts says organization and the manifest of collect --org has them.
#     - Grants, which can let other accounts in beside the policy.
#     - Whether another statement or the organization's policies deny it.
#   suggested:
#     pci-dss-4.0.1: ["7.2.1", "7.3.1"]
#     hipaa: ["164.312(a)(1)"]
#     nist-800-53-r5: [AC-3, AC-4]
#   mend:
#     to: key policy
#     statement: |
#       {
#         "Sid": "KeyUsers", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/ExampleRole"},
#         "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": "*"
#       }
package kmsaudit.keypolicy.external_account

subjects contains k.arn if {
	some k in input.keys
	k.policy.manager == "customer"
}

deny contains finding if {
	some k in input.keys
	k.policy.manager == "customer"
	some statement in k.policy.statements
	statement.effect == "Allow"
	statement.external != []
	accounts := concat(", ", statement.external)
	finding := {
		"resource": k.arn,
		"place": statement.place,
		"statement": statement.identity,
		"msg": sprintf("accounts that are not trusted can use the key: %s", [accounts]),
		"evidence": {"accounts": statement.external},
		"mend": [
			{"text": sprintf("take %s out of the statement, and with it principals of that account", [accounts])},
			{"text": sprintf("or, if the key is meant for them, add to trusted_accounts in the configuration: %s", [accounts])},
		],
	}
}

deny contains finding if {
	some k in input.keys
	k.membership.foreign != []
	finding := {
		"resource": k.arn,
		"place": k.membership.place,
		"about": {"by": "organization"},
		"msg": sprintf("organizations that the account is not in can use the key: %s", [concat(", ", k.membership.foreign)]),
		"evidence": {"organizations": k.membership.foreign},
		"mend": [{"text": "test for the organization that the account is in, or for accounts that are trusted"}],
	}
}

unknown contains {"resource": k.arn, "why": k.unread.policy} if some k in input.keys

unknown contains {"resource": k.arn, "why": k.unread.membership} if some k in input.keys
