package kmsaudit.lib.sse_test

import data.kmsaudit.lib.sse

test_put[said] if {
	some said, more in {
		"unsaid": "",
		"blocked": `"BlockedEncryptionTypes":{"EncryptionType":["SSE-C"]},`,
		"allowed": `"BlockedEncryptionTypes":{"EncryptionType":["NONE"]},`,
	}
	sse.put("b'", "aws:kms", "k", true, said) == concat("", [
		`aws s3api put-bucket-encryption --bucket 'b'\''' --server-side-encryption-configuration '{"Rules":[`,
		`{"ApplyServerSideEncryptionByDefault":{"KMSMasterKeyID":"k","SSEAlgorithm":"aws:kms"},`,
		more,
		`"BucketKeyEnabled":true}]}'`,
	])
}

test_first[named] if {
	some named, keys in {"a": ["a", "b"], "b": ["", "b"], "KEY-ARN": ["", ""]}
	sse.first(keys) == named
}
