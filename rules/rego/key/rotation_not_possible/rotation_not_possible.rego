# METADATA
# title: KMS cannot rotate the key by itself
# description: >-
#   Automatic rotation exists for symmetric keys with material from KMS only. Imported material is rotated on demand,
#   after importing the next. Asymmetric keys, HMAC keys and keys of a custom key store have no rotation at all: a new
#   key takes their place, on a plan. This is no fault of the key, but something that people have to do, and that
#   nobody is reminded of. Enabled customer managed keys are asked for; replicas follow their primary key.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys-manually.html
# custom:
#   id: KEY-004
#   name: kms-key-rotation-not-possible
#   severity: info
#   remediation: >-
#     Write down who replaces the key, how and when: rotate imported material on demand, and for other keys make a new
#     key and move the alias to it, keeping the old one for what was encrypted or signed before.
#   reads: [kms:DescribeKey]
#   cannot_see:
#     - Whether there is such a plan.
#   suggested:
#     pci-dss-4.0.1: ["3.7.5"]
#     nist-800-53-r5: [SC-12(2)]
#   mend:
#     cli: |
#       aws kms create-key --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY
#       aws kms update-alias --alias-name alias/example --target-key-id 1234abcd-12ab-34cd-56ef-1234567890ab
#     terraform: |
#       resource "aws_kms_key" "next" {
#         customer_master_key_spec = "ECC_NIST_P256"
#         key_usage                = "SIGN_VERIFY"
#       }
#
#       resource "aws_kms_alias" "example" {
#         name          = "alias/example"
#         target_key_id = aws_kms_key.next.key_id
#       }
#     lacks:
#       statement: The plan to replace the key is people's; no policy makes it.
package kmsaudit.key.rotation_not_possible

import data.kmsaudit.lib.shell

subjects contains k.arn if {
	some k in input.keys
	asked(k.metadata.manager, k.metadata.state, k.metadata.multi_region)
}

deny contains finding if {
	some k in input.keys
	asked(k.metadata.manager, k.metadata.state, k.metadata.multi_region)
	k.metadata.renewal != "automatic"
	kind := kind_of(k.metadata.renewal, k.metadata.spec)
	finding := {
		"resource": k.arn,
		"place": k.metadata.place,
		"msg": sprintf("%s: %s", [names[kind], plans[kind]]),
		"evidence": {"kind": kind, "spec": k.metadata.spec, "origin": k.metadata.origin, "renewal": k.metadata.renewal},
		"mend": mends(k.metadata.renewal, k.region, k.arn),
	}
}

unknown contains {"resource": k.arn, "why": k.unread.metadata} if some k in input.keys

asked("customer", "Enabled", multi_region) if multi_region != "replica"

kind_of("on_demand", _) := "imported"

kind_of("none", spec) := "hmac" if startswith(spec, "HMAC_")

kind_of("none", "SYMMETRIC_DEFAULT") := "custom_store"

kind_of("none", spec) := "asymmetric" if {
	not startswith(spec, "HMAC_")
	spec != "SYMMETRIC_DEFAULT"
}

names := {
	"imported": "the key's material is imported",
	"hmac": "the key is an HMAC key",
	"custom_store": "the key's material is in a custom key store",
	"asymmetric": "the key is asymmetric",
}

plans := {
	"imported": "rotate it on demand after importing new material, or replace the key, on a plan",
	"hmac": "replace it by a new key and move its alias, on a plan; codes made before verify with the old key only",
	"custom_store": "replace it by a new key and move its alias, on a plan; what is encrypted already needs the old key",
	"asymmetric": "replace it by a new key and move its alias, on a plan; others have to be given the new public key",
}

mends("on_demand", region, key) := [
	{"text": "import new key material, with ImportType NEW_KEY_MATERIAL, into replicas of the key too"},
	{
		"text": "rotate the key on demand",
		"command": sprintf("aws kms rotate-key-on-demand --region %s --key-id %s", [shell.quote(region), shell.quote(key)]),
	},
]

mends("none", region, _) := [
	{"text": "make a new key of the same kind"},
	{
		"text": "move the alias to the new key, and keep the old one as long as anything needs it",
		"command": sprintf("aws kms update-alias --region %s --alias-name ALIAS --target-key-id NEW-KEY-ID", [shell.quote(region)]),
	},
]
