# METADATA
# title: The key policy names somebody who does not exist
# description: >-
#   When a user or role is deleted, AWS writes its unique id (AIDA…, AROA…) into the key policies that named it. The statement
#   then lets in nobody, not even a new role of the same name, and in a Deny it spares or stops nobody. It hides who the key
#   is for, and is mostly a sign of a workload that went without its key. A user or role of the account that is named by its
#   ARN and is not there is told too: whoever makes one of that name may use the key.
# related_resources:
#   - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
#   - https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
# custom:
#   id: POL-011
#   name: kms-policy-dangling-principal
#   severity: low
#   remediation: Take the principal out of the statement, and the statement out of the policy if it names nobody else.
#   reads: [kms:GetKeyPolicy, iam:GetAccountAuthorizationDetails]
#   cannot_see:
#     - Whether a principal of another account exists that is named by its ARN.
#   suggested:
#     pci-dss-4.0.1: ["7.2.4"]
#     hipaa: ["164.308(a)(3)(ii)(C)"]
#     nist-800-53-r5: [AC-2]
#   mend:
#     to: key policy
#     statement: |
#       {
#         "Sid": "KeyUsers", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/ExampleRole"},
#         "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": "*"
#       }
package kmsaudit.keypolicy.dangling_principal

subjects contains k.arn if {
	some k in input.keys
	k.named.manager == "customer"
}

deny contains finding if {
	some k in input.keys
	some one in k.named.gone
	finding := {
		"resource": k.arn,
		"place": one.place,
		"statement": one.identity,
		"about": {"principal": one.principal},
		"msg": sprintf("the key policy names %s, which does not exist", [one.principal]),
		"evidence": {"principal": one.principal, "effect": one.effect, "others": one.others},
		"mend": [{"text": mend(one.principal, one.others)}],
	}
}

unknown contains {"resource": k.arn, "why": {"depends": [], "undecided": k.named.undecided}} if {
	some k in input.keys
	k.named.undecided != []
}

unknown contains {"resource": k.arn, "why": k.unread.named} if some k in input.keys

mend(principal, true) := sprintf("take %s out of the statement", [principal])

mend(principal, false) := sprintf("take the statement out, which names nobody but %s", [principal])
