# METADATA
# title: A multi-Region key that nobody approved
# description: >-
#   A multi-Region key can be copied, material and all, into any Region of the partition, and what was encrypted in
#   one Region can then be decrypted in another. Each copy has a key policy and grants of its own, so that one that is
#   too open opens the data of all. AWS advises to use multi-Region keys only where data really move between
#   Regions; where data have to stay in a country they are out of place. The rule wants an approval on every key
#   of the set: a tag (the parameter tag) with any value but no or false. Tags are not copied with the key.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
#   - https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-auth.html
# custom:
#   id: KEY-010
#   name: kms-key-multi-region
#   severity: medium
#   remediation: >-
#     Tag the key where the copies are wanted. A multi-Region key cannot be made a single-Region key: make a new key,
#     encrypt anew, and delete the copies, the replicas first.
#   reads: [kms:DescribeKey, kms:ListResourceTags]
#   params: {tag: MultiRegionApproved}
#   cannot_see:
#     - Who put the tag on the key; allow kms:TagResource to those who may approve.
#   suggested:
#     pci-dss-4.0.1: ["3.6.1.4"]
#     nist-800-53-r5: [SC-12, AC-4]
#   mend:
#     cli: |
#       aws kms tag-resource --key-id 1234abcd-12ab-34cd-56ef-1234567890ab --tags TagKey=MultiRegionApproved,TagValue=yes
#     terraform: |
#       resource "aws_kms_key" "example" {
#         multi_region = true
#
#         tags = {
#           MultiRegionApproved = "yes"
#         }
#       }
#     to: service control policy
#     statement: |
#       [
#         {
#           "Sid": "NoMultiRegionKeys", "Effect": "Deny", "Action": "kms:CreateKey", "Resource": "*",
#           "Condition": {"Bool": {"kms:MultiRegion": "true"}}
#         },
#         {
#           "Sid": "ReplicasOfApprovedKeysOnly", "Effect": "Deny", "Action": "kms:ReplicateKey", "Resource": "*",
#           "Condition": {"StringNotEquals": {"aws:ResourceTag/MultiRegionApproved": "yes"}}
#         }
#       ]
package kmsaudit.key.multi_region

import data.kmsaudit.lib.shell

subjects contains k.arn if {
	some k in input.keys
	asked(k.metadata.manager, k.metadata.multi_region)
}

deny contains finding if {
	some k in input.keys
	asked(k.metadata.manager, k.metadata.multi_region)
	name := input.params["KEY-010"].tag
	approvals(k.tags.tags, name) == set()
	finding := {
		"resource": k.arn,
		"place": k.metadata.place,
		"msg": sprintf("the key is the %s key of a multi-Region key, and has no tag %s that approves of it", [k.metadata.multi_region, name]),
		"evidence": {"multi_region": k.metadata.multi_region, "tag": name},
		"mend": [{
			"text": "approve of the key, if its copies are wanted",
			"command": sprintf("aws kms tag-resource --region %s --key-id %s --tags %s", [
				shell.quote(k.region),
				shell.quote(k.arn),
				shell.quote(sprintf("TagKey=%s,TagValue=yes", [name])),
			]),
		}],
	}
}

unknown contains {"resource": k.arn, "why": k.unread.metadata} if some k in input.keys

unknown contains {"resource": k.arn, "why": k.unread.tags} if {
	some k in input.keys
	asked(k.metadata.manager, k.metadata.multi_region)
}

asked("customer", role) if role in {"primary", "replica"}

approvals(tags, name) := {tag.value |
	some tag in tags
	tag.key == name
	not lower(tag.value) in {"no", "false"}
}
