# METADATA
# title: Nothing records who reads or writes objects
# description: >-
#   For some buckets neither a trail that is running nor an event data store takes the data events of all objects (GetObject,
#   PutObject, DeleteObject): after a leak nobody can tell which objects were read. The events of KMS are no substitute where a
#   bucket has a Bucket Key: S3 then asks KMS once for many objects, and the event names the bucket. Buckets that trails write
#   to are left out. There is one finding for reads and one for writes.
# related_resources:
#   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html
#   - https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-22
#   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
# custom:
#   id: LOG-007
#   name: s3-object-events-not-logged
#   severity: low
#   remediation: Let a trail for all Regions take the data events of S3 objects, at least of the buckets whose data matter. They are charged for.
#   reads:
#     - s3:ListAllMyBuckets
#     - cloudtrail:ListTrails
#     - cloudtrail:DescribeTrails
#     - cloudtrail:GetTrailStatus
#     - cloudtrail:GetEventSelectors
#     - cloudtrail:ListEventDataStores
#     - cloudtrail:GetEventDataStore
#   cannot_see:
#     - Event data stores of the organization in another account.
#     - Server access logs, which tell of requests too, and may lack some.
#   compliance:
#     pci-dss-4.0.1: ["10.2.1"]
#     cis-3.0: ["3.8", "3.9"]
#     cis-5.0: ["3.8", "3.9"]
#     nist-800-53-r5: [AU-2, AU-12]
#     fsbp: [S3.22, S3.23]
#   suggested:
#     hipaa: ["164.312(b)"]
#   parts:
#     - {controls: ["3.8", S3.22], about: {events: write}}
#     - {controls: ["3.9", S3.23], about: {events: read}}
#   mend:
#     cli: |
#       aws cloudtrail put-event-selectors --trail-name management-events --advanced-event-selectors '[
#         {"Name": "management", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]},
#         {"Name": "objects", "FieldSelectors": [
#           {"Field": "eventCategory", "Equals": ["Data"]},
#           {"Field": "resources.type", "Equals": ["AWS::S3::Object"]}
#         ]}
#       ]'
#     terraform: |
#       resource "aws_cloudtrail" "example" {
#         name                       = "management-events"
#         s3_bucket_name             = "amzn-s3-demo-bucket"
#         kms_key_id                 = aws_kms_key.example.arn
#         is_multi_region_trail      = true
#         enable_log_file_validation = true
#
#         advanced_event_selector {
#           name = "management"
#
#           field_selector {
#             field  = "eventCategory"
#             equals = ["Management"]
#           }
#         }
#
#         advanced_event_selector {
#           name = "objects"
#
#           field_selector {
#             field  = "eventCategory"
#             equals = ["Data"]
#           }
#
#           field_selector {
#             field  = "resources.type"
#             equals = ["AWS::S3::Object"]
#           }
#         }
#       }
#     lacks:
#       statement: What a trail records is a setting; cloudtrail-kms-events-excluded has a statement that guards it.
package kmsaudit.logging.object_events_not_logged

subjects contains m.arn if some m in input.monitoring

deny contains finding if {
	some m in input.monitoring
	some kind, list in {"read": m.object_events.reads, "write": m.object_events.writes}
	list.count > 0
	finding := {
		"resource": m.arn,
		"place": m.object_events.place,
		"about": {"events": kind},
		"msg": sprintf("nothing records who %ss objects of %s%s", [kind, buckets(list.count, list.buckets), note(list.bucket_keys)]),
		"evidence": {"count": list.count, "buckets": list.buckets, "bucket_keys": list.bucket_keys},
		"mend": [{
			"text": "add a selector for data events of S3 objects to those that the trail has",
			"command": "aws cloudtrail get-event-selectors --trail-name TRAIL",
		}],
	}
}

unknown contains {"resource": m.arn, "why": m.unread.object_events} if some m in input.monitoring

buckets(many, names) := concat(", ", names) if many == count(names)

buckets(many, names) := sprintf("%d buckets, such as %s", [many, concat(", ", names)]) if many > count(names)

note(0) := ""

note(keys) := sprintf("; with a Bucket Key, as %d of them, the events of KMS do not tell either", [keys]) if keys > 0
