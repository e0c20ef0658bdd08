# METADATA
# title: A log group is not encrypted with a KMS key
# description: >-
#   CloudWatch Logs encrypts every log group with a key of its own. With a customer managed key a reader needs kms:Decrypt
#   on it as well, the reading is recorded, and disabling the key closes the logs. Logs hold what programs print:
#   names, queries, tokens.
# related_resources:
#   - https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
# custom:
#   id: LOG-004
#   name: log-group-not-kms
#   severity: low
#   remediation: Associate a customer managed key with the log group, whose policy lets the service of the Region use it for the log group.
#   reads: [logs:DescribeLogGroups]
#   cannot_see:
#     - What was logged before a key was associated; it keeps the encryption that it has.
#     - Keys that an account-wide or query-result setting of CloudWatch Logs names.
#   compliance:
#     pci-dss-4.0.1: ["10.3.2"]
#     hipaa: ["164.312(a)(2)(iv)"]
#     nist-800-53-r5: [AU-9(3), SC-28(1)]
#   mend:
#     cli: |
#       aws logs associate-kms-key --log-group-name /aws/lambda/example \
#         --kms-key-id arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
#     terraform: |
#       resource "aws_cloudwatch_log_group" "example" {
#         name       = "/aws/lambda/example"
#         kms_key_id = aws_kms_key.example.arn
#       }
#     to: key policy
#     statement: |
#       {
#         "Sid": "OneLogGroup", "Effect": "Allow", "Principal": {"Service": "logs.us-east-1.amazonaws.com"},
#         "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"], "Resource": "*",
#         "Condition": {
#           "ArnEquals": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/example"}
#         }
#       }
package kmsaudit.logging.log_group_not_kms

import data.kmsaudit.lib.shell

subjects contains g.arn if some g in input.log_groups

deny contains finding if {
	some g in input.log_groups
	g.encryption.key == ""
	finding := {
		"resource": g.arn,
		"place": g.encryption.place,
		"msg": sprintf("the log group %s has no KMS key", [g.name]),
		"evidence": {"key": g.encryption.key},
		"mend": [{
			"text": "encrypt with a key of your own",
			"command": sprintf("aws logs associate-kms-key --region %s --log-group-name %s --kms-key-id KEY-ARN", [
				shell.quote(g.region),
				shell.quote(g.name),
			]),
		}],
	}
}

unknown contains {"resource": g.arn, "why": g.unread.encryption} if some g in input.log_groups
