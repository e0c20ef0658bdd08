# METADATA
# title: The object is not under the key that it should be under
# description: >-
#   A default set today says nothing of the objects that were there yesterday. An object that the
#   configuration names, a copy of it in another bucket, or a sampled object of a bucket with SSE-KMS by
#   default is encrypted with another key, with a key that AWS holds, or not at all.
# related_resources:
#   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
# custom:
#   id: OBJ-001
#   name: s3-objects-drift-from-default
#   severity: medium
#   remediation: >-
#     Encrypt the object anew under the right key, by copying it over itself or with UpdateObjectEncryption, and
#     delete copies that should not be there, with all their versions.
#   reads: [s3:GetObject, s3:GetEncryptionConfiguration]
#   cannot_see:
#     - Objects that were neither named nor sampled, and older versions of an object.
#   suggested:
#     pci-dss-4.0.1: ["3.5.1"]
#     hipaa: ["164.312(a)(2)(iv)"]
#     nist-800-53-r5: [SC-28]
#   mend:
#     cli: |
#       aws s3api copy-object --bucket amzn-s3-demo-bucket --key report.csv --copy-source amzn-s3-demo-bucket/report.csv \
#         --server-side-encryption aws:kms --ssekms-key-id arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
#       aws s3api update-object-encryption --bucket amzn-s3-demo-bucket --key report.csv --object-encryption \
#         '{"SSEKMS": {"KMSKeyArn": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", "BucketKeyEnabled": true}}'
#     terraform: |
#       # for objects that Terraform keeps; others are copied over themselves
#       resource "aws_s3_object" "example" {
#         bucket                 = "amzn-s3-demo-bucket"
#         key                    = "report.csv"
#         source                 = "report.csv"
#         server_side_encryption = "aws:kms"
#         kms_key_id             = aws_kms_key.example.arn
#       }
#     lacks:
#       statement: No policy encrypts what is there; s3-upload-not-denied-wrong-key has the statement that holds new uploads to the key.
package kmsaudit.object.drift_from_default

import data.kmsaudit.lib.shell

subjects contains o.id if {
	some o in input.objects
	o.encryption.exists
	o.expected.by != "nothing"
}

subjects contains o.id if {
	some o in input.objects
	o.encryption.exists == false
	o.declared == "yes"
}

deny contains finding if {
	some o in input.objects
	o.encryption.exists
	o.expected.by != "nothing"
	o.encryption.key != o.expected.arn
	finding := {
		"subject": o.id,
		"resource": o.arn,
		"place": o.encryption.place,
		"msg": sprintf("the %s is encrypted with %s, not under %s", [
			nouns[o.declared],
			method(o.encryption.algorithm, o.encryption.key),
			o.expected.arn,
		]),
		"evidence": {"algorithm": o.encryption.algorithm, "key": o.encryption.key, "expected": o.expected.arn, "by": o.expected.by},
		"mend": [{
			"text": "encrypt the object anew under the right key, or delete it if it should not be here",
			"command": sprintf(
				"aws s3 cp %s %s --sse aws:kms --sse-kms-key-id %s --metadata-directive COPY",
				[shell.quote(o.uri), shell.quote(o.uri), shell.quote(o.expected.arn)],
			),
		}],
	}
}

deny contains finding if {
	some o in input.objects
	o.encryption.exists == false
	o.declared == "yes"
	finding := {
		"subject": o.id,
		"resource": o.arn,
		"place": o.encryption.place,
		"msg": "the configuration names the object, and it does not exist",
		"evidence": {"exists": false},
	}
}

unknown contains {"subject": o.id, "resource": o.arn, "why": o.unread.encryption} if some o in input.objects

unknown contains {"subject": o.id, "resource": o.arn, "why": o.unread.expected} if some o in input.objects

nouns := {"yes": "object", "no": "object", "copy": "copy of a protected object"}

method(algorithm, "") := algorithm

method(algorithm, key) := sprintf("%s under %s", [algorithm, key]) if key != ""
