# METADATA
# title: The bucket is public, or nothing keeps it from becoming so
# description: >-
#   Critical where the bucket policy or the bucket's access control list lets strangers in and the bucket does not block
#   that: everybody on the internet, or everybody with an account at AWS, reads, lists or changes it. Encryption does not help where S3 decrypts for
#   them (SSE-S3); with SSE-KMS a stranger needs the key as well. A condition counts only if its values say who the
#   caller is: accounts, organizations, networks. Low where nobody gets in, and not all four switches of the bucket's
#   public access block are on: the next policy or access control list may open it. A website is the case for a waiver.
# related_resources:
#   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
#   - https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html
# custom:
#   id: S3-019
#   name: s3-public-bucket
#   severity: critical
#   severities: [low]
#   remediation: >-
#     Switch on all four parts of the bucket's public access block, better still of the account's; serve a website through
#     CloudFront with origin access control; switch access control lists off (BucketOwnerEnforced).
#   question: must_not_be_able
#   reads: [s3:GetBucketPolicy, s3:GetBucketPublicAccessBlock, s3:GetBucketOwnershipControls, s3:GetBucketAcl]
#   cannot_see:
#     - The public access block of the account and of the organization, which may keep strangers out all the same.
#     - Access control lists of single objects. They count only where lists do and are not ignored; such a bucket never passes.
#     - Access points, and objects that CloudFront or others hand on.
#   compliance:
#     pci-dss-4.0.1: ["1.4.4"]
#     cis-3.0: ["2.1.4"]
#     cis-5.0: ["2.1.4"]
#     nist-800-53-r5: [AC-3, AC-3(7), AC-4, AC-4(21), AC-6, AC-21, SC-7, SC-7(3), SC-7(4), SC-7(9), SC-7(11), SC-7(16), SC-7(20), SC-7(21)]
#     fsbp: [S3.1, S3.2, S3.3, S3.8]
#   suggested:
#     hipaa: ["164.312(a)(1)"]
#   parts:
#     - {controls: [S3.2, S3.3], unless: {open: []}}
#   mend:
#     cli: |
#       aws s3api put-public-access-block --bucket amzn-s3-demo-bucket --public-access-block-configuration \
#         BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
#       aws s3api put-bucket-ownership-controls --bucket amzn-s3-demo-bucket \
#         --ownership-controls '{"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}'
#     terraform: |
#       resource "aws_s3_bucket_public_access_block" "example" {
#         bucket                  = "amzn-s3-demo-bucket"
#         block_public_acls       = true
#         ignore_public_acls      = true
#         block_public_policy     = true
#         restrict_public_buckets = true
#       }
#
#       resource "aws_s3_bucket_ownership_controls" "example" {
#         bucket = "amzn-s3-demo-bucket"
#
#         rule {
#           object_ownership = "BucketOwnerEnforced"
#         }
#       }
#     to: service control policy
#     statement: |
#       {
#         "Sid": "PublicAccessStaysBlocked", "Effect": "Deny",
#         "Action": ["s3:PutBucketPublicAccessBlock", "s3:PutAccountPublicAccessBlock"], "Resource": "*",
#         "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/BucketAdmin"}}
#       }
package kmsaudit.bucket.public_bucket

import data.kmsaudit.lib.shell

subjects contains b.arn if some b in input.buckets

deny contains finding if {
	some b in input.buckets
	b.public.open != []
	finding := {
		"resource": b.arn,
		"place": b.public.place,
		"severity": "critical",
		"msg": sprintf("the bucket policy lets everybody do %s", [shown(b.public.open)]),
		"evidence": {"open": b.public.open, "by": b.public.by, "blocked": b.public.blocked},
		"mend": [block(b.name)],
	}
}

deny contains finding if {
	some b in input.buckets
	b.public.listed != []
	finding := {
		"resource": b.arn,
		"place": b.public.listed[0].place,
		"severity": "critical",
		"about": {"through": "access control list"},
		"msg": sprintf("the bucket's access control list gives %s", [concat("; ", granted(b.public.listed))]),
		"evidence": {"listed": b.public.listed, "blocked": b.public.blocked},
		"mend": [unlist(b.name)],
	}
}

deny contains finding if {
	some b in input.buckets
	b.public.open == []
	b.public.listed == []
	b.public.blocked != "all"
	finding := {
		"resource": b.arn,
		"place": b.public.place,
		"severity": "low",
		"msg": switches[b.public.blocked],
		"evidence": {"open": [], "by": [], "blocked": b.public.blocked},
		"mend": [block(b.name)],
	}
}

unknown contains {"resource": b.arn, "why": b.unread.public} if some b in input.buckets

switches := {
	"none": "nobody gets in, and nothing blocks public access to the bucket",
	"some": "nobody gets in, and public access to the bucket is blocked in part only",
}

# What strangers do first, in this order.
gravest := [
	"s3:GetObject",
	"s3:PutObject",
	"s3:DeleteObject",
	"s3:ListBucket",
	"s3:PutBucketPolicy",
	"s3:PutObjectAcl",
	"s3:GetBucketPolicy",
]

shown(open) := sprintf("%s%s", [concat(", ", array.slice(ordered, 0, most)), rest(count(ordered) - most)]) if {
	first := [action | some action in gravest; action in open]
	ordered := array.concat(first, [action | some action in open; not action in gravest])
}

most := 5

rest(n) := sprintf(" and %d more", [n]) if n > 0

rest(n) := "" if n <= 0

# What each is given, in the order of the list.
granted(listed) := [sprintf("%s %s", [to, concat(", ", permissions)]) |
	some to in {grant.to | some grant in listed}
	permissions := [grant.permission | some grant in listed; grant.to == to]
]

unlist(name) := {
	"text": "switch access control lists off; what others need, the bucket policy can say",
	"command": sprintf("aws s3api put-bucket-ownership-controls --bucket %s --ownership-controls %s", [
		shell.quote(name),
		"'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'",
	]),
}

block(name) := {
	"text": "block public access, if nobody outside needs the bucket",
	"command": sprintf("aws s3api put-public-access-block --bucket %s --public-access-block-configuration %s", [
		shell.quote(name),
		"BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
	]),
}
