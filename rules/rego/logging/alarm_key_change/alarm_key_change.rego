# METADATA
# title: Nobody hears of a key that is disabled or deleted
# description: >-
#   Whoever disables a key or schedules its deletion takes away all that it encrypts, and there are seven days or more to stop
#   a deletion if somebody hears of it. Two ways count. A trail that is running and takes the call writes to a log group; a
#   metric filter there takes every such call, and an alarm on its metric has an action that is switched on. Or an enabled rule
#   of EventBridge takes every such call that a trail records, and has a target. Filters are read for what they mean: the order
#   of terms, quotes, spaces and wildcards do not matter; one that asks for a certain caller or key as well takes only a part and
#   does not count. The call has to be heard in every Region that was asked.
# related_resources:
#   - https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-7
#   - https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys-creating-cloudwatch-alarm.html
#   - https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
# custom:
#   id: LOG-005
#   name: alarm-kms-key-disable-or-delete
#   severity: low
#   remediation: >-
#     Make a rule of EventBridge for the calls in every Region, with a topic as its target, or a metric filter and an alarm on the
#     log group of a trail for all Regions.
#   reads:
#     - cloudtrail:ListTrails
#     - cloudtrail:DescribeTrails
#     - cloudtrail:GetTrailStatus
#     - cloudtrail:GetEventSelectors
#     - logs:DescribeMetricFilters
#     - cloudwatch:DescribeAlarms
#     - events:ListRules
#     - events:ListTargetsByRule
#   params:
#     imported_material: false
#     key_policy: false
#   cannot_see:
#     - Filters and alarms on a log group of another account, as of a trail of the organization; the answer is unknown then.
#     - Whether the topic or the function behind an alarm or rule exists and somebody reads it.
#     - The threshold of the alarm; alarms on several alarms (composite ones).
#   compliance:
#     pci-dss-4.0.1: ["10.7"]
#     cis-3.0: ["4.7"]
#     cis-5.0: ["4.7"]
#     fsbp: [CloudWatch.7]
#   suggested:
#     hipaa: ["164.312(b)"]
#     nist-800-53-r5: [SI-4, AU-6]
#   mend:
#     cli: |
#       aws events put-rule --name key-changes --event-pattern '{
#         "source": ["aws.kms"], "detail-type": ["AWS API Call via CloudTrail"],
#         "detail": {"eventSource": ["kms.amazonaws.com"], "eventName": [
#           "DisableKey", "ScheduleKeyDeletion"
#         ]}
#       }'
#       aws events put-targets --rule key-changes --targets Id=topic,Arn=arn:aws:sns:us-east-1:111122223333:security
#     terraform: |
#       resource "aws_cloudwatch_event_rule" "example" {
#         name = "key-changes"
#         event_pattern = jsonencode({
#           source      = ["aws.kms"]
#           detail-type = ["AWS API Call via CloudTrail"]
#           detail = {
#             eventSource = ["kms.amazonaws.com"]
#             eventName = [
#               "DisableKey", "ScheduleKeyDeletion"
#             ]
#           }
#         })
#       }
#
#       resource "aws_cloudwatch_event_target" "example" {
#         rule = aws_cloudwatch_event_rule.example.name
#         arn  = "arn:aws:sns:us-east-1:111122223333:security"
#       }
#     lacks:
#       statement: A rule of EventBridge is a setting. The topic's own policy has to let events.amazonaws.com publish.
package kmsaudit.logging.alarm_key_change

import data.kmsaudit.lib.alarms

subjects contains m.arn if some m in input.monitoring

deny contains finding if {
	some m in input.monitoring
	missing := [one | some one in m.key_alarms.missing; one.event in wanted]
	missing != []
	finding := {
		"resource": m.arn,
		"place": m.key_alarms.place,
		"msg": sprintf("nobody hears of %s%s", [alarms.tell(missing), alarms.idle(m.key_alarms.idle)]),
		"evidence": {"missing": missing, "idle": m.key_alarms.idle},
		"mend": [alarms.mend("key-changes", "kms", missing)],
	}
}

unknown contains {"resource": m.arn, "why": m.unread.key_alarms} if some m in input.monitoring

unknown contains {"resource": m.arn, "why": one.unread} if {
	some m in input.monitoring
	some one in m.key_alarms.undecided
	one.event in wanted
}

# wanted are the calls to hear of: by its parameters, more than those that CIS and Security Hub ask for.
wanted contains name if some name in {"DisableKey", "ScheduleKeyDeletion"}

wanted contains "DeleteImportedKeyMaterial" if input.params["LOG-005"].imported_material

wanted contains "PutKeyPolicy" if input.params["LOG-005"].key_policy
