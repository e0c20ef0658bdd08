# METADATA
# title: Nothing records what is done with keys
# description: >-
#   In some Region no trail that is running, and no event data store, takes the management events of KMS: there is no trail,
#   it is stopped, it is of another Region, or it leaves KMS out (ExcludeManagementEventSources, or a selector on eventSource)
#   because KMS has many events. Nobody can tell then who disabled a key or changed its policy. Where only events that
#   change something are taken, nobody can tell who decrypted (Decrypt and GenerateDataKey count as reads); that finding is
#   medium. Trails of the organization count, and one that takes what another leaves out is enough.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html
#   - https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html
# custom:
#   id: LOG-002
#   name: cloudtrail-kms-events-excluded
#   severity: high
#   severities: [medium]
#   remediation: >-
#     Have one trail for all Regions that takes all management events, with none left out. Where KMS has too many of them,
#     use Bucket Keys rather than leave them out.
#   reads:
#     - cloudtrail:ListTrails
#     - cloudtrail:DescribeTrails
#     - cloudtrail:GetTrailStatus
#     - cloudtrail:GetEventSelectors
#     - cloudtrail:ListEventDataStores
#     - cloudtrail:GetEventDataStore
#   cannot_see:
#     - Event data stores of the organization in another account.
#     - The event history of the last 90 days, which AWS keeps for everybody; nobody can keep it longer or raise an alarm on it.
#   suggested:
#     pci-dss-4.0.1: ["10.2.1"]
#     hipaa: ["164.312(b)"]
#     cis-3.0: ["3.1"]
#     cis-5.0: ["3.1"]
#     fsbp: [CloudTrail.1]
#     nist-800-53-r5: [AU-2, AU-12]
#   mend:
#     cli: |
#       aws cloudtrail create-trail --name management-events --s3-bucket-name amzn-s3-demo-bucket --is-multi-region-trail \
#         --enable-log-file-validation --kms-key-id arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
#       aws cloudtrail put-event-selectors --trail-name management-events --advanced-event-selectors \
#         '[{"Name": "management", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]'
#       aws cloudtrail start-logging --name management-events
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
#       }
#     to: service control policy
#     statement: |
#       {
#         "Sid": "TrailsStayAsTheyAre", "Effect": "Deny",
#         "Action": ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail", "cloudtrail:PutEventSelectors"],
#         "Resource": "*",
#         "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/TrailAdmin"}}
#       }
package kmsaudit.logging.kms_events_excluded

import data.kmsaudit.lib.shell

subjects contains m.arn if some m in input.monitoring

deny contains finding if {
	some m in input.monitoring
	m.kms_events.writes != []
	finding := {
		"resource": m.arn,
		"place": m.kms_events.place,
		"about": {"events": "all"},
		"msg": sprintf("nothing records the events of KMS in %s%s", [
			concat(", ", m.kms_events.writes),
			because(m.kms_events.excluding),
		]),
		"evidence": {"regions": m.kms_events.writes, "excluding": m.kms_events.excluding},
		"mend": mends(m.kms_events.excluding),
	}
}

deny contains finding if {
	some m in input.monitoring
	regions := {region | some region in m.kms_events.reads} - {region | some region in m.kms_events.writes}
	regions != set()
	finding := {
		"resource": m.arn,
		"place": m.kms_events.place,
		"about": {"events": "reads"},
		"severity": "medium",
		"msg": sprintf("nothing records who decrypts with keys in %s: only events that change something are taken", [concat(", ", regions)]),
		"evidence": {"regions": regions, "excluding": m.kms_events.excluding},
		"mend": [{"text": "let the trail take events that only read too (ReadWriteType All)"}],
	}
}

unknown contains {"resource": m.arn, "why": m.unread.kms_events} if some m in input.monitoring

because([]) := ""

because(excluding) := sprintf("; %s leaves them out", [concat(", ", excluding)]) if excluding != []

mends([]) := [
	{
		"text": "make a trail for all Regions",
		"command": concat(" ", [
			"aws cloudtrail create-trail --name management-events --s3-bucket-name BUCKET --kms-key-id KEY-ARN",
			"--is-multi-region-trail --enable-log-file-validation",
		]),
	},
	{"text": "start it", "command": "aws cloudtrail start-logging --name management-events"},
]

mends(excluding) := [mend |
	some arn in excluding
	mend := {
		"text": sprintf("look at the event selectors of %s, and put them again without ExcludeManagementEventSources or the test of eventSource", [arn]),
		"command": sprintf("aws cloudtrail get-event-selectors --trail-name %s", [shell.quote(arn)]),
	}
] if {
	excluding != []
}
