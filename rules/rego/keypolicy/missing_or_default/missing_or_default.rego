# METADATA
# title: A production key has no key policy of its own
# description: >-
#   The key policy is the one that KMS gives a key which is made without one: it allows the account every action and says
#   nothing else. Whoever may write IAM policies decides who uses the key, and kms:Decrypt on every key, which many policies
#   allow, reaches it. For a key of production somebody should have said who uses it and who administers it. Only keys of
#   the environments that the parameter environments lists are judged, whatever their case; the configuration says how
#   the environment of a key is known: by its aliases, its tag, or the buckets that it is the default of.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
#   - https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
# custom:
#   id: POL-012
#   name: kms-policy-missing-or-default
#   severity: low
#   remediation: >-
#     Name the users and the administrators of the key in its policy, and leave to IAM policies what administers the key, so
#     that nobody is locked out.
#   reads:
#     - kms:GetKeyPolicy
#     - kms:ListResourceTags
#     - kms:ListAliases
#     - s3:ListAllMyBuckets
#     - s3:GetEncryptionConfiguration
#     - s3:GetBucketTagging
#   needs_intent: [environments]
#   params: {environments: [prod, production, live]}
#   cannot_see:
#     - Whether a policy with more statements says anything better.
#   suggested:
#     pci-dss-4.0.1: ["3.6.1"]
#     nist-800-53-r5: [CM-6]
#   mend:
#     to: key policy
#     statement: |
#       [
#         {
#           "Sid": "KeyUsers", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/ExampleRole"},
#           "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": "*"
#         },
#         {
#           "Sid": "AdministrationByIAM", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
#           "Action": [
#             "kms:Describe*", "kms:Get*", "kms:List*", "kms:PutKeyPolicy", "kms:Enable*", "kms:Disable*", "kms:Update*", "kms:TagResource",
#             "kms:UntagResource", "kms:CreateAlias", "kms:DeleteAlias", "kms:RevokeGrant", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"
#           ],
#           "Resource": "*"
#         }
#       ]
package kmsaudit.keypolicy.missing_or_default

subjects contains k.arn if {
	some k in input.keys
	k.plain.manager == "customer"
	asked(k.home.environments, input.params["POL-012"].environments) != []
}

deny contains finding if {
	some k in input.keys
	k.plain.default
	environments := asked(k.home.environments, input.params["POL-012"].environments)
	environments != []
	finding := {
		"resource": k.arn,
		"place": k.plain.place,
		"msg": sprintf("the key is of %s, and its policy is the default one", [concat(", ", environments)]),
		"evidence": {"environments": k.home.environments},
		"mend": [{"text": "name in the key policy who uses the key, and leave to IAM policies what administers it"}],
	}
}

unknown contains {"resource": k.arn, "why": k.unread.home} if some k in input.keys

unknown contains {"resource": k.arn, "why": k.unread.plain} if {
	some k in input.keys
	asked(k.home.environments, input.params["POL-012"].environments) != []
}

# asked are the environments among those that are judged.
asked(environments, judged) := [name |
	some name in environments
	lower(name) in {lower(other) | some other in judged}
]
