# METADATA
# title: Nobody can change the key policy
# description: >-
#   The key policy lets nobody who exists change it: it does not leave kms:PutKeyPolicy to the account, and the principals
#   that it names for it are gone, belong to other accounts, where PutKeyPolicy does not work, or are denied it. Whoever uses
#   the key goes on using it, but nobody can take it from them, add others or mend anything; only AWS
#   Support can help. The key policy alone is judged: what the organization or a boundary denies, those who made it can
#   take back.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
#   - https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
# custom:
#   id: POL-006
#   name: kms-policy-no-admin
#   severity: high
#   remediation: >-
#     Create a principal anew if the policy names it by ARN (one that was deleted stands there by its unique id, and a new one
#     has another id); else ask AWS Support to restore the key policy. Then allow the account kms:PutKeyPolicy.
#   question: must_be_able
#   reads: [kms:GetKeyPolicy, iam:GetAccountAuthorizationDetails]
#   cannot_see:
#     - What the organization's policies and boundaries deny.
#     - Whether anybody can sign in as those whom the policy names.
#   suggested:
#     pci-dss-4.0.1: ["3.7.1"]
#     hipaa: ["164.308(a)(7)(i)"]
#     nist-800-53-r5: [SC-12(1)]
#   mend:
#     to: key policy
#     statement: |
#       {
#         "Sid": "KeyPolicyByIAM", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
#         "Action": ["kms:GetKeyPolicy", "kms:PutKeyPolicy"], "Resource": "*"
#       }
#     lacks:
#       cli: >-
#         Nobody in the account may call PutKeyPolicy: AWS Support has to restore the key policy first.
package kmsaudit.keypolicy.no_admin

subjects contains k.arn if {
	some k in input.keys
	k.keepers.status != "aws"
}

deny contains finding if {
	some k in input.keys
	k.keepers.status == "nobody"
	finding := {
		"resource": k.arn,
		"place": k.keepers.place,
		"msg": sprintf("nobody can change the key policy: it does not leave that to the account%s%s", [
			named(k.keepers.gone, "; gone are "),
			named(k.keepers.foreign, "; of other accounts are "),
		]),
		"evidence": {"gone": k.keepers.gone, "foreign": k.keepers.foreign},
		"mend": [
			{"text": "ask AWS Support to restore the key policy, if nobody can be created anew whom it names by ARN"},
			{
				"text": "then let the account change the key policy",
				"to": sprintf("key policy of %s", [k.arn]),
				"statement": {
					"Sid": "KeyPolicyByIAM",
					"Effect": "Allow",
					"Principal": {"AWS": input.account.arn},
					"Action": ["kms:GetKeyPolicy", "kms:PutKeyPolicy"],
					"Resource": "*",
				},
			},
		],
	}
}

unknown contains {"resource": k.arn, "why": {"depends": k.keepers.depends, "undecided": []}} if {
	some k in input.keys
	k.keepers.status == "open"
}

unknown contains {"resource": k.arn, "why": k.unread.keepers} if some k in input.keys

named([], _) := ""

named(principals, words) := concat("", [words, concat(", ", principals)]) if principals != []
