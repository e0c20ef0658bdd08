# METADATA
# title: One key protects buckets of several environments
# description: >-
#   Buckets of more than one environment, as the configuration tells them apart by tag or name, have the same default
#   key. Whoever may decrypt in one of them holds the key of the others too, and the separation hangs on S3's
#   policies alone; disabling the key after an accident in development stops production. One key for each
#   environment or tenant keeps them apart, for about $1 a month. The AWS managed key aws/s3 counts as well.
# related_resources:
#   - https://docs.aws.amazon.com/prescriptive-guidance/latest/encryption-best-practices/kms.html
# custom:
#   id: ACC-005
#   name: key-shared-across-environments
#   severity: medium
#   remediation: >-
#     Make a key for each environment, name it as the default of that environment's buckets, encrypt their objects
#     anew, and narrow each key policy to the environment's principals.
#   needs_intent: [environments]
#   reads: [s3:ListAllMyBuckets, s3:GetEncryptionConfiguration, s3:GetBucketTagging]
#   may_lack: [used_by]
#   cannot_see:
#     - Buckets that belong to no environment, and objects under the key in buckets with another default.
package kmsaudit.access.key_shared_across_environments

subjects contains k.arn if {
	some k in input.keys
	k.environments.names != []
}

deny contains finding if {
	some k in input.keys
	count(k.environments.names) > 1
	buckets := [bucket | some bucket in k.used_by.buckets]
	finding := {
		"resource": k.arn,
		"place": k.environments.place,
		"msg": sprintf("the key protects buckets of several environments: %s", [concat(", ", k.environments.names)]),
		"evidence": {"environments": k.environments.names, "buckets": buckets},
		"mend": [
			{"text": sprintf("leave the key to one of %s and make a key of its own for each other", [concat(", ", k.environments.names)])},
			{"text": "name each environment's key in the default encryption of its buckets, and encrypt their objects anew"},
		],
	}
}

unknown contains {"resource": k.arn, "why": k.unread.environments} if some k in input.keys
