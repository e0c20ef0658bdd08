# METADATA
# title: A service may use the key for anybody
# description: >-
#   A statement of the key policy lets a service of AWS use the key and does not say for whom. The service serves all accounts:
#   somebody of another account can have it use this key for their own resources (the confused deputy). A fixed
#   aws:SourceAccount, aws:SourceArn or aws:SourceOrgID holds the service to yours; so does a part of the encryption context
#   that names a resource of yours, as the log groups of CloudWatch Logs, and so does a Deny in the policy or in a resource
#   control policy. Statements that only look at the key (Describe, Get, List) are left out. Most services need none of this:
#   they use the key with the caller's permissions or by a grant.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/least-privilege.html
#   - https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
# custom:
#   id: POL-009
#   name: kms-policy-service-principal-unscoped
#   severity: medium
#   remediation: Test aws:SourceAccount, and aws:SourceArn where one resource is meant, in the statement.
#   question: must_not_be_able
#   reads: [kms:GetKeyPolicy]
#   cannot_see:
#     - Whether the service says for whom it acts. Where it does not, its documentation says which part of the encryption
#       context to test.
#     - Resource control policies, unless they are in the snapshot; they are taken as denying nothing.
#   suggested:
#     pci-dss-4.0.1: ["7.2.5"]
#     hipaa: ["164.312(a)(1)"]
#     nist-800-53-r5: [AC-4]
#   mend:
#     to: key policy
#     statement: |
#       {
#         "Sid": "NotificationsOfOneBucket", "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"},
#         "Action": ["kms:Decrypt", "kms:GenerateDataKey*"], "Resource": "*",
#         "Condition": {
#           "StringEquals": {"aws:SourceAccount": "111122223333"},
#           "ArnEquals": {"aws:SourceArn": "arn:aws:s3:::amzn-s3-demo-bucket"}
#         }
#       }
package kmsaudit.keypolicy.service_unscoped

subjects contains k.arn if {
	some k in input.keys
	k.services.manager == "customer"
}

deny contains finding if {
	some k in input.keys
	some statement in k.services.unbound
	finding := {
		"resource": k.arn,
		"place": statement.place,
		"statement": statement.identity,
		"msg": sprintf("%s may use the key for anybody: %s", [
			concat(", ", statement.services),
			concat(", ", statement.actions),
		]),
		"evidence": {"services": statement.services, "actions": statement.actions},
		"mend": [
			{"text": sprintf(
				`add to the statement "Condition": {"StringEquals": {"aws:SourceAccount": "%s"}}, or aws:SourceArn for one resource`,
				[input.account.id],
			)},
			{"text": "or aws:SourceOrgID, if the service acts for resources of other accounts of your organization"},
		],
	}
}

unknown contains {"resource": k.arn, "why": k.unread.services} if some k in input.keys
