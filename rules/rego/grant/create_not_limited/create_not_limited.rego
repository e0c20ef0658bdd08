# METADATA
# title: Who may use the key may give it away by grants
# description: >-
#   A statement of the key policy allows kms:CreateGrant and limits neither who makes the call nor what the grant is: the
#   principal can give itself and others, in any account, every operation with the key, past the key policy and past all IAM
#   policies. Principals that work with volumes or databases need grants that services make for them: the condition
#   kms:GrantIsForAWSResource leaves them these. A limit on kms:GrantOperations, kms:GranteePrincipal or kms:ViaService, or a
#   Deny, counts as well. Left out are services and service-linked roles, the account itself, whose IAM policies decide, and
#   principals that may change the key policy or are declared key administrators: a grant gives these nothing new.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/grant-authorization.html
#   - https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
# custom:
#   id: GRT-007
#   name: kms-create-grant-not-service-limited
#   severity: medium
#   remediation: Put kms:CreateGrant into a statement of its own, with kms:GrantIsForAWSResource set to true.
#   question: must_not_be_able
#   reads: [kms:GetKeyPolicy, iam:GetAccountAuthorizationDetails]
#   cannot_see:
#     - IAM policies that allow kms:CreateGrant where the key policy leaves that to them.
#   suggested:
#     pci-dss-4.0.1: ["7.2.1"]
#     nist-800-53-r5: [AC-6]
#   mend:
#     to: key policy
#     statement: |
#       {
#         "Sid": "GrantsForAWS", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/ExampleRole"},
#         "Action": "kms:CreateGrant", "Resource": "*",
#         "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}
#       }
package kmsaudit.grant.create_not_limited

subjects contains k.arn if {
	some k in input.keys
	k.granting.manager == "customer"
}

deny contains finding if {
	some k in input.keys
	some statement in k.granting.statements
	finding := {
		"resource": k.arn,
		"place": statement.place,
		"statement": statement.identity,
		"msg": sprintf("a grant can be made of anything, to anybody, by %s", [concat(", ", statement.principals)]),
		"evidence": {"principals": statement.principals},
		"mend": mends(k.arn, statement.principals),
	}
}

unknown contains {"resource": k.arn, "why": k.unread.granting} if some k in input.keys

mends(key, principals) := mend if {
	not "*" in principals
	mend := [{
		"text": "take kms:CreateGrant out of the statement, and allow it for services of AWS only",
		"to": sprintf("key policy of %s", [key]),
		"statement": {
			"Sid": "GrantsForAWS",
			"Effect": "Allow",
			"Principal": {"AWS": principals},
			"Action": "kms:CreateGrant",
			"Resource": "*",
			"Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
		},
	}]
}

mends(_, principals) := mend if {
	"*" in principals
	mend := [{"text": "take kms:CreateGrant out of the statement, and allow it to those who need it, for services of AWS only"}]
}
