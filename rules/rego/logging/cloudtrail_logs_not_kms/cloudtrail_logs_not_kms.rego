# METADATA
# title: Recorded events are not encrypted with a KMS key
# description: >-
#   A trail, or an event data store of CloudTrail Lake, keeps the record of who did what with keys and data, under a key
#   that AWS holds: whoever may read the bucket or the store reads the record. With a customer managed key a reader needs
#   kms:Decrypt as well, and each reading is an event of its own. Trails of the organization that belong to another
#   account are left out; that account's snapshot has them.
# related_resources:
#   - https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html
# custom:
#   id: LOG-001
#   name: cloudtrail-logs-not-kms
#   severity: medium
#   remediation: >-
#     Name a customer managed key of the trail's Region, whose policy lets cloudtrail.amazonaws.com use it for this
#     trail alone. An event data store takes a key once and for good.
#   reads: [cloudtrail:DescribeTrails, cloudtrail:GetEventDataStore]
#   cannot_see:
#     - Files that were delivered before; they keep the encryption that they have.
#   compliance:
#     pci-dss-4.0.1: ["10.3.2"]
#     hipaa: ["164.312(a)(2)(iv)"]
#     cis-3.0: ["3.5"]
#     cis-5.0: ["3.5"]
#     nist-800-53-r5: [AU-9, CA-9(1), CM-3(6), SC-7(10), SC-13, SC-28, SC-28(1), SI-7(6)]
#     fsbp: [CloudTrail.2]
#   mend:
#     cli: |
#       aws cloudtrail update-trail --name management-events --kms-key-id arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
#     terraform: |
#       resource "aws_cloudtrail" "example" {
#         name                       = "management-events"
#         s3_bucket_name             = "amzn-s3-demo-bucket"
#         kms_key_id                 = aws_kms_key.example.arn
#         is_multi_region_trail      = true
#         enable_log_file_validation = true
#       }
#     to: key policy
#     statement: |
#       {
#         "Sid": "OneTrail", "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
#         "Action": "kms:GenerateDataKey*", "Resource": "*",
#         "Condition": {
#           "StringEquals": {"aws:SourceArn": "arn:aws:cloudtrail:us-east-1:111122223333:trail/management-events"},
#           "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": "arn:aws:cloudtrail:*:111122223333:trail/*"}
#         }
#       }
package kmsaudit.logging.cloudtrail_logs_not_kms

import data.kmsaudit.lib.shell

subjects contains t.arn if {
	some t in input.trails
	t.own
}

deny contains finding if {
	some t in input.trails
	t.own
	t.encryption.key == ""
	finding := {
		"resource": t.arn,
		"place": t.encryption.place,
		"msg": sprintf("the %s %s has no KMS key", [kinds[t.kind], t.name]),
		"evidence": {"kind": t.kind, "key": t.encryption.key},
		"mend": [{"text": "encrypt with a key of your own", "command": command(t.kind, t.region, t.arn)}],
	}
}

unknown contains {"resource": t.arn, "why": t.unread.encryption} if {
	some t in input.trails
	t.own
}

kinds := {"trail": "trail", "event_data_store": "event data store"}

command("trail", region, arn) := sprintf("aws cloudtrail update-trail --region %s --name %s --kms-key-id KEY-ARN", [
	shell.quote(region),
	shell.quote(arn),
])

command("event_data_store", region, arn) := sprintf(
	"aws cloudtrail update-event-data-store --region %s --event-data-store %s --kms-key-id KEY-ARN",
	[shell.quote(region), shell.quote(arn)],
)
