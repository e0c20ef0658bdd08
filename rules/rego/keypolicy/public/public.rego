# METADATA
# title: Anyone can use the key
# description: >-
#   A statement of the key policy allows everybody and nothing narrows it: no condition that is about the
#   caller (one on the encryption context, TLS or MFA is not) and no denial in the same policy. Every principal
#   of the account has these actions directly, and every other AWS account can give them to its own principals.
#   A condition narrows only if it fixes who the caller is; those that try and that a stranger can meet all the
#   same are the matter of kms-policy-weak-condition.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
#   - https://docs.aws.amazon.com/config/latest/developerguide/kms-key-policy-no-public-access.html
# custom:
#   id: POL-001
#   name: kms-policy-public
#   severity: critical
#   remediation: >-
#     Name the principals that need the key, or bind the statement to your account or organization
#     with a fixed kms:CallerAccount, aws:PrincipalAccount or aws:PrincipalOrgID.
#   question: must_not_be_able
#   reads: [kms:GetKeyPolicy]
#   cannot_see:
#     - Whether the organization's policies deny it.
#     - Grants, which can let strangers in beside the policy; kms-grant-external tells.
#   compliance:
#     cis-7.0: ["2.21"]
#     fsbp: [KMS.5]
#   suggested:
#     pci-dss-4.0.1: ["7.2.1"]
#     hipaa: ["164.312(a)(1)"]
#     nist-800-53-r5: [AC-3, AC-6, SC-12]
#   mend:
#     to: key policy
#     statement: |
#       {
#         "Sid": "KeyUsers", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/ExampleRole"},
#         "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": "*"
#       }
package kmsaudit.keypolicy.public

subjects contains k.arn if {
	some k in input.keys
	k.policy.manager == "customer"
}

deny contains finding if {
	some k in input.keys
	some statement in k.policy.statements
	statement.anyone
	statement.restriction == "none"
	statement.open != []
	finding := {
		"resource": k.arn,
		"place": statement.place,
		"statement": statement.identity,
		"msg": sprintf("anyone can use the key for %s", [concat(", ", statement.open)]),
		"evidence": {"open": statement.open},
		"mend": [{"text": "name the principals in this statement, or bind it to your account with kms:CallerAccount"}],
	}
}

unknown contains {"resource": k.arn, "why": k.unread.policy} if some k in input.keys
