# METADATA
# title: Others than those declared can use the key
# description: >-
#   The configuration wants the key for the principals of its requirements alone (exclusive: true). Others can
#   encrypt or decrypt with it. The account's root user, service-linked roles and declared key administrators are
#   left aside. One finding per policy that gives the use, however many principals have it; a
#   policy that gives the use of more than ten such keys is one finding for all of them, on the account. A use that hangs on a
#   condition counts, and the condition is named, unless it lets in nobody but those who are declared.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/determining-access.html
# custom:
#   id: ACC-003
#   name: unexpected-decryptor
#   severity: high
#   remediation: Narrow the policy that the finding names to the keys its principals need, or declare them.
#   question: must_not_be_able
#   needs_intent: [requirements.exclusive]
#   reads: [iam:GetAccountAuthorizationDetails, kms:ListKeys, kms:GetKeyPolicy, kms:ListGrants]
#   cannot_see:
#     - Everybody who can come to act as one of those who are declared; kmsaudit who-can tells.
#     - Who can change the key policy and so let others in; iam-kms-key-takeover tells.
#   mend:
#     to: key policy
#     statement: |
#       {
#         "Sid": "NobodyElse", "Effect": "Deny", "Principal": {"AWS": "*"},
#         "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"], "Resource": "*",
#         "Condition": {
#           "ArnNotEquals": {"aws:PrincipalArn": ["arn:aws:iam::111122223333:role/ExampleRole", "arn:aws:iam::111122223333:role/KeyAdmin"]}
#         }
#       }
package kmsaudit.access.unexpected_decryptor

subjects contains row.id if some row in input.exclusive

deny contains finding if {
	some row in input.exclusive
	some users in row.allowed
	finding := {
		"subject": row.id,
		"resource": row.key,
		"place": users.place,
		"statement": users.identity,
		"about": object.union({"policy": users.what}, about(row.requirement)),
		"msg": sprintf("%s can use %s by the %s", [who(users.count, users.principals), what(row.reach, row.keys), users.what]),
		"evidence": object.union(
			{
				"principals": users.principals, "count": users.count, "actions": users.actions,
				"paths": users.paths, "by": users.by,
			},
			reached(row.reach, row.keys),
		),
		"mend": [{"text": sprintf("narrow the %s to the keys that its principals need, or declare them", [users.what])}],
	}
}

deny contains finding if {
	some row in input.exclusive
	some users in row.depends
	finding := {
		"subject": row.id,
		"resource": row.key,
		"place": users.place,
		"statement": users.identity,
		"about": object.union({"policy": users.what, "condition": "open"}, about(row.requirement)),
		"msg": sprintf("%s can use %s by the %s if %s", [
			who(users.count, users.principals),
			what(row.reach, row.keys),
			users.what,
			concat(" and ", {sprintf("%s %s %s", [test.key, test.operator, concat(", ", test.values)]) | some test in users.tests}),
		]),
		"evidence": object.union(
			{
				"principals": users.principals, "count": users.count, "actions": users.actions,
				"paths": users.paths, "by": users.by, "tests": users.tests,
			},
			reached(row.reach, row.keys),
		),
		"mend": [{"text": sprintf("narrow the %s to the keys that its principals need, or declare them", [users.what])}],
	}
}

unknown contains {
	"subject": row.id,
	"resource": row.key,
	"about": about(row.requirement),
	"why": {"depends": [], "undecided": row.undecided},
} if {
	some row in input.exclusive
	row.undecided != []
}

who(1, principals) := principals[0]

who(n, principals) := sprintf("%d principals, %s among them,", [n, principals[0]]) if n > 1

about("") := {}

about(requirement) := {"requirement": requirement} if requirement != ""

what(0, _) := "the key"

what(n, keys) := sprintf("%d keys that are wanted for others alone, %s among them,", [n, keys[0]]) if n > 0

reached(0, _) := {}

reached(n, keys) := {"reach": n, "keys": keys} if n > 0
