# METADATA
# title: A statement about KMS or S3 has parts that never match
# description: >-
#   Some of the statement can match no request, whatever else is allowed or denied: an action is misspelt or the name of
#   an operation that asks for another action; an action is on objects and the statement names the bucket, or on no
#   resource and the statement names a key; kms:ViaService names the service of another Region than the key's; a
#   condition tests what no request for the action carries, such as the encryption context of kms:DescribeKey. An
#   Allow gives less than it says, and somebody will widen it elsewhere. A Deny protects less than it says. Only what is
#   certain is found. A key that is named by its alias is the matter of iam-kms-resource-alias-arn; a statement
#   that could match and that other policies always overrule is that of statement-has-no-effect.
# related_resources:
#   - https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
#   - https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
#   - https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
# custom:
#   id: IAM-010
#   name: iam-kms-ineffective-statement
#   severity: low
#   remediation: >-
#     Correct the name, the resource or the condition, or take the part out. Actions that need other resources or other
#     conditions belong into a statement of their own.
#   reads: [iam:GetAccountAuthorizationDetails]
#   cannot_see:
#     - Actions that are newer than this version of kmsaudit; a name is found only if it is close to one that is known.
#     - Statements with NotAction, and actions of other services than KMS and S3.
#   mend:
#     to: managed policy
#     statement: |
#       [
#         {
#           "Sid": "ThroughS3OfTheSameRegion", "Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
#           "Resource": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
#           "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
#         },
#         {"Sid": "Objects", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*"},
#         {"Sid": "TheBucket", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket"}
#       ]
package kmsaudit.identity.kms_ineffective_statement

subjects contains p.id if {
	some p in input.policies
	p.manager == "customer"
}

deny contains finding if {
	some p in input.policies
	p.manager == "customer"
	some statement in p.idle.statements
	finding := {
		"subject": p.id,
		"resource": p.arn,
		"place": statement.place,
		"statement": statement.identity,
		"about": {"policy": p.name},
		"msg": sprintf("the policy %s has a statement that %s: %s", [
			p.name,
			effects[statement.effect][statement.whole],
			concat("; ", [sprintf("%s: %s", [part.what, part.why]) | some part in statement.parts]),
		]),
		"evidence": {"effect": statement.effect, "whole": statement.whole, "parts": statement.parts},
		"mend": [{"text": sprintf("%s: %s", [part.what, part.mend]), "to": sprintf("policy %s of %s", [p.name, p.arn])} |
			some part in statement.parts
		],
	}
}

unknown contains {"subject": p.id, "resource": p.arn, "about": {"policy": p.name}, "why": p.unread.idle} if {
	some p in input.policies
	p.manager == "customer"
}

effects := {
	"Allow": {true: "allows nothing", false: "allows less than it says"},
	"Deny": {true: "denies nothing and protects nothing", false: "denies less than it says"},
}
