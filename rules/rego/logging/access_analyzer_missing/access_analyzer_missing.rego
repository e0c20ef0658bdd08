# METADATA
# title: IAM Access Analyzer does not look for access from outside
# description: >-
#   In some Region no active analyzer looks for access from outside the account or the organization to keys, buckets and
#   roles. An analyzer reads key policies and grants as AWS itself does, in the moment that they change, and tells of
#   each that lets others in; external access costs nothing. It sees its own Region only.
# related_resources:
#   - https://docs.aws.amazon.com/IAM/latest/UserGuide/what-is-access-analyzer.html
# custom:
#   id: LOG-008
#   name: access-analyzer-external-access-missing
#   severity: low
#   remediation: Make an analyzer of type ACCOUNT in every Region that is used, or of type ORGANIZATION in the management or a delegated account.
#   reads: [access-analyzer:ListAnalyzers]
#   cannot_see:
#     - Analyzers of the organization in another account, which look at this one too.
#     - Regions that the collection did not ask for.
#   compliance:
#     cis-3.0: ["1.20"]
#     cis-5.0: ["1.19"]
#     fsbp: [IAM.28]
#   suggested:
#     pci-dss-4.0.1: ["7.2.4"]
#     nist-800-53-r5: [AC-6]
#   mend:
#     cli: |
#       aws accessanalyzer create-analyzer --analyzer-name account --type ACCOUNT
#     terraform: |
#       resource "aws_accessanalyzer_analyzer" "example" {
#         analyzer_name = "account"
#         type          = "ACCOUNT"
#       }
#     to: service control policy
#     statement: |
#       {
#         "Sid": "AnalyzersStay", "Effect": "Deny", "Action": "access-analyzer:DeleteAnalyzer", "Resource": "*",
#         "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/SecurityAdmin"}}
#       }
package kmsaudit.logging.access_analyzer_missing

import data.kmsaudit.lib.shell

subjects contains m.arn if some m in input.monitoring

deny contains finding if {
	some m in input.monitoring
	m.analyzers.missing != []
	finding := {
		"resource": m.arn,
		"place": m.analyzers.place,
		"msg": sprintf("no active analyzer looks for access from outside in %s", [concat(", ", m.analyzers.missing)]),
		"evidence": {"missing": m.analyzers.missing},
		"mend": [
		{
			"text": "make an analyzer",
			"command": sprintf("aws accessanalyzer create-analyzer --region %s --type ACCOUNT --analyzer-name account", [shell.quote(region)]),
		} |
			some region in m.analyzers.missing
		],
	}
}

unknown contains {"resource": m.arn, "why": m.unread.analyzers} if some m in input.monitoring
