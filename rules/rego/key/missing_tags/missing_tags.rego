# METADATA
# title: The key lacks tags that it should have
# description: >-
#   Tags say whose key it is, what it protects and where: without them nobody can tell whether a key is needed, who
#   has to be asked before it is deleted, and which policies that test tags apply to it. The parameter tags lists the
#   keys of the tags that are required, such as Owner, Environment and DataClass, as they are written; as long as it
#   lists none, one tag of any name is enough, as in AWS's own controls for tags. Tags that AWS made (aws:) do not
#   count. Customer managed keys are asked for, those pending deletion aside.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/tagging-keys.html
#   - https://docs.aws.amazon.com/config/latest/developerguide/kms-key-tagged.html
# custom:
#   id: KEY-012
#   name: kms-key-missing-tags
#   severity: low
#   remediation: Tag the key, and refuse kms:CreateKey without the tags by testing aws:RequestTag.
#   reads: [kms:DescribeKey, kms:ListResourceTags]
#   params: {tags: []}
#   cannot_see:
#     - Whether the values are right.
#   suggested:
#     pci-dss-4.0.1: ["12.5.1"]
#     nist-800-53-r5: [CM-8]
#   mend:
#     cli: |
#       aws kms tag-resource --key-id 1234abcd-12ab-34cd-56ef-1234567890ab \
#         --tags TagKey=Owner,TagValue=payments TagKey=Environment,TagValue=production
#     terraform: |
#       resource "aws_kms_key" "example" {
#         tags = {
#           Owner       = "payments"
#           Environment = "production"
#         }
#       }
#     to: service control policy
#     statement: |
#       {
#         "Sid": "NewKeysHaveAnOwner", "Effect": "Deny", "Action": "kms:CreateKey", "Resource": "*",
#         "Condition": {"Null": {"aws:RequestTag/Owner": "true"}}
#       }
package kmsaudit.key.missing_tags

import data.kmsaudit.lib.shell

subjects contains k.arn if {
	some k in input.keys
	asked(k.metadata.manager, k.metadata.state)
}

deny contains finding if {
	some k in input.keys
	asked(k.metadata.manager, k.metadata.state)
	present := sort({tag.key | some tag in k.tags.tags; tag.value != ""})
	missing := lacks(input.params["KEY-012"].tags, present)
	missing != []
	finding := {
		"resource": k.arn,
		"place": k.tags.place,
		"msg": sprintf("the key has no tag %s", [concat(", ", missing)]),
		"evidence": {"missing": missing, "present": present},
		"mend": [{
			"text": "tag the key",
			"command": sprintf("aws kms tag-resource --region %s --key-id %s --tags %s", [
				shell.quote(k.region),
				shell.quote(k.arn),
				concat(" ", [shell.quote(sprintf("TagKey=%s,TagValue=VALUE", [name])) | some name in named(missing)]),
			]),
		}],
	}
}

unknown contains {"resource": k.arn, "why": k.unread.metadata} if some k in input.keys

unknown contains {"resource": k.arn, "why": k.unread.tags} if {
	some k in input.keys
	asked(k.metadata.manager, k.metadata.state)
}

asked("customer", state) if not state in {"PendingDeletion", "PendingReplicaDeletion"}

# lacks are the required tags that are not there; any tag is enough where none is named.
lacks(required, present) := [name | some name in required; not name in present] if required != []

lacks([], []) := ["at all"]

named(missing) := missing if missing != ["at all"]

named(["at all"]) := ["Owner"]
