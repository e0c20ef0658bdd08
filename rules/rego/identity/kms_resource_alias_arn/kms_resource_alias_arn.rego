# METADATA
# title: A statement names a key by its alias, which matches no key
# description: >-
#   An alias and the key behind it are two resources. An alias ARN in Resource matches operations on the alias
#   alone (to create, move or delete it) and never an operation on a key: an Allow on it gives nobody
#   kms:Decrypt, and a Deny on it protects nothing, although both read as if they did. Statements are found
#   that have actions on keys and no key beside the alias, or that have some actions, on some keys, and an alias.
#   One that allows or denies everything on named keys and their aliases is meant for both, and one that covers
#   every key needs no alias.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
#   - https://docs.aws.amazon.com/kms/latest/developerguide/cmks-in-iam-policies.html
# custom:
#   id: IAM-008
#   name: iam-kms-resource-alias-arn
#   severity: medium
#   remediation: >-
#     Name the key by its ARN; or name the keys of the Region and account (key/*) and test kms:ResourceAliases with
#     ForAnyValue:StringEquals, which is true of whatever key has the alias, and of those that get it later.
#   reads: [iam:GetAccountAuthorizationDetails]
#   cannot_see:
#     - Whether actions on aliases stand in the same statement, to which the alias ARN would belong; split the statement then.
#   mend:
#     to: managed policy
#     statement: |
#       {
#         "Sid": "KeysOfTheAlias", "Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
#         "Resource": "arn:aws:kms:us-east-1:111122223333:key/*",
#         "Condition": {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/example"}}
#       }
package kmsaudit.identity.kms_resource_alias_arn

subjects contains p.id if {
	some p in input.policies
	p.manager == "customer"
}

deny contains finding if {
	some p in input.policies
	p.manager == "customer"
	some statement in p.document.statements
	statement.aliases != []
	statement.key_actions
	misses(statement.keys, statement.every, statement.alias_actions)
	finding := {
		"subject": p.id,
		"resource": p.arn,
		"place": statement.place,
		"statement": statement.identity,
		"about": {"policy": p.name},
		"msg": sprintf("the policy %s names %s: an alias matches no action on a key, so that the statement %s", [
			p.name,
			concat(", ", statement.aliases),
			effects[statement.effect],
		]),
		"evidence": {"effect": statement.effect, "aliases": statement.aliases, "keys": statement.keys},
		"mend": [{
			"text": "name the key behind the alias by its ARN, or key/* with a test of kms:ResourceAliases",
			"to": sprintf("policy %s of %s", [p.name, p.arn]),
		}],
	}
}

unknown contains {"subject": p.id, "resource": p.arn, "about": {"policy": p.name}, "why": p.unread.document} if {
	some p in input.policies
	p.manager == "customer"
}

misses("none", _, _)

misses("some", false, false)

effects := {
	"Allow": "allows nothing on the key behind it",
	"Deny": "denies nothing on the key behind it and protects nothing",
}
