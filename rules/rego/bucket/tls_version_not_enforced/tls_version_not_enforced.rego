# METADATA
# title: The bucket policy sets no floor for the version of TLS
# description: >-
#   Old versions of TLS can be broken. S3 itself refuses everything below TLS 1.2 by now, so that a floor of 1.2 in
#   the policy says what is so anyway and keeps it so; a floor of 1.3 asks for more than S3 does. What sets a floor is a
#   Deny where s3:TlsVersion is less than it, for all principals, for all actions, on the bucket and on its objects.
#   Requests are tried against the policy to see what is left open. The parameter minimum is the floor that is wanted, 1.2
#   unless the configuration says otherwise. Plain HTTP is the matter of s3-tls-not-enforced.
# related_resources:
#   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingEncryptionInTransit.html
#   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html
# custom:
#   id: S3-014
#   name: s3-tls-version-not-enforced
#   severity: low
#   remediation: >-
#     Add a Deny of s3:* to Principal * with NumericLessThan s3:TlsVersion, on the ARN of the bucket and on that of
#     its objects.
#   reads: [s3:GetBucketPolicy]
#   params: {minimum: "1.2"}
#   cannot_see:
#     - Requests are samples, some of each half of the bucket and by three kinds of caller.
#     - Service control policies and the policies of the principals, which may deny it too.
#     - Clients behind AWS PrivateLink, for which S3 does not offer TLS 1.3.
#   suggested:
#     pci-dss-4.0.1: ["4.2.1"]
#     hipaa: ["164.312(e)(2)(ii)"]
#     nist-800-53-r5: [SC-8(1)]
#   mend:
#     to: bucket policy
#     statement: |
#       {
#         "Sid": "NoOldTLS", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
#         "Resource": ["arn:aws:s3:::amzn-s3-demo-bucket", "arn:aws:s3:::amzn-s3-demo-bucket/*"],
#         "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}
#       }
package kmsaudit.bucket.tls_version_not_enforced

subjects contains b.arn if some b in input.buckets

deny contains finding if {
	some b in input.buckets
	minimum := input.params["S3-014"].minimum
	rank(b.tls.floor) < rank(minimum)
	finding := {
		"resource": b.arn,
		"place": b.tls.place,
		"msg": says(b.tls.floor, b.tls.open, minimum),
		"evidence": {"floor": b.tls.floor, "minimum": minimum, "open": b.tls.open},
		"mend": [{
			"text": "deny older versions to everybody, on the bucket and on its objects",
			"to": sprintf("bucket policy of %s", [b.arn]),
			"statement": {
				"Effect": "Deny",
				"Principal": "*",
				"Action": "s3:*",
				"Resource": [b.arn, sprintf("%s/*", [b.arn])],
				"Condition": {"NumericLessThan": {"s3:TlsVersion": minimum}},
			},
		}],
	}
}

unknown contains {"resource": b.arn, "why": b.unread.tls} if some b in input.buckets

# A minimum that is no version of TLS is above all that are.
rank(version) := ranks[version]

rank(version) := 5 if not ranks[version]

ranks := {"none": 0, "1.0": 1, "1.1": 2, "1.2": 3, "1.3": 4}

says("none", [], minimum) := sprintf("nothing denies versions of TLS before %s", [minimum])

says("none", open, minimum) := sprintf("versions of TLS before %s are not denied everywhere; open are %s", [minimum, concat(", ", open)]) if {
	open != []
}

says(lowest, _, minimum) := sprintf("versions of TLS before %s are denied, and those before %s should be", [lowest, minimum]) if lowest != "none"
