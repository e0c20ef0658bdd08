# METADATA
# title: The key of a trail serves trails of others
# description: >-
#   CloudTrail encrypts with the key of a trail as a service, for whoever's trail it is. Where the key policy does not say which
#   (aws:SourceArn with the trail's ARN, aws:SourceAccount, or a kms:EncryptionContext:aws:cloudtrail:arn of the account),
#   somebody of another account can name the key for a trail of theirs: the account pays for it, and its key encrypts what it
#   never sees. POL-009 says the same of services in general, this rule of what a trail or event data store needs. Trails that
#   belong to another account are left out.
# related_resources:
#   - https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
#   - https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
# custom:
#   id: LOG-003
#   name: cloudtrail-key-policy-unscoped
#   severity: low
#   remediation: Test aws:SourceArn for the trail's ARN in the statement of the key policy that lets CloudTrail use the key.
#   question: must_not_be_able
#   reads: [cloudtrail:DescribeTrails, cloudtrail:GetEventDataStore, kms:GetKeyPolicy]
#   cannot_see:
#     - The policy of a key of another account, or of a Region that the collection did not ask for.
#   suggested:
#     pci-dss-4.0.1: ["7.2.5"]
#     nist-800-53-r5: [AC-4]
#   mend:
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
package kmsaudit.logging.key_policy_unscoped

subjects contains t.arn if {
	some t in input.trails
	t.own
}

deny contains finding if {
	some t in input.trails
	t.own
	some statement in t.key_policy.unbound
	finding := {
		"resource": t.arn,
		"place": statement.place,
		"statement": statement.identity,
		"msg": sprintf("the key of %s lets CloudTrail use it for trails of anybody", [t.name]),
		"evidence": {"key": t.key_policy.key, "actions": statement.actions},
		"mend": [{"text": sprintf(`add to the statement "Condition": {"StringEquals": {"aws:SourceArn": "%s"}}`, [t.arn])}],
	}
}

unknown contains {"resource": t.arn, "why": t.unread.key_policy} if {
	some t in input.trails
	t.own
}
