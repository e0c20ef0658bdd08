# METADATA
# title: Principals of one environment can decrypt with a key of another
# description: >-
#   A user or role of one environment or tenant, as the configuration tells them apart by tag or name, can decrypt with a key
#   that belongs to another: what runs in development reads the secrets of production, and a tenant those of its
#   neighbour. A key belongs to the environment of its alias or tag, or else to those of the buckets whose default it is. One
#   finding per key has those whom a policy or grant that names the key or them lets in, however many they are; one
#   finding per environment has those who have keys of others by policies that name neither, such as one that allows kms:Decrypt on every
#   key. A use that hangs on a condition counts, and the condition is named. Service-linked roles, declared key administrators and the principals
#   of the key's requirements are left aside.
# related_resources:
#   - https://docs.aws.amazon.com/prescriptive-guidance/latest/encryption-best-practices/kms.html
#   - https://docs.aws.amazon.com/kms/latest/developerguide/abac.html
# custom:
#   id: ACC-004
#   name: cross-environment-access
#   severity: high
#   remediation: >-
#     Narrow the policy to the keys of its principals' environment: by their ARNs, or with a condition that compares
#     aws:ResourceTag and aws:PrincipalTag, where the tags are guarded.
#   question: must_not_be_able
#   needs_intent: [environments]
#   reads:
#     - iam:GetAccountAuthorizationDetails
#     - kms:ListKeys
#     - kms:GetKeyPolicy
#     - kms:ListGrants
#     - kms:ListResourceTags
#     - kms:ListAliases
#     - s3:ListAllMyBuckets
#     - s3:GetEncryptionConfiguration
#     - s3:GetBucketTagging
#   cannot_see:
#     - Principals and keys that belong to no environment, and principals of other accounts.
#     - Who can encrypt only.
#   suggested:
#     pci-dss-4.0.1: ["6.5.3", "7.2.1"]
#     nist-800-53-r5: [AC-3, AC-4, AC-6]
#   mend:
#     to: managed policy
#     statement: |
#       {
#         "Sid": "KeysOfTheSameEnvironment", "Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
#         "Resource": "arn:aws:kms:us-east-1:111122223333:key/*",
#         "Condition": {"StringEquals": {"aws:ResourceTag/Environment": "${aws:PrincipalTag/Environment}"}}
#       }
package kmsaudit.access.cross_environment_access

subjects contains row.id if some row in input.crossings

deny contains finding if {
	some row in input.crossings
	some users in row.allowed
	finding := {
		"subject": row.id,
		"resource": row.resource,
		"place": row.place,
		"about": {"from": from(row.scope, users.what)},
		"msg": sprintf("%s of environment %s can decrypt with %s", [
			who(users.count, users.principals),
			users.what,
			which(row.scope, users.key_count, users.keys, users.others),
		]),
		"evidence": {
			"environment": users.what, "count": users.count, "principals": users.principals, "others": users.others,
			"key_count": users.key_count, "keys": users.keys, "by": users.by,
		},
		"mend": mends(users.what, users.by),
	}
}

deny contains finding if {
	some row in input.crossings
	some users in row.depends
	finding := {
		"subject": row.id,
		"resource": row.resource,
		"place": row.place,
		"about": {"from": from(row.scope, users.what), "condition": "open"},
		"msg": sprintf("%s of environment %s can decrypt with %s if %s", [
			who(users.count, users.principals),
			users.what,
			which(row.scope, users.key_count, users.keys, users.others),
			concat(" and ", {sprintf("%s %s %s", [test.key, test.operator, concat(", ", test.values)]) | some test in users.tests}),
		]),
		"evidence": {
			"environment": users.what, "count": users.count, "principals": users.principals, "others": users.others,
			"key_count": users.key_count, "keys": users.keys, "by": users.by,
			"tests": users.tests,
		},
		"mend": mends(users.what, users.by),
	}
}

unknown contains {"subject": row.id, "resource": row.resource, "why": {"depends": [], "undecided": row.undecided}} if {
	some row in input.crossings
	row.undecided != []
}

from("key", _) := "elsewhere"

from("account", environment) := environment

who(1, principals) := principals[0]

who(n, principals) := sprintf("%d principals, %s among them,", [n, principals[0]]) if n > 1

which("key", _, _, others) := sprintf("the key, which is of %s", [concat(" and ", others)])

which("account", 1, keys, others) := sprintf("%s, which is of %s, by a policy that names neither", [keys[0], concat(" and ", others)])

which("account", n, keys, others) := sprintf("%d keys of %s, %s among them, by policies that name neither", [
	n,
	concat(" and ", others),
	keys[0],
]) if {
	n > 1
}

mends(environment, by) := [{
	"text": sprintf("narrow it to the keys of environment %s, by their ARNs or their tags", [environment]),
	"to": sprintf("%s policy %s", [giver.layer, giver.policy]),
} |
	some giver in by
]
