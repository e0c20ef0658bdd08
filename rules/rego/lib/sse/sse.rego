# METADATA
# description: The default encryption of buckets, for mends.
package kmsaudit.lib.sse

import data.kmsaudit.lib.shell

# put is the command that sets the default encryption of a bucket. It replaces the whole
# configuration, and so it says again what is to stay: the Bucket Key and the block on SSE-C.
put(bucket, algorithm, key, bucket_key, sse_c) := sprintf(
	"aws s3api put-bucket-encryption --bucket %s --server-side-encryption-configuration %s",
	[
		shell.quote(bucket),
		shell.quote(json.marshal({"Rules": [object.union(
			{
				"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm, "KMSMasterKeyID": key},
				"BucketKeyEnabled": bucket_key,
			},
			blocked[sse_c],
		)]})),
	],
)

# first is the first key that is known, or a word to replace.
first(keys) := array.concat([key | some key in keys; key != ""], ["KEY-ARN"])[0]

blocked := {
	"blocked": {"BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]}},
	"allowed": {"BlockedEncryptionTypes": {"EncryptionType": ["NONE"]}},
	"unsaid": {},
}
