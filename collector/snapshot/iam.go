package snapshot

import "time"

// NamedPolicy is a policy with the name it has where it hangs.
type NamedPolicy struct {
	Name     string            `json:"name"`
	ARN      string            `json:"arn,omitzero"`
	Document Reading[Document] `json:"document"`
}

// PolicyRef names a managed policy.
type PolicyRef struct {
	ARN  string `json:"arn"`
	Name string `json:"name,omitzero"`
}

// User is an IAM user.
type User struct {
	ARN              string                     `json:"arn"`
	Name             string                     `json:"name"`
	ID               string                     `json:"id"` // AIDA…
	Path             string                     `json:"path"`
	CreatedAt        time.Time                  `json:"created_at,omitzero"`
	Groups           Reading[[]string]          `json:"groups"` // names
	InlinePolicies   Reading[[]NamedPolicy]     `json:"inline_policies"`
	AttachedPolicies Reading[[]PolicyRef]       `json:"attached_policies"`
	Boundary         Reading[PolicyRef]         `json:"boundary"`
	Tags             Reading[map[string]string] `json:"tags"`
}

// Group is an IAM group. Groups are never principals.
type Group struct {
	ARN              string                 `json:"arn"`
	Name             string                 `json:"name"`
	ID               string                 `json:"id"`
	Path             string                 `json:"path"`
	InlinePolicies   Reading[[]NamedPolicy] `json:"inline_policies"`
	AttachedPolicies Reading[[]PolicyRef]   `json:"attached_policies"`
}

// Role is an IAM role.
type Role struct {
	ARN              string                     `json:"arn"`
	Name             string                     `json:"name"`
	ID               string                     `json:"id"` // AROA…
	Path             string                     `json:"path"`
	CreatedAt        time.Time                  `json:"created_at,omitzero"`
	TrustPolicy      Reading[Document]          `json:"trust_policy"`
	InlinePolicies   Reading[[]NamedPolicy]     `json:"inline_policies"`
	AttachedPolicies Reading[[]PolicyRef]       `json:"attached_policies"`
	Boundary         Reading[PolicyRef]         `json:"boundary"`
	Tags             Reading[map[string]string] `json:"tags"`
	LastUsed         Reading[RoleUse]           `json:"last_used"`
}

// RoleUse is when and where a role was last used, as far as IAM tracks it.
type RoleUse struct {
	At     time.Time `json:"at"`
	Region string    `json:"region,omitzero"`
}

// ManagedPolicy is a customer or AWS managed policy in its default version.
type ManagedPolicy struct {
	ARN      string            `json:"arn"`
	Name     string            `json:"name"`
	ID       string            `json:"id,omitzero"`
	Version  string            `json:"version,omitzero"`
	Document Reading[Document] `json:"document"`
}
