# METADATA
# title: The object is under a key that cannot be used
# description: >-
#   The object's key is disabled, pending deletion or import, out of reach or gone. Nobody can download or copy the
#   object, whatever the policies allow. A key that is disabled or waits for its deletion can be brought back; once it
#   is deleted, the object is lost, and so are its copies under the same key. The bucket's default key may be fine:
#   an object stays under the key that it was written with.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
# custom:
#   id: OBJ-002
#   name: s3-objects-key-unusable
#   severity: high
#   remediation: >-
#     Bring the key back, then copy the object over itself under a key that is to stay before the old one is retired.
#     What is under a deleted key has to come from another source.
#   reads: [s3:GetObject, kms:DescribeKey]
#   cannot_see:
#     - Objects that were neither named nor sampled, and older versions of an object.
#     - The state of a key that another account owns, unless its snapshot is checked along. The object is then unknown.
#   suggested:
#     pci-dss-4.0.1: ["3.5.1"]
#     hipaa: ["164.308(a)(7)"]
#     nist-800-53-r5: [CP-9, SC-12(1)]
#   mend:
#     cli: |
#       aws kms cancel-key-deletion --key-id 1234abcd-12ab-34cd-56ef-1234567890ab
#       aws kms enable-key --key-id 1234abcd-12ab-34cd-56ef-1234567890ab
#       aws s3api copy-object --bucket amzn-s3-demo-bucket --key report.csv --copy-source amzn-s3-demo-bucket/report.csv \
#         --server-side-encryption aws:kms --ssekms-key-id arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
#     terraform: |
#       resource "aws_kms_key" "example" {
#         is_enabled = true
#       }
#     lacks:
#       statement: No policy mends the state of a key; kms-key-disabled-in-use has a statement that guards it.
package kmsaudit.object.key_unusable

import data.kmsaudit.lib.shell

subjects contains o.id if {
	some o in input.objects
	o.key_state.arn != ""
}

deny contains finding if {
	some o in input.objects
	problem := problems[o.key_state.problem]
	finding := {
		"subject": o.id,
		"resource": o.arn,
		"place": o.key_state.place,
		"msg": sprintf("nobody can read the object: its key %s %s", [o.key_state.arn, problem]),
		"evidence": {"key": o.key_state.arn, "state": o.key_state.state, "problem": o.key_state.problem},
		"mend": mends(o.key_state.problem, o.key_state.region, o.key_state.arn),
	}
}

unknown contains {"subject": o.id, "resource": o.arn, "why": o.unread.key_state} if some o in input.objects

problems := {
	"missing": "does not exist any more",
	"disabled": "is disabled",
	"pending_deletion": "is pending deletion",
	"pending_import": "has no key material",
	"unavailable": "is not available",
}

mends("missing", _, _) := [{"text": "restore the object from a source that is under another key, and delete this one"}]

mends("disabled", region, key) := [{"text": "enable the key", "command": command("enable-key", region, key)}]

mends("pending_deletion", region, key) := [
	{"text": "cancel the deletion", "command": command("cancel-key-deletion", region, key)},
	{"text": "enable the key: cancelling leaves it disabled", "command": command("enable-key", region, key)},
]

mends("pending_import", _, _) := [{"text": "import the key material again, the same that expired or was deleted"}]

mends("unavailable", _, _) := [{"text": "connect the custom key store of the key"}]

command(operation, region, key) := sprintf(
	"aws kms %s --region %s --key-id %s",
	[operation, shell.quote(region), shell.quote(key)],
)
