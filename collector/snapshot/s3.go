package snapshot

import "time"

// Bucket is a general purpose bucket.
type Bucket struct {
	ARN               string                     `json:"arn"`
	Name              string                     `json:"name"`
	CreatedAt         time.Time                  `json:"created_at,omitzero"`
	Region            Reading[string]            `json:"region"`
	Encryption        Reading[Encryption]        `json:"encryption"`
	Policy            Reading[Document]          `json:"policy"`
	PublicAccessBlock Reading[PublicAccessBlock] `json:"public_access_block"`
	Ownership         Reading[string]            `json:"ownership"` // BucketOwnerEnforced, …
	// ACL does not apply, and is not asked for, where the bucket's owner owns every
	// object (BucketOwnerEnforced): access control lists count for nothing then.
	ACL         Reading[ACL]               `json:"acl"`
	Tags        Reading[map[string]string] `json:"tags"`
	Versioning  Reading[Versioning]        `json:"versioning"`
	Replication Reading[Replication]       `json:"replication"`
	Logging     Reading[Logging]           `json:"logging"`
	Inventories Reading[[]InventoryConfig] `json:"inventories"`
	// Objects are those that were asked by name, and those of the sample.
	Objects []Object        `json:"objects"`
	Sample  Reading[Sample] `json:"sample"`
}

// Encryption is a bucket's default encryption. S3 has one rule per bucket today;
// the API is a list.
type Encryption struct {
	Rules []EncryptionRule `json:"rules"`
}

// EncryptionRule is one default encryption rule.
type EncryptionRule struct {
	Algorithm string `json:"algorithm"` // AES256, aws:kms, aws:kms:dsse, …
	// Key is the key as configured: an ARN, a bare id or an alias; "" means the
	// AWS managed key aws/s3 when the algorithm is aws:kms.
	Key       string `json:"key,omitzero"`
	BucketKey bool   `json:"bucket_key"`
	// BlockedTypes are the encryption types that the bucket refuses, such as
	// SSE-C; NONE means that none is refused; empty means that S3 did not say.
	BlockedTypes []string `json:"blocked_types,omitzero"`
}

// PublicAccessBlock is a bucket's public access block.
type PublicAccessBlock struct {
	BlockPublicACLs       bool `json:"block_public_acls"`
	IgnorePublicACLs      bool `json:"ignore_public_acls"`
	BlockPublicPolicy     bool `json:"block_public_policy"`
	RestrictPublicBuckets bool `json:"restrict_public_buckets"`
}

// ACL is a bucket's access control list.
type ACL struct {
	Owner  string     `json:"owner"` // canonical user id
	Grants []ACLGrant `json:"grants"`
}

// ACLGrant is what a list gives to somebody.
type ACLGrant struct {
	// Grantee is a canonical user id, or the URI of a group such as
	// http://acs.amazonaws.com/groups/global/AllUsers.
	Grantee    string `json:"grantee"`
	Permission string `json:"permission"` // READ, WRITE, READ_ACP, WRITE_ACP, FULL_CONTROL
}

// Versioning is a bucket's versioning state.
type Versioning struct {
	Status    string `json:"status"`              // Enabled, Suspended, Off (never set)
	MFADelete string `json:"mfa_delete,omitzero"` // Enabled, Disabled
}

// Replication is a bucket's replication configuration.
type Replication struct {
	Role  string            `json:"role"`
	Rules []ReplicationRule `json:"rules"`
}

// ReplicationRule is one replication rule.
type ReplicationRule struct {
	ID                  string `json:"id,omitzero"`
	Status              string `json:"status"`
	Prefix              string `json:"prefix,omitzero"`
	Bucket              string `json:"bucket"` // ARN of the destination
	Account             string `json:"account,omitzero"`
	ReplicaKey          string `json:"replica_key,omitzero"`
	KMSEncryptedObjects string `json:"kms_encrypted_objects,omitzero"` // Enabled, Disabled
}

// Logging is where a bucket's server access logs go.
type Logging struct {
	TargetBucket string `json:"target_bucket"`
	TargetPrefix string `json:"target_prefix,omitzero"`
}

// InventoryConfig is one S3 Inventory configuration.
type InventoryConfig struct {
	ID                string   `json:"id"`
	Enabled           bool     `json:"enabled"`
	DestinationBucket string   `json:"destination_bucket"` // ARN
	Format            string   `json:"format"`
	Frequency         string   `json:"frequency,omitzero"`
	Encryption        string   `json:"encryption,omitzero"` // SSE-S3, SSE-KMS
	Key               string   `json:"key,omitzero"`
	Fields            []string `json:"fields,omitzero"`
}

// Object is one object whose encryption was read.
type Object struct {
	Key     string                    `json:"key"`
	Sampled bool                      `json:"sampled,omitzero"` // false: asked by name
	Head    Reading[ObjectEncryption] `json:"head"`
}

// ObjectEncryption is what HeadObject says about an object's encryption.
type ObjectEncryption struct {
	Algorithm string `json:"algorithm"` // AES256, aws:kms, aws:kms:dsse; "" none reported
	Key       string `json:"key,omitzero"`
	BucketKey bool   `json:"bucket_key"`
	// CustomerAlgorithm is set for SSE-C.
	CustomerAlgorithm string    `json:"customer_algorithm,omitzero"`
	VersionID         string    `json:"version_id,omitzero"`
	ModifiedAt        time.Time `json:"modified_at,omitzero"`
}

// Sample says how objects were drawn from a bucket.
type Sample struct {
	Asked int   `json:"asked"` // objects wanted
	Drawn int   `json:"drawn"` // objects found and asked
	Seed  int64 `json:"seed"`
	// Whole says that the sample is every object there is.
	Whole bool `json:"whole,omitzero"`
}
