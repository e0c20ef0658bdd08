package access

import (
	"strings"
	"sync"
)

// Operation is an S3 operation and the requests it consists of (rule S3 and Q1).
type Operation struct {
	Name string `json:"name"`
	// S3 are the actions on the bucket or object itself.
	S3 []string `json:"s3"`
	// S3Source are the actions on the source of a copy.
	S3Source []string `json:"s3_source"`
	// S3Bucket are further actions on the bucket, S3SourceBucket on that of the
	// source.
	S3Bucket       []string `json:"s3_bucket"`
	S3SourceBucket []string `json:"s3_source_bucket"`
	// KMS are the actions on the key of the object, or of the target of a copy.
	KMS []string `json:"kms"`
	// KMSSource are the actions on the key of the source of a copy.
	KMSSource []string `json:"kms_source"`
	// KMSPlain, where given, stands in place of KMS when the source is known not
	// to be under SSE-KMS.
	KMSPlain []string `json:"kms_plain"`
	// KMSBucketKey are further actions on the key of the target when it is under a
	// Bucket Key.
	KMSBucketKey []string `json:"kms_bucket_key"`
	// OnBucket says that the S3 actions are on the bucket, not on an object.
	OnBucket bool `json:"on_bucket"`
	// Service is the service principal that does it by itself, "" for operations
	// that a caller asks for.
	Service string `json:"service"`
	// Directory says that it is an operation on directory buckets.
	Directory bool `json:"directory"`
	// Writes says that the bucket's default encryption decides about the key and
	// the Bucket Key; else the object's own state does.
	Writes bool `json:"writes"`
	// Note is the reading taken where the documentation is silent.
	Note string `json:"note"`
}

func words(text string) []string { return strings.Fields(text) }

// Operations lists the S3 operations that are known, with what they need when the
// objects are under SSE-KMS.
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
			Name: "GetObjectVersionAttributes", S3: words("s3:GetObjectVersion s3:GetObjectVersionAttributes"), KMS: words("kms:Decrypt"),
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
		{
			Name: "Replication", S3: words("s3:ReplicateObject s3:ReplicateTags"), Writes: true,
			S3Source:       words("s3:GetObjectVersionForReplication s3:GetObjectVersionAcl s3:GetObjectVersionTagging"),
			S3SourceBucket: words("s3:GetReplicationConfiguration s3:ListBucket"),
			KMS:            words("kms:Encrypt"), KMSSource: words("kms:Decrypt"), KMSPlain: words("kms:GenerateDataKey"), KMSBucketKey: words("kms:Decrypt"),
			Note: "S3: replication is taken to need kms:Encrypt on the replica's key; the troubleshooting page names kms:GenerateDataKey too",
		},
		{
			Name: "BatchOperationsManifest", S3: words("s3:GetObject s3:GetObjectVersion"), KMS: words("kms:Decrypt kms:GenerateDataKey"),
			Note: "S3: what a job of Batch Operations does to the objects are operations of its own",
		},
		{Name: "BatchOperationsReport", S3: words(put), KMS: words("kms:GenerateDataKey"), Writes: true},
		{Name: "InventoryDelivery", S3: words(put), KMS: words("kms:GenerateDataKey"), Writes: true, Service: "s3.amazonaws.com"},
		{
			Name: "AccessLogDelivery", S3: words(put), KMS: words("kms:GenerateDataKey"), Writes: true, Service: "logging.s3.amazonaws.com",
			Note: "S3: the documentation wants SSE-S3 where server access logs go; delivery under SSE-KMS is taken to work if the key policy lets the service",
		},
		{
			Name: "CloudTrailDelivery", S3: words(put), S3Bucket: words("s3:GetBucketAcl"), KMS: words("kms:GenerateDataKey"), Writes: true,
			Service: "cloudtrail.amazonaws.com",
		},
		{
			Name: "CreateSession", S3: words("s3express:CreateSession"), KMS: words("kms:GenerateDataKey kms:Decrypt"),
			OnBucket: true, Writes: true, Directory: true,
			Note: "S3: by which service name and with which encryption context a directory bucket calls KMS is taken as not known",
		},
	}
}

// operationsByName are the operations by name in lower case.
var operationsByName = sync.OnceValue(func() map[string]Operation {
	by := map[string]Operation{}
	for _, o := range Operations() {
		by[strings.ToLower(o.Name)] = o
	}
	return by
})

// NamedOperation finds an operation by its name, with or without s3: in front, in any
// case. Its lists are not to be changed.
func NamedOperation(name string) (Operation, bool) {
	o, found := operationsByName()[strings.ToLower(strings.TrimPrefix(name, "s3:"))]
	return o, found
}
