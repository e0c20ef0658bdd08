package snapshot

import "time"

// Key is a KMS key of the account.
type Key struct {
	ARN      string                     `json:"arn"`
	ID       string                     `json:"id"`
	Region   string                     `json:"region"`
	Metadata Reading[KeyMetadata]       `json:"metadata"`
	Policy   Reading[Document]          `json:"policy"`
	Grants   Reading[[]Grant]           `json:"grants"`
	Rotation Reading[Rotation]          `json:"rotation"`
	Tags     Reading[map[string]string] `json:"tags"`
	// Rotations are the rotations that took place, newest first.
	Rotations Reading[[]RotationEvent] `json:"rotations"`
	LastUsage Reading[KeyUsage]        `json:"last_usage"`
}

// KeyMetadata is what DescribeKey says, in AWS's own words for states and specs.
type KeyMetadata struct {
	Manager             string    `json:"manager"` // AWS, CUSTOMER
	State               string    `json:"state"`   // Enabled, Disabled, PendingDeletion, …
	Spec                string    `json:"spec"`    // SYMMETRIC_DEFAULT, RSA_2048, HMAC_256, …
	Usage               string    `json:"usage"`   // ENCRYPT_DECRYPT, SIGN_VERIFY, …
	Origin              string    `json:"origin"`  // AWS_KMS, EXTERNAL, AWS_CLOUDHSM, EXTERNAL_KEY_STORE
	Description         string    `json:"description,omitzero"`
	CreatedAt           time.Time `json:"created_at,omitzero"`
	DeletionDate        time.Time `json:"deletion_date,omitzero"`
	PendingWindowDays   int       `json:"pending_window_days,omitzero"`
	ValidTo             time.Time `json:"valid_to,omitzero"`
	ExpirationModel     string    `json:"expiration_model,omitzero"`
	CustomKeyStore      string    `json:"custom_key_store,omitzero"`
	CloudHSMCluster     string    `json:"cloud_hsm_cluster,omitzero"`
	XksKey              string    `json:"xks_key,omitzero"`
	MultiRegion         bool      `json:"multi_region"`
	MultiRegionType     string    `json:"multi_region_type,omitzero"` // PRIMARY, REPLICA
	MultiRegionPrimary  string    `json:"multi_region_primary,omitzero"`
	MultiRegionReplicas []string  `json:"multi_region_replicas,omitzero"`
}

// Rotation is what GetKeyRotationStatus says.
type Rotation struct {
	Enabled    bool      `json:"enabled"`
	PeriodDays int       `json:"period_days,omitzero"` // 0 when AWS gave none
	NextAt     time.Time `json:"next_at,omitzero"`
	// OnDemandAt is when a rotation on demand was started, if one is under way.
	OnDemandAt time.Time `json:"on_demand_at,omitzero"`
}

// RotationEvent is one completed rotation.
type RotationEvent struct {
	At   time.Time `json:"at"`
	Type string    `json:"type"` // AUTOMATIC, ON_DEMAND
}

// KeyUsage is what GetKeyLastUsage says.
type KeyUsage struct {
	Operation    string    `json:"operation,omitzero"`
	At           time.Time `json:"at,omitzero"` // zero: no use recorded
	TrackedSince time.Time `json:"tracked_since,omitzero"`
	EventID      string    `json:"event_id,omitzero"`
}

// Grant is a grant on a key, as ListGrants prints it.
type Grant struct {
	ID                       string            `json:"id"`
	Name                     string            `json:"name,omitzero"`
	CreatedAt                time.Time         `json:"created_at,omitzero"`
	Grantee                  string            `json:"grantee,omitzero"`
	GranteeService           string            `json:"grantee_service,omitzero"`
	RetiringPrincipal        string            `json:"retiring_principal,omitzero"`
	RetiringServicePrincipal string            `json:"retiring_service,omitzero"`
	IssuingAccount           string            `json:"issuing_account,omitzero"`
	Operations               []string          `json:"operations"`
	EncryptionContextEquals  map[string]string `json:"encryption_context_equals,omitzero"`
	EncryptionContextSubset  map[string]string `json:"encryption_context_subset,omitzero"`
	SourceARN                string            `json:"source_arn,omitzero"`
}

// Alias is a KMS alias. Predefined aliases may have no target.
type Alias struct {
	ARN       string `json:"arn"`
	Name      string `json:"name"` // with the alias/ in front
	Region    string `json:"region"`
	TargetKey string `json:"target_key,omitzero"` // key id
}

// CustomKeyStore is a CloudHSM or external key store.
type CustomKeyStore struct {
	ID              string `json:"id"`
	Name            string `json:"name"`
	Region          string `json:"region"`
	Type            string `json:"type"` // AWS_CLOUDHSM, EXTERNAL_KEY_STORE
	ConnectionState string `json:"connection_state"`
}
