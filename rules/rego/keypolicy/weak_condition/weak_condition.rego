# METADATA
# title: The key is open to everybody but for a condition that strangers can meet
# description: >-
#   A statement of the key policy allows everybody, and its conditions do not fix who the caller is:
#   they test the service the call comes through, compare with a wildcard or a policy variable, hold
#   when the key is absent (IfExists, ForAllValues, negated operators) or say nothing of the caller
#   (aws:ResourceAccount). A stranger can meet them: kms:ViaService alone lets any account use the key
#   through that service.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
# custom:
#   id: POL-002
#   name: kms-policy-weak-condition
#   severity: high
#   remediation: >-
#     Add a test that fixes the caller, such as kms:CallerAccount, aws:PrincipalAccount or
#     aws:PrincipalOrgID with a literal value and StringEquals.
#   question: must_not_be_able
#   reads: [kms:GetKeyPolicy]
#   cannot_see:
#     - Whether the organization's policies deny it.
#     - Whether a stranger knows what the condition asks for.
#   suggested:
#     pci-dss-4.0.1: ["7.2.1"]
#     hipaa: ["164.312(a)(1)"]
#     nist-800-53-r5: [AC-3]
#     fsbp: [KMS.5]
#   mend:
#     to: key policy
#     statement: |
#       {
#         "Sid": "AccountThroughS3", "Effect": "Allow", "Principal": {"AWS": "*"},
#         "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": "*",
#         "Condition": {"StringEquals": {"kms:CallerAccount": "111122223333", "kms:ViaService": "s3.us-east-1.amazonaws.com"}}
#       }
package kmsaudit.keypolicy.weak_condition

subjects contains k.arn if {
	some k in input.keys
	k.policy.manager == "customer"
}

deny contains finding if {
	some k in input.keys
	some statement in k.policy.statements
	statement.anyone
	statement.restriction == "weak"
	statement.open != []
	finding := {
		"resource": k.arn,
		"place": statement.place,
		"statement": statement.identity,
		"msg": sprintf("anyone who meets %s can use the key", [concat(", ", {test.key | some test in statement.tests})]),
		"evidence": {"open": statement.open, "tests": statement.tests},
		"mend": [{"text": "add a test that fixes the caller, such as StringEquals on kms:CallerAccount with your account"}],
	}
}

unknown contains {"resource": k.arn, "why": k.unread.policy} if some k in input.keys
