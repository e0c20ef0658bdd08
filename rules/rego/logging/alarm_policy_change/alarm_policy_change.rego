# METADATA
# title: Nobody hears of changes of bucket policies or IAM policies
# description: >-
#   Policies of buckets and of IAM decide who reaches data and keys. A change that nobody meant is found months later in an audit,
#   or in the minute that it is made. What counts as hearing of it is told at LOG-005: a metric filter with a live alarm, or a
#   rule of EventBridge with a target, for every call in CIS's lists (4.8 for buckets, in every Region that was asked; 4.4 for
#   IAM, in the Region where IAM's events are). There is one finding for buckets and one for IAM.
# related_resources:
#   - https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-8
#   - https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-4
# custom:
#   id: LOG-006
#   name: alarm-bucket-or-iam-policy-change
#   severity: low
#   remediation: >-
#     Make a rule of EventBridge for the calls, with a topic as its target, or a metric filter and an alarm on the log group of a
#     trail for all Regions.
#   reads:
#     - cloudtrail:ListTrails
#     - cloudtrail:DescribeTrails
#     - cloudtrail:GetTrailStatus
#     - cloudtrail:GetEventSelectors
#     - logs:DescribeMetricFilters
#     - cloudwatch:DescribeAlarms
#     - events:ListRules
#     - events:ListTargetsByRule
#   cannot_see:
#     - Filters and alarms on a log group of another account, as of a trail of the organization; the answer is unknown then.
#     - Whether the topic or the function behind an alarm or rule exists and somebody reads it.
#   compliance:
#     cis-3.0: ["4.4", "4.8"]
#     cis-5.0: ["4.4", "4.8"]
#     fsbp: [CloudWatch.4, CloudWatch.8]
#   suggested:
#     pci-dss-4.0.1: ["10.2.1"]
#     hipaa: ["164.312(b)"]
#     nist-800-53-r5: [SI-4]
#   parts:
#     - {controls: ["4.4", CloudWatch.4], about: {policies: IAM}}
#     - {controls: ["4.8", CloudWatch.8], about: {policies: buckets}}
#   mend:
#     cli: |
#       aws events put-rule --name bucket-policy-changes --event-pattern '{
#         "source": ["aws.s3"], "detail-type": ["AWS API Call via CloudTrail"],
#         "detail": {"eventSource": ["s3.amazonaws.com"], "eventName": [
#           "PutBucketAcl", "PutBucketPolicy", "PutBucketCors", "PutBucketLifecycle", "PutBucketReplication",
#           "DeleteBucketPolicy", "DeleteBucketCors", "DeleteBucketLifecycle", "DeleteBucketReplication"
#         ]}
#       }'
#       aws events put-targets --rule bucket-policy-changes --targets Id=topic,Arn=arn:aws:sns:us-east-1:111122223333:security
#       aws events put-rule --name iam-policy-changes --event-pattern '{
#         "source": ["aws.iam"], "detail-type": ["AWS API Call via CloudTrail"],
#         "detail": {"eventSource": ["iam.amazonaws.com"], "eventName": [
#           "DeleteGroupPolicy", "DeleteRolePolicy", "DeleteUserPolicy", "PutGroupPolicy", "PutRolePolicy",
#           "PutUserPolicy", "CreatePolicy", "DeletePolicy", "CreatePolicyVersion", "DeletePolicyVersion",
#           "AttachRolePolicy", "DetachRolePolicy", "AttachUserPolicy", "DetachUserPolicy", "AttachGroupPolicy",
#           "DetachGroupPolicy"
#         ]}
#       }'
#       aws events put-targets --rule iam-policy-changes --targets Id=topic,Arn=arn:aws:sns:us-east-1:111122223333:security
#     terraform: |
#       resource "aws_cloudwatch_event_rule" "buckets" {
#         name = "bucket-policy-changes"
#         event_pattern = jsonencode({
#           source      = ["aws.s3"]
#           detail-type = ["AWS API Call via CloudTrail"]
#           detail = {
#             eventSource = ["s3.amazonaws.com"]
#             eventName = [
#               "PutBucketAcl", "PutBucketPolicy", "PutBucketCors", "PutBucketLifecycle", "PutBucketReplication",
#               "DeleteBucketPolicy", "DeleteBucketCors", "DeleteBucketLifecycle", "DeleteBucketReplication"
#             ]
#           }
#         })
#       }
#
#       resource "aws_cloudwatch_event_target" "buckets" {
#         rule = aws_cloudwatch_event_rule.buckets.name
#         arn  = "arn:aws:sns:us-east-1:111122223333:security"
#       }
#
#       resource "aws_cloudwatch_event_rule" "iam" {
#         name = "iam-policy-changes"
#         event_pattern = jsonencode({
#           source      = ["aws.iam"]
#           detail-type = ["AWS API Call via CloudTrail"]
#           detail = {
#             eventSource = ["iam.amazonaws.com"]
#             eventName = [
#               "DeleteGroupPolicy", "DeleteRolePolicy", "DeleteUserPolicy", "PutGroupPolicy", "PutRolePolicy",
#               "PutUserPolicy", "CreatePolicy", "DeletePolicy", "CreatePolicyVersion", "DeletePolicyVersion",
#               "AttachRolePolicy", "DetachRolePolicy", "AttachUserPolicy", "DetachUserPolicy", "AttachGroupPolicy",
#               "DetachGroupPolicy"
#             ]
#           }
#         })
#       }
#
#       resource "aws_cloudwatch_event_target" "iam" {
#         rule = aws_cloudwatch_event_rule.iam.name
#         arn  = "arn:aws:sns:us-east-1:111122223333:security"
#       }
#     lacks:
#       statement: A rule of EventBridge is a setting. The topic's own policy has to let events.amazonaws.com publish.
package kmsaudit.logging.alarm_policy_change

import data.kmsaudit.lib.alarms

subjects contains m.arn if some m in input.monitoring

deny contains finding if {
	some m in input.monitoring
	m.bucket_alarms.missing != []
	finding := object.union({"resource": m.arn}, told("buckets", "s3", m.bucket_alarms))
}

deny contains finding if {
	some m in input.monitoring
	m.identity_alarms.missing != []
	finding := object.union({"resource": m.arn}, told("IAM", "iam", m.identity_alarms))
}

unknown contains {"resource": m.arn, "why": m.unread.bucket_alarms} if some m in input.monitoring

unknown contains {"resource": m.arn, "why": m.unread.identity_alarms} if some m in input.monitoring

unknown contains {"resource": m.arn, "why": one.unread} if {
	some m in input.monitoring
	some one in m.bucket_alarms.undecided
}

unknown contains {"resource": m.arn, "why": one.unread} if {
	some m in input.monitoring
	some one in m.identity_alarms.undecided
}

told(policies, service, watch) := {
	"place": watch.place,
	"about": {"policies": policies},
	"msg": sprintf("nobody hears of changes of policies of %s: %s%s", [policies, alarms.tell(watch.missing), alarms.idle(watch.idle)]),
	"evidence": {"missing": watch.missing, "idle": watch.idle},
	"mend": [alarms.mend(sprintf("%s-policy-changes", [service]), service, watch.missing)],
}
