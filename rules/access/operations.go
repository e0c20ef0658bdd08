package access

import "strings"

// Operation is an S3 operation and the requests it consists of (rule S3 and Q1).
type Operation struct {
	Name string `json:"name"`
	// S3 are the actions on the bucket or object itself.
	S3 []string `json:"s3"`
	// S3Source are the actions on the source of a copy.
	S3Source []string `json:"s3_source"`
	// KMS are the actions on the key of the object, or of the target of a copy.
	KMS []string `json:"kms"`
	// KMSSource are the actions on the key of the source of a copy.
	KMSSource []string `json:"kms_source"`
	// OnBucket says that the S3 actions are on the bucket, not on an object.
	OnBucket bool `json:"on_bucket"`
	// Writes says that the bucket's default encryption decides about the key and
	// the Bucket Key; else the object's own state does.
	Writes bool `json:"writes"`
	// Note is the reading taken where the documentation is silent.
	Note string `json:"note"`
}

func words(text string) []string { return strings.Fields(text) }

// Operations lists the S3 operations on general purpose buckets that are known,
// with what they need when the objects are under SSE-KMS.
func Operations() []Operation {
	const put = "s3:PutObject"
	return []Operation{
		{Name: "PutObject", S3: words(put), KMS: words("kms:GenerateDataKey"), Writes: true},
		{Name: "PostObject", S3: words(put), KMS: words("kms:GenerateDataKey"), Writes: true},
		{Name: "GetObject", S3: words("s3:GetObject"), KMS: words("kms:Decrypt")},
		{Name: "GetObjectVersion", S3: words("s3:GetObjectVersion"), KMS: words("kms:Decrypt")},
		{Name: "HeadObject", S3: words("s3:GetObject"), Note: "S3: HeadObject is taken to need no KMS action; with checksum mode on it needs kms:Decrypt"},
		{Name: "HeadObjectChecksum", S3: words("s3:GetObject"), KMS: words("kms:Decrypt"), Note: "S3: HeadObject with checksum mode on is taken to need kms:Decrypt only"},
		{
			Name: "GetObjectAttributes", S3: words("s3:GetObject s3:GetObjectAttributes"), KMS: words("kms:Decrypt"),
			Note: "S3: GetObjectAttributes is taken to need kms:Decrypt, for encrypted checksums",
		},
		{
			Name: "CopyObject", S3: words(put), S3Source: words("s3:GetObject"),
			KMS: words("kms:GenerateDataKey"), KMSSource: words("kms:Decrypt"), Writes: true,
		},
		{Name: "CreateMultipartUpload", S3: words(put), KMS: words("kms:GenerateDataKey"), Writes: true},
		{Name: "UploadPart", S3: words(put), KMS: words("kms:GenerateDataKey kms:Decrypt"), Writes: true},
		{
			Name: "UploadPartCopy", S3: words(put), S3Source: words("s3:GetObject"),
			KMS: words("kms:Decrypt"), KMSSource: words("kms:Decrypt"), Writes: true,
		},
		{Name: "CompleteMultipartUpload", S3: words(put), KMS: words("kms:Decrypt"), Writes: true},
		{Name: "ListParts", S3: words("s3:ListMultipartUploadParts"), KMS: words("kms:Decrypt"), Writes: true},
		{Name: "AbortMultipartUpload", S3: words("s3:AbortMultipartUpload")},
		{Name: "DeleteObject", S3: words("s3:DeleteObject")},
		{Name: "DeleteObjectVersion", S3: words("s3:DeleteObjectVersion")},
		{Name: "ListObjects", S3: words("s3:ListBucket"), OnBucket: true},
		{Name: "ListObjectsV2", S3: words("s3:ListBucket"), OnBucket: true},
		{Name: "ListObjectVersions", S3: words("s3:ListBucketVersions"), OnBucket: true},
		{Name: "HeadBucket", S3: words("s3:ListBucket"), OnBucket: true},
		{Name: "ListMultipartUploads", S3: words("s3:ListBucketMultipartUploads"), OnBucket: true},
		{Name: "GetObjectTagging", S3: words("s3:GetObjectTagging")},
		{Name: "PutObjectTagging", S3: words("s3:PutObjectTagging")},
		{Name: "DeleteObjectTagging", S3: words("s3:DeleteObjectTagging")},
		{Name: "GetObjectAcl", S3: words("s3:GetObjectAcl")},
		{Name: "PutObjectAcl", S3: words("s3:PutObjectAcl")},
		{Name: "SelectObjectContent", S3: words("s3:GetObject"), KMS: words("kms:Decrypt"), Note: "S3: SelectObjectContent is inferred to need kms:Decrypt"},
		{Name: "RestoreObject", S3: words("s3:RestoreObject"), KMS: words("kms:Decrypt"), Note: "S3: RestoreObject to a copy is inferred to need kms:Decrypt"},
		{
			Name: "UpdateObjectEncryption", S3: words("s3:UpdateObjectEncryption"),
			KMS: words("kms:Encrypt kms:Decrypt kms:GenerateDataKey kms:ReEncryptFrom kms:ReEncryptTo"), Writes: true,
		},
	}
}

func operation(name string) (Operation, bool) {
	name = strings.TrimPrefix(name, "s3:")
	for _, o := range Operations() {
		if strings.EqualFold(o.Name, name) {
			return o, true
		}
	}
	return Operation{}, false
}
