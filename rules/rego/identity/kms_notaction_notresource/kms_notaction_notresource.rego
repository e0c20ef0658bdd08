# METADATA
# title: An Allow says what it leaves out, and reaches KMS
# description: >-
#   NotAction allows everything but the actions that it names, NotResource everywhere but on the resources that
#   it names. Such an Allow grows by itself: with each key that is made, with each action that AWS adds to KMS,
#   and with each service that the author never heard of. This one covers actions on KMS keys. Policies that AWS
#   manages, such as PowerUserAccess, are left out: nobody but AWS can change them. A Deny with NotAction
#   or NotResource is a usual and safe form and is left out too.
# related_resources:
#   - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html
#   - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html
# custom:
#   id: IAM-009
#   name: iam-kms-notaction-notresource
#   severity: medium
#   remediation: >-
#     Name the actions in Action and the keys in Resource. Where the statement has to stay broad, add kms:* to
#     NotAction and allow KMS in a statement of its own.
#   reads: [iam:GetAccountAuthorizationDetails]
#   cannot_see:
#     - What boundaries, key policies and the organization's policies take away; the policy is judged by itself.
#     - Whether a condition of the statement keeps it away from KMS; the evidence says whether it has one.
#   suggested:
#     pci-dss-4.0.1: ["7.2.1"]
#     nist-800-53-r5: [AC-6]
#   mend:
#     to: managed policy
#     statement: |
#       {
#         "Sid": "OneKey", "Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
#         "Resource": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#       }
package kmsaudit.identity.kms_notaction_notresource

subjects contains p.id if {
	some p in input.policies
	p.manager == "customer"
}

deny contains finding if {
	some p in input.policies
	p.manager == "customer"
	some statement in p.document.statements
	statement.effect == "Allow"
	statement.keys != "none"
	true in {statement.not_action, statement.not_resource}
	words := elements(statement.not_action, statement.not_resource)
	finding := {
		"subject": p.id,
		"resource": p.arn,
		"place": statement.place,
		"statement": statement.identity,
		"about": {"policy": p.name},
		"msg": sprintf("the policy %s allows by %s and so reaches KMS keys", [p.name, words]),
		"evidence": {
			"not_action": statement.not_action, "not_resource": statement.not_resource,
			"every": statement.every, "keys": statement.keys, "conditional": statement.conditional,
		},
		"mend": [{
			"text": "name the actions and the keys; or leave KMS out here with NotAction kms:* and allow it by a statement such as this",
			"to": sprintf("policy %s of %s", [p.name, p.arn]),
			"statement": {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": "KEY-ARN"},
		}],
	}
}

unknown contains {"subject": p.id, "resource": p.arn, "about": {"policy": p.name}, "why": p.unread.document} if {
	some p in input.policies
	p.manager == "customer"
}

elements(true, false) := "NotAction"

elements(false, true) := "NotResource"

elements(true, true) := "NotAction and NotResource"
