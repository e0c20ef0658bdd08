# METADATA
# title: Inventory reports of the bucket are not under a KMS key
# description: >-
#   An inventory lists every object of the bucket with name, size, owner and encryption. Such lists say much: names hold
#   customers, projects and dates. The report is encrypted as its configuration says, or else as the destination does by
#   default; since 2023 that is SSE-S3 at least, with keys that AWS holds, under no policy and without an audit trail of
#   yours. Enabled inventories are asked for.
# related_resources:
#   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/configure-inventory.html
# custom:
#   id: S3-017
#   name: s3-inventory-report-unencrypted
#   severity: low
#   remediation: >-
#     Set Destination.S3BucketDestination.Encryption of the inventory to SSE-KMS with a key whose policy allows
#     s3.amazonaws.com kms:GenerateDataKey for the bucket, or give the destination such a default.
#   reads: [s3:GetInventoryConfiguration, s3:GetEncryptionConfiguration]
#   cannot_see:
#     - The default encryption of a destination in another account.
#     - Reports that were written before; they keep the encryption that they have.
#   suggested:
#     pci-dss-4.0.1: ["3.5.1"]
#     nist-800-53-r5: [SC-28]
#   mend:
#     cli: |
#       aws s3api put-bucket-inventory-configuration --bucket amzn-s3-demo-bucket --id weekly --inventory-configuration '{
#         "Id": "weekly", "IsEnabled": true, "IncludedObjectVersions": "All", "Schedule": {"Frequency": "Weekly"},
#         "OptionalFields": ["EncryptionStatus"],
#         "Destination": {"S3BucketDestination": {
#           "Bucket": "arn:aws:s3:::amzn-s3-demo-destination-bucket", "Format": "CSV",
#           "Encryption": {"SSEKMS": {"KeyId": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}}
#         }}
#       }'
#     terraform: |
#       resource "aws_s3_bucket_inventory" "example" {
#         bucket                   = "amzn-s3-demo-bucket"
#         name                     = "weekly"
#         included_object_versions = "All"
#
#         schedule {
#           frequency = "Weekly"
#         }
#
#         destination {
#           bucket {
#             bucket_arn = "arn:aws:s3:::amzn-s3-demo-destination-bucket"
#             format     = "CSV"
#
#             encryption {
#               sse_kms {
#                 key_id = aws_kms_key.example.arn
#               }
#             }
#           }
#         }
#       }
#     to: key policy
#     statement: |
#       {
#         "Sid": "InventoryReports", "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"},
#         "Action": "kms:GenerateDataKey", "Resource": "*",
#         "Condition": {
#           "StringEquals": {"aws:SourceAccount": "111122223333"},
#           "ArnLike": {"aws:SourceArn": "arn:aws:s3:::amzn-s3-demo-bucket"}
#         }
#       }
package kmsaudit.bucket.inventory_report_unencrypted

subjects contains b.arn if {
	some b in input.buckets
	b.inventories.count > 0
}

deny contains finding if {
	some b in input.buckets
	some plain in b.inventories.plain
	finding := {
		"resource": b.arn,
		"place": plain.place,
		"about": {"inventory": plain.id},
		"msg": sprintf("the reports of inventory %s in %s are not under a KMS key: %s", [plain.id, plain.destination, because[plain.by]]),
		"evidence": {"inventory": plain.id, "destination": plain.destination, "by": plain.by},
		"mend": [
			{"text": "set the encryption of the inventory to SSE-KMS with the ARN of a key in the destination's Region"},
			{
				"text": "let S3 use the key for the reports",
				"to": "key policy",
				"statement": {
					"Effect": "Allow",
					"Principal": {"Service": "s3.amazonaws.com"},
					"Action": "kms:GenerateDataKey",
					"Resource": "*",
					"Condition": {"ArnLike": {"aws:SourceArn": b.arn}, "StringEquals": {"aws:SourceAccount": input.account.id}},
				},
			},
		],
	}
}

unknown contains {"resource": b.arn, "why": b.unread.inventories} if some b in input.buckets

because := {
	"inventory": "the inventory asks for SSE-S3",
	"destination": "the inventory asks for nothing, and the default of the destination is not SSE-KMS",
}
