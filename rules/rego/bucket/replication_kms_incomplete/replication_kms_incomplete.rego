# METADATA
# title: Objects under KMS keys are not replicated
# description: >-
#   S3 replicates objects under SSE-KMS only where the rule says so, names a key for the replicas, and the role of the
#   replication may decrypt with the source's key and encrypt with the replica's. What is missing shows nowhere but in
#   the status of each object: PutBucketReplication takes a key that does not exist, and a bucket that was meant as a
#   backup stays empty. Found are rules that are enabled and leave out objects under KMS although the bucket's default
#   is SSE-KMS; that name no key for the replicas, one that cannot be used, or one by id or alias, which means a key of
#   whoever asks; and roles that lack an action on one of the keys.
# related_resources:
#   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
#   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-troubleshoot.html
# custom:
#   id: S3-016
#   name: s3-replication-kms-incomplete
#   severity: medium
#   remediation: >-
#     In the replication rule set SourceSelectionCriteria.SseKmsEncryptedObjects to Enabled and
#     Destination.EncryptionConfiguration.ReplicaKmsKeyID to the ARN of a key in the destination's Region; allow the
#     role kms:Decrypt on the source's key and kms:Encrypt on the replica's. Objects that are there already need S3 Batch
#     Replication.
#   question: must_be_able
#   reads: [s3:GetReplicationConfiguration, s3:GetEncryptionConfiguration, kms:GetKeyPolicy, iam:GetAccountAuthorizationDetails]
#   cannot_see:
#     - What the role lacks on the two buckets themselves, and the policies of a destination in another account.
#     - Objects under SSE-KMS in a bucket whose default is another.
#   suggested:
#     hipaa: ["164.308(a)(7)(ii)(A)"]
#     nist-800-53-r5: [CP-9]
#   mend:
#     cli: |
#       aws s3api get-bucket-replication --bucket amzn-s3-demo-bucket --query ReplicationConfiguration > replication.json
#       aws s3api put-bucket-replication --bucket amzn-s3-demo-bucket --replication-configuration file://replication.json
#     terraform: |
#       resource "aws_s3_bucket_replication_configuration" "example" {
#         bucket = "amzn-s3-demo-bucket"
#         role   = aws_iam_role.example.arn
#
#         rule {
#           id     = "everything"
#           status = "Enabled"
#
#           filter {}
#
#           delete_marker_replication {
#             status = "Enabled"
#           }
#
#           source_selection_criteria {
#             sse_kms_encrypted_objects {
#               status = "Enabled"
#             }
#           }
#
#           destination {
#             bucket = "arn:aws:s3:::amzn-s3-demo-destination-bucket"
#
#             encryption_configuration {
#               replica_kms_key_id = aws_kms_key.replica.arn
#             }
#           }
#         }
#       }
#     to: inline policy
#     statement: |
#       [
#         {
#           "Sid": "ReadTheSource", "Effect": "Allow", "Action": "kms:Decrypt",
#           "Resource": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
#           "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
#         },
#         {
#           "Sid": "WriteTheReplica", "Effect": "Allow", "Action": "kms:Encrypt",
#           "Resource": "arn:aws:kms:eu-west-1:111122223333:key/0987dcba-09fe-87dc-65ba-ab0987654321",
#           "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
#         }
#       ]
package kmsaudit.bucket.replication_kms_incomplete

subjects contains b.arn if {
	some b in input.buckets
	b.replication.rules > 0
}

deny contains finding if {
	some b in input.buckets
	some fault in b.replication.faults
	finding := {
		"resource": b.arn,
		"place": fault.place,
		"about": {"rule": fault.rule, "problem": fault.problem, "key": fault.key},
		"msg": sprintf("replication rule %s to %s: %s", [fault.rule, fault.destination, says(fault.problem, fault.key, fault.actions, fault.why)]),
		"evidence": {"problem": fault.problem, "key": fault.key, "actions": fault.actions, "role": b.replication.role, "why": fault.why},
		"mend": mends(fault.problem, b.replication.role, fault.key, fault.actions),
	}
}

unknown contains {"resource": b.arn, "why": b.unread.replication} if some b in input.buckets

says("off", _, _, _) := "objects under KMS keys are left out, and the bucket's default is SSE-KMS"

says("key_missing", _, _, _) := "no key is named for the replicas"

says("key_form", key, _, _) := sprintf("the key of the replicas is named as %s, not by its ARN", [key])

says("key_unusable", key, _, why) := sprintf("the key of the replicas %s cannot be used: %s", [key, why])

says("denied", key, actions, why) := sprintf("the role lacks %s on %s: %s", [concat(", ", actions), key, why])

mends("denied", role, key, actions) := [{
	"text": "allow the role what S3 does with the key in its name; a key of another account needs it in its key policy too",
	"to": sprintf("identity policy of %s", [role]),
	"statement": {"Effect": "Allow", "Action": actions, "Resource": key},
}]

mends(problem, _, _, _) := [{"text": settings[problem]}]

settings := {
	"off": "set SourceSelectionCriteria.SseKmsEncryptedObjects.Status of the rule to Enabled, and name a key for the replicas",
	"key_missing": "set Destination.EncryptionConfiguration.ReplicaKmsKeyID of the rule to the ARN of a key in the destination's Region",
	"key_form": "name the key in Destination.EncryptionConfiguration.ReplicaKmsKeyID by its full ARN",
	"key_unusable": "bring the key back, or name another one of the destination's Region",
}
