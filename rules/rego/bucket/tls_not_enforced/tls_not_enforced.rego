# METADATA
# title: The bucket answers over plain HTTP
# description: >-
#   Whoever sits on the way reads and changes what travels without TLS. Encryption at rest does not help, whatever
#   the method: S3 decrypts before it sends. For objects under SSE-KMS and SSE-C S3 itself refuses plain HTTP,
#   for those under SSE-S3 it does not; with client-side encryption nothing but names and listings can be read.
#   What enforces TLS is a Deny where aws:SecureTransport is false, for all principals, for all actions, on the
#   bucket and on its objects. One that leaves out a part leaves that part open; requests are tried against the
#   policy to see which.
# related_resources:
#   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
#   - https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-ssl-requests-only.html
# custom:
#   id: S3-013
#   name: s3-tls-not-enforced
#   severity: medium
#   remediation: >-
#     Add a Deny of s3:* to Principal * with Bool aws:SecureTransport false, on the ARN of the bucket and on that
#     of its objects.
#   reads: [s3:GetBucketPolicy]
#   cannot_see:
#     - Requests are samples, some of each half of the bucket and by three kinds of caller; a Deny with exceptions made for others passes.
#     - Service control policies and the policies of the principals, which may deny it too.
#   compliance:
#     pci-dss-4.0.1: ["4.2.1"]
#     hipaa: ["164.312(e)(1)", "164.312(e)(2)(i)"]
#     cis-3.0: ["2.1.1"]
#     cis-5.0: ["2.1.1"]
#     nist-800-53-r5: [AC-4, AC-17(2), IA-5(1), SC-7(4), SC-8, SC-8(1), SC-8(2), SC-12(3), SC-13, SC-23, SC-23(3), SI-7(6)]
#     fsbp: [S3.5]
#   mend:
#     to: bucket policy
#     statement: |
#       {
#         "Sid": "TLSOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
#         "Resource": ["arn:aws:s3:::amzn-s3-demo-bucket", "arn:aws:s3:::amzn-s3-demo-bucket/*"],
#         "Condition": {"Bool": {"aws:SecureTransport": "false"}}
#       }
package kmsaudit.bucket.tls_not_enforced

subjects contains b.arn if some b in input.buckets

deny contains finding if {
	some b in input.buckets
	b.guards.open_to_http != []
	finding := {
		"resource": b.arn,
		"place": b.guards.place,
		"msg": says({request | some request in b.guards.open_to_http}),
		"evidence": {"open_to_http": b.guards.open_to_http},
		"mend": [{
			"text": "deny plain HTTP to everybody, on the bucket and on its objects",
			"to": sprintf("bucket policy of %s", [b.arn]),
			"statement": {
				"Effect": "Deny",
				"Principal": "*",
				"Action": "s3:*",
				"Resource": [b.arn, sprintf("%s/*", [b.arn])],
				"Condition": {"Bool": {"aws:SecureTransport": "false"}},
			},
		}],
	}
}

unknown contains {"resource": b.arn, "why": b.unread.guards} if some b in input.buckets

says(open) := "plain HTTP is not denied" if every_request - open == set()

says(open) := sprintf("plain HTTP is not denied everywhere; open are %s", [concat("; ", halves)]) if {
	every_request - open != set()
	on_bucket := {request |
		some request in open
		split(request, " by ")[0] in bucket_actions
	}
	on_objects := {request |
		some request in open
		split(request, " by ")[0] in object_actions
	}
	halves := [sprintf("%s: %s", [half, grouped(requests)]) |
		some [half, requests] in [["the bucket", on_bucket], ["its objects", on_objects], ["either", (open - on_bucket) - on_objects]]
		requests != set()
	]
}

# grouped names each action once, with its callers.
grouped(requests) := concat(", ", [sprintf("%s by %s", [action, concat(" and ", sort(callers_of(action, requests)))]) |
	some action in sort({split(request, " by ")[0] | some request in requests})
])

callers_of(action, requests) := {split(request, " by ")[1] |
	some request in requests
	split(request, " by ")[0] == action
}

every_request contains sprintf("%s by %s", [action, caller]) if {
	some action in (bucket_actions | object_actions)
	some caller in callers
}

bucket_actions := {"s3:GetBucketPolicy", "s3:ListBucket"}

object_actions := {"s3:DeleteObject", "s3:GetObject", "s3:PutObject"}

callers := {"a role of the account", "another account", "anybody"}
