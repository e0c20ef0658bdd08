# METADATA
# title: The key policy allows by saying what it leaves out
# description: >-
#   A statement of the key policy allows everybody but those in NotPrincipal, or every action but those in NotAction. AWS says
#   not to use NotPrincipal with Allow: everybody else is let in, other accounts and anonymous callers too, and whoever
#   is left out can come as somebody else. NotAction lets in actions that nobody thought of, such as kms:PutKeyPolicy,
#   and those that AWS adds later. Where NotAction is for the account alone, IAM policies decide further: that is medium.
#   What the rest of the policy denies does not make the statement mean what it says.
# related_resources:
#   - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
#   - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html
# custom:
#   id: POL-004
#   name: kms-policy-not-principal
#   severity: high
#   severities: [medium]
#   remediation: Name the principals in Principal and the actions in Action, and deny the rest in a statement of its own.
#   question: must_not_be_able
#   reads: [kms:GetKeyPolicy]
#   cannot_see:
#     - What the organization's policies deny; the statement is judged by itself.
#   suggested:
#     pci-dss-4.0.1: ["7.2.1"]
#     hipaa: ["164.312(a)(1)"]
#     nist-800-53-r5: [AC-6]
#   mend:
#     to: key policy
#     statement: |
#       {
#         "Sid": "KeyUsers", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/ExampleRole"},
#         "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": "*"
#       }
package kmsaudit.keypolicy.not_principal

subjects contains k.arn if {
	some k in input.keys
	k.inverted.manager == "customer"
}

deny contains finding if {
	some k in input.keys
	some statement in k.inverted.statements
	finding := {
		"resource": k.arn,
		"place": statement.place,
		"statement": statement.identity,
		"severity": severity(statement.not_principal, statement.account),
		"msg": sprintf("%s but %s: %d actions on the key", [
			allowed(statement.not_principal, statement.not_action),
			concat(", ", statement.but),
			count(statement.actions),
		]),
		"evidence": {"but": statement.but, "actions": statement.actions},
		"mend": [{"text": "name in Principal who needs the key, and in Action what for"}],
	}
}

unknown contains {"resource": k.arn, "why": k.unread.inverted} if some k in input.keys

severity(true, _) := "high"

severity(false, false) := "high"

severity(false, true) := "medium"

allowed(true, false) := "a statement allows everybody"

allowed(false, true) := "a statement allows everything"

allowed(true, true) := "a statement allows everybody everything"
