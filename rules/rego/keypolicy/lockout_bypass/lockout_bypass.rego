# METADATA
# title: The check that keeps the key from being locked may be left out
# description: >-
#   KMS refuses a key policy that would keep whoever puts it from changing it again, unless the request sets
#   BypassPolicyLockoutSafetyCheck; after a mistake with that only AWS Support can help. With the mode precise, which is
#   the default, a finding is a statement of the key policy that allows kms:PutKeyPolicy with the flag on purpose. With the
#   mode strict, as in AWS Control Tower's control, it is every key on which the account or somebody whom the key policy names
#   may set the flag: neither the key policy nor what is known of the organization's policies denies it.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
#   - https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
# custom:
#   id: POL-008
#   name: kms-policy-lockout-bypass
#   severity: medium
#   remediation: >-
#     Deny kms:PutKeyPolicy where kms:BypassPolicyLockoutSafetyCheck is true; a service control policy does it for
#     kms:CreateKey as well, and for all accounts.
#   question: must_not_be_able
#   reads: [kms:GetKeyPolicy, iam:GetAccountAuthorizationDetails]
#   params: {mode: precise}
#   cannot_see:
#     - Who may create keys with the flag set (kms:CreateKey), which is not for a key policy to say.
#     - Service control policies, unless they are in the snapshot; they are taken as denying nothing.
#   suggested:
#     pci-dss-4.0.1: ["3.7.1"]
#     nist-800-53-r5: [SC-12(1)]
#   mend:
#     to: service control policy
#     statement: |
#       {
#         "Sid": "NoLockoutBypass", "Effect": "Deny", "Action": ["kms:CreateKey", "kms:PutKeyPolicy"], "Resource": "*",
#         "Condition": {"Bool": {"kms:BypassPolicyLockoutSafetyCheck": "true"}}
#       }
package kmsaudit.keypolicy.lockout_bypass

subjects contains k.arn if {
	some k in input.keys
	k.bypass.manager == "customer"
}

deny contains finding if {
	some k in input.keys
	some statement in k.bypass.meant
	finding := {
		"resource": k.arn,
		"place": statement.place,
		"statement": statement.identity,
		"msg": "a statement allows to put a key policy that nobody can change again",
		"evidence": {"open": k.bypass.open},
		"mend": [{"text": "take the statement out when the policy is as it should be"}, guard(k.arn)],
	}
}

deny contains finding if {
	input.params["POL-008"].mode == "strict"
	some k in input.keys
	k.bypass.meant == []
	k.bypass.open != []
	finding := {
		"resource": k.arn,
		"place": k.bypass.place,
		"about": {"mode": "strict"},
		"msg": sprintf("a key policy that nobody can change again may be put by %s", [concat(", ", k.bypass.open)]),
		"evidence": {"open": k.bypass.open},
		"mend": [guard(k.arn)],
	}
}

unknown contains {"resource": k.arn, "why": {"depends": [], "undecided": k.bypass.undecided}} if {
	input.params["POL-008"].mode == "strict"
	some k in input.keys
	k.bypass.open == []
	k.bypass.undecided != []
}

unknown contains {"resource": k.arn, "why": k.unread.bypass} if some k in input.keys

guard(key) := {
	"text": "deny the flag",
	"to": sprintf("key policy of %s", [key]),
	"statement": {
		"Sid": "NoLockoutBypass",
		"Effect": "Deny",
		"Principal": "*",
		"Action": "kms:PutKeyPolicy",
		"Resource": "*",
		"Condition": {"Bool": {"kms:BypassPolicyLockoutSafetyCheck": "true"}},
	},
}
