# METADATA
# title: A statement has no effect
# description: >-
#   An Allow that something else always overrules: a permissions boundary or a service control policy without it, a Deny, a
#   key policy that does not leave the action to IAM policies, or a key that does not exist. Or a statement of a key policy
#   that never matches: its Principal is nobody, its Resource is another key, its condition never holds, its actions do not
#   work from other accounts, or Null with true stands beside a test of the value, so that a Deny spares every wrong value. Whoever
#   reads the policy takes such an Allow for access, and such a Deny for protection. Only what is certain is
#   found. What never matches in an identity policy by the statement alone is the matter of iam-kms-ineffective-statement.
# related_resources:
#   - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
#   - https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
# custom:
#   id: ACC-006
#   name: statement-has-no-effect
#   severity: low
#   remediation: >-
#     Take the statement out, or mend what keeps it from its effect, if the effect is wanted: the finding names it.
#   reads:
#     - iam:GetAccountAuthorizationDetails
#     - kms:ListKeys
#     - kms:GetKeyPolicy
#     - kms:ListGrants
#     - organizations:ListPoliciesForTarget
#   cannot_see:
#     - Allows with NotAction or NotResource, of other services beside KMS, and on keys of other accounts.
#     - Allows on patterns of keys, as far as key policies overrule them.
#     - Statements of which other policies leave a part.
#   mend:
#     to: managed policy
#     statement: |
#       {
#         "Sid": "OneKey", "Effect": "Allow", "Action": "kms:Decrypt",
#         "Resource": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#       }
package kmsaudit.access.statement_has_no_effect

subjects contains row.id if some row in input.effects

deny contains finding if {
	some row in input.effects
	some statement in row.denied
	finding := {
		"subject": row.id,
		"resource": row.resource,
		"place": statement.place,
		"statement": statement.identity,
		"about": {"policy": row.policy},
		"msg": sprintf("the %s of %s has a statement that %s: %s", [
			named(row.kind, row.policy),
			row.resource,
			says(statement.effect, statement.fault),
			reason(statement.fault, statement.principal, statement.action, statement.resource, statement.why),
		]),
		"evidence": {
			"effect": statement.effect, "fault": statement.fault, "principals": statement.count, "principal": statement.principal,
			"action": statement.action, "resource": statement.resource, "by": statement.by, "tests": statement.tests,
		},
		"mend": [{"text": statement.mend, "to": sprintf("%s of %s", [named(row.kind, row.policy), row.resource])}],
	}
}

unknown contains {
	"subject": row.id,
	"resource": row.resource,
	"about": {"policy": row.policy},
	"why": {"depends": [], "undecided": row.undecided},
} if {
	some row in input.effects
	row.undecided != []
}

named("key", policy) := policy

named("identity", policy) := sprintf("policy %s", [policy])

says("Allow", _) := "allows nothing"

says("Deny", fault) := "denies nothing and protects nothing" if fault != "test"

says("Deny", "test") := "denies less than it says"

reason("overruled", principal, "", _, why) := sprintf("for %s, %s", [principal, why])

reason("overruled", principal, action, resource, why) := sprintf("%s on %s for %s: %s", [action, resource, principal, why]) if action != ""

reason(fault, _, _, _, why) := why if fault != "overruled"
