# METADATA
# title: Strangers can assume a role that can decrypt
# description: >-
#   A statement of the role's trust policy lets in everybody, or every user of an identity provider at which
#   anybody can have an account, and no condition fixes who they are. Whoever assumes the role has its
#   permissions, and this role can decrypt with keys of the account: neither the key policy nor the identity
#   policies stop a stranger who comes as the role. With web identities such as those of GitHub the usual mistake is to
#   test the audience (aud) alone: it is the same for every user of the provider, the subject (sub) is not. Guests of an
#   identity pool of Cognito can be anybody. Medium where another account is let in by name that is not among the
#   configuration's trusted_accounts: who comes from there its administrators decide, unseen by you. The account itself as
#   principal is left out: then IAM policies decide who assumes the role.
# related_resources:
#   - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html
#   - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
# custom:
#   id: IAM-014
#   name: iam-role-trust-broad
#   severity: high
#   severities: [medium]
#   remediation: >-
#     Name the principals that assume the role, or fix who they are: aws:PrincipalOrgID or aws:PrincipalArn for
#     principals of AWS, the provider's sub for web identities. Declare other accounts in trusted_accounts if they are to
#     assume the role.
#   question: must_not_be_able
#   reads: [iam:GetAccountAuthorizationDetails, kms:GetKeyPolicy, kms:ListKeys]
#   may_lack: [decrypts]
#   cannot_see:
#     - Session policies, and keys of other accounts.
#     - The evidence names the first few keys, not all.
#   suggested:
#     pci-dss-4.0.1: ["7.2.5"]
#     hipaa: ["164.312(a)(1)"]
#     nist-800-53-r5: [AC-3, AC-6]
#   mend:
#     to: trust policy
#     statement: |
#       {
#         "Sid": "OneBranchOfOneRepository", "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
#         "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
#         "Condition": {
#           "StringEquals": {
#             "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
#             "token.actions.githubusercontent.com:sub": "repo:example/app:ref:refs/heads/main"
#           }
#         }
#       }
package kmsaudit.identity.role_trust_broad

subjects contains r.arn if some r in input.roles

deny contains finding if {
	some r in input.roles
	some statement in r.trust.open
	r.decrypts.keys != []
	finding := {
		"resource": r.arn,
		"place": statement.place,
		"statement": statement.identity,
		"severity": severity(statement.accounts),
		"msg": sprintf("%s%s can assume the role, and it can decrypt with %s", [
			who(statement.provider, statement.accounts),
			tests(statement.tests, statement.accounts),
			concat(", ", r.decrypts.keys),
		]),
		"evidence": {"provider": statement.provider, "accounts": statement.accounts, "tests": statement.tests, "keys": r.decrypts.keys},
		"mend": [{"text": mend(statement.provider, statement.accounts), "to": sprintf("trust policy of %s", [r.arn])}],
	}
}

unknown contains {"resource": r.arn, "why": r.unread.trust} if some r in input.roles

unknown contains {"resource": r.arn, "why": r.unread.decrypts} if {
	some r in input.roles
	r.trust.open != []
}

severity([]) := "high"

severity(accounts) := "medium" if accounts != []

who("", []) := "anyone"

who(provider, []) := sprintf("every user of %s", [provider]) if provider != ""

who("", accounts) := sprintf("principals of account %s", [concat(" and ", accounts)]) if accounts != []

tests([], _) := ""

tests(list, []) := sprintf(" who meets %s", [concat(", ", {test.key | some test in list})]) if list != []

tests(list, accounts) := sprintf(" who meet %s", [concat(", ", {test.key | some test in list})]) if {
	list != []
	accounts != []
}

mend("", []) := "name the principals, or add StringEquals on aws:PrincipalOrgID or aws:PrincipalArn with values of your own"

mend(provider, []) := sprintf("add StringEquals on the sub of %s with the subjects that may come", [provider]) if provider != ""

mend("", accounts) := sprintf("take %s out of the statement, or add to trusted_accounts in the configuration", [concat(", ", accounts)]) if {
	accounts != []
}
