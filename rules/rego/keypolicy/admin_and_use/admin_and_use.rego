# METADATA
# title: The same principal administers and uses the key
# description: >-
#   A user or role that the key policy names, or that is declared as a key administrator, can both change or destroy the key
#   and encrypt or decrypt with it. Whoever takes it over needs nobody else: it reads the data, changes who may, and
#   schedules the deletion of the key. The key policy that the console makes keeps administrators and users
#   apart; an IAM policy such as AdministratorAccess on an administrator, which the key policy lets count, joins
#   them again. Those who have both by IAM policies alone and are named nowhere are the business of the rules on these
#   policies. The account's root user and service-linked roles are left out.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
#   - https://docs.aws.amazon.com/prescriptive-guidance/latest/encryption-best-practices/kms.html
# custom:
#   id: POL-007
#   name: kms-policy-admin-and-use-same-principal
#   severity: medium
#   remediation: >-
#     Give administration and use to different roles. Where an IAM policy brings the other half, narrow it to the keys that are
#     meant, or deny that half in the key policy.
#   question: must_not_be_able
#   reads: [kms:GetKeyPolicy, kms:DescribeKey, iam:GetAccountAuthorizationDetails]
#   cannot_see:
#     - Two roles that the same people can assume.
#     - Use that administrators can give themselves by changing the key policy, which all of them can.
#   suggested:
#     pci-dss-4.0.1: ["3.7.6", "6.5.4"]
#     hipaa: ["164.308(a)(4)"]
#     nist-800-53-r5: [AC-5]
#   mend:
#     to: key policy
#     statement: |
#       {
#         "Sid": "AdministratorsDoNotUse", "Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::111122223333:role/KeyAdmin"},
#         "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant"], "Resource": "*"
#       }
package kmsaudit.keypolicy.admin_and_use

subjects contains k.arn if {
	some k in input.keys
	k.duties.applies
}

deny contains finding if {
	some k in input.keys
	some duty in k.duties.both
	finding := {
		"resource": k.arn,
		"place": k.duties.place,
		"about": {"principal": duty.principal},
		"msg": sprintf("%s administers the key (%s) and uses it (%s)%s", [
			duty.principal,
			concat(", ", duty.administers),
			concat(", ", duty.uses),
			under(duty.conditional),
		]),
		"evidence": {"administers": duty.administers, "uses": duty.uses, "conditional": duty.conditional},
		"mend": [
			{"text": "give administration and use to different roles"},
			{
				"text": "or deny an administrator the use in the key policy",
				"to": sprintf("key policy of %s", [k.arn]),
				"statement": {
					"Sid": "AdministratorsDoNotUse",
					"Effect": "Deny",
					"Principal": {"AWS": duty.principal},
					"Action": duty.uses,
					"Resource": "*",
				},
			},
		],
	}
}

unknown contains {"resource": k.arn, "why": {"depends": [], "undecided": k.duties.undecided}} if {
	some k in input.keys
	k.duties.undecided != []
}

unknown contains {"resource": k.arn, "why": k.unread.duties} if some k in input.keys

under(true) := ", one of them under conditions"

under(false) := ""
