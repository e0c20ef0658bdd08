# METADATA
# title: The key has no alias, or aliases that go with it
# description: >-
#   Without an alias people and programs name the key by its id, which says nothing and has to be changed everywhere
#   when another key takes its place; manual rotation means moving an alias. An alias of a key that is pending
#   deletion is about to dangle: KMS deletes it with the key, and whatever names the alias fails then (it fails
#   already, as the key cannot be used). Other dangling aliases do not exist in KMS: an alias always has a key.
#   Customer managed keys are asked for. A replica has aliases of its own.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html
# custom:
#   id: KEY-013
#   name: kms-key-no-alias-or-dangling-alias
#   severity: info
#   remediation: Make an alias and name the key by it where that works; move aliases off keys that are to be deleted.
#   reads: [kms:DescribeKey, kms:ListAliases]
#   cannot_see:
#     - What names the key or its aliases outside KMS and S3.
#   suggested:
#     nist-800-53-r5: [CM-8]
#   mend:
#     cli: |
#       aws kms create-alias --alias-name alias/example --target-key-id 1234abcd-12ab-34cd-56ef-1234567890ab
#     terraform: |
#       resource "aws_kms_alias" "example" {
#         name          = "alias/example"
#         target_key_id = aws_kms_key.example.key_id
#       }
#     lacks:
#       statement: An alias is made, not allowed.
package kmsaudit.key.no_alias_or_dangling_alias

import data.kmsaudit.lib.shell

subjects contains k.arn if {
	some k in input.keys
	k.metadata.manager == "customer"
}

deny contains finding if {
	some k in input.keys
	k.metadata.manager == "customer"
	kept(k.metadata.state)
	k.aliases.names == []
	finding := {
		"resource": k.arn,
		"place": k.aliases.place,
		"msg": "the key has no alias",
		"evidence": {"aliases": [], "state": k.metadata.state},
		"mend": [{
			"text": "make an alias",
			"command": sprintf("aws kms create-alias --region %s --alias-name alias/NAME --target-key-id %s", [
				shell.quote(k.region),
				shell.quote(k.arn),
			]),
		}],
	}
}

deny contains finding if {
	some k in input.keys
	k.metadata.manager == "customer"
	not kept(k.metadata.state)
	k.aliases.names != []
	finding := {
		"resource": k.arn,
		"place": k.aliases.place,
		"msg": sprintf("the key is pending deletion, and its aliases go with it: %s", [concat(", ", k.aliases.names)]),
		"evidence": {"aliases": k.aliases.names, "state": k.metadata.state},
		"mend": [
		{
			"text": "move the alias to the key that takes its place",
			"command": sprintf("aws kms update-alias --region %s --alias-name %s --target-key-id NEW-KEY-ID", [
				shell.quote(k.region),
				shell.quote(name),
			]),
		} |
			some name in k.aliases.names
		],
	}
}

unknown contains {"resource": k.arn, "why": k.unread.metadata} if some k in input.keys

unknown contains {"resource": k.arn, "why": k.unread.aliases} if {
	some k in input.keys
	k.metadata.manager == "customer"
}

kept(state) if not state in {"PendingDeletion", "PendingReplicaDeletion"}
