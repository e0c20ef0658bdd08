# METADATA
# title: The key's origin, kind or key store is not an approved one
# description: >-
#   Where key material comes from decides who else has it. Material that KMS made never leaves KMS; imported material
#   exists outside AWS too, where it has to be kept, guarded and not lost; keys of an external key store are as
#   available as that store. The parameter origins lists what is approved (AWS_KMS unless the configuration says
#   otherwise), specs the key specs and custom_key_stores the ids of key stores; an empty list approves of all. A
#   usual choice is specs without RSA_2048, which AWS Control Tower refuses for encryption. Customer managed keys are
#   asked for, those pending deletion aside.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/create-primary-keys.html
#   - https://docs.aws.amazon.com/kms/latest/developerguide/key-store-overview.html
# custom:
#   id: KEY-011
#   name: kms-key-origin-not-approved
#   severity: low
#   remediation: >-
#     Make a key of an approved kind, name it where the old one is named and encrypt anew: origin, spec and key store of
#     a key cannot be changed. Or approve of it in the parameters of the rule.
#   reads: [kms:DescribeKey]
#   params:
#     origins: [AWS_KMS]
#     specs: []
#     custom_key_stores: []
#   cannot_see:
#     - How imported material is kept outside AWS.
#   suggested:
#     pci-dss-4.0.1: ["3.6.1.2"]
#     nist-800-53-r5: [SC-12(2), SC-13]
#   mend:
#     cli: |
#       aws kms create-key --origin AWS_KMS --key-spec SYMMETRIC_DEFAULT --key-usage ENCRYPT_DECRYPT
#     terraform: |
#       resource "aws_kms_key" "example" {
#         customer_master_key_spec = "SYMMETRIC_DEFAULT"
#         key_usage                = "ENCRYPT_DECRYPT"
#       }
#     to: service control policy
#     statement: |
#       {
#         "Sid": "MaterialOfKMSOnly", "Effect": "Deny", "Action": "kms:CreateKey", "Resource": "*",
#         "Condition": {"StringNotEquals": {"kms:KeyOrigin": "AWS_KMS"}}
#       }
package kmsaudit.key.origin_not_approved

import data.kmsaudit.lib.shell

subjects contains k.arn if {
	some k in input.keys
	asked(k.metadata.manager, k.metadata.state)
}

deny contains finding if {
	some k in input.keys
	asked(k.metadata.manager, k.metadata.state)
	params := input.params["KEY-011"]
	wrong := [sentence |
		some [sentence, value, list] in [
			[sprintf("its origin %s", [k.metadata.origin]), k.metadata.origin, params.origins],
			[sprintf("its spec %s", [k.metadata.spec]), k.metadata.spec, params.specs],
			[sprintf("its key store %s", [k.store.id]), k.store.id, params.custom_key_stores],
		]
		not_on(value, list)
	]
	wrong != []
	finding := {
		"resource": k.arn,
		"place": k.metadata.place,
		"msg": sprintf("the key is not of an approved kind: %s", [concat(" and ", wrong)]),
		"evidence": {"origin": k.metadata.origin, "spec": k.metadata.spec, "usage": k.metadata.usage, "custom_key_store": k.store.id},
		"mend": [{
			"text": "make a key of an approved kind, and name it where this one is named",
			"command": sprintf("aws kms create-key --region %s --origin %s --key-spec %s --key-usage %s", [
				shell.quote(k.region),
				first(params.origins, k.metadata.origin),
				first(params.specs, k.metadata.spec),
				shell.quote(k.metadata.usage),
			]),
		}],
	}
}

unknown contains {"resource": k.arn, "why": k.unread.metadata} if some k in input.keys

unknown contains {"resource": k.arn, "why": k.unread.store} if {
	some k in input.keys
	asked(k.metadata.manager, k.metadata.state)
}

asked("customer", state) if not state in {"PendingDeletion", "PendingReplicaDeletion"}

not_on(value, list) if {
	value != ""
	list != []
	not value in list
}

# first is the value where the list approves of it, else the first that it does approve of.
first(list, value) := shell.quote(value) if not not_on(value, list)

first(list, value) := shell.quote(list[0]) if not_on(value, list)
