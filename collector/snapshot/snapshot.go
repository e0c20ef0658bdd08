package snapshot

import "time"

// Schema names the file format.
const Schema = "kmsaudit.snapshot/v1"

// Snapshot is one account as AWS described it. Lists are sorted by ARN, or by
// what stands for it.
type Snapshot struct {
	Schema  string  `json:"schema"`
	Tool    Tool    `json:"tool"`
	Account Account `json:"account"`
	// CollectedAt is when the collection began, in UTC.
	CollectedAt time.Time `json:"collected_at"`
	// CollectedBy is the ARN of the identity that asked.
	CollectedBy string `json:"collected_by"`
	// Interrupted says that the collection was stopped before its end.
	Interrupted bool `json:"interrupted,omitzero"`
	// Sources are the files that an imported snapshot was made of.
	Sources []Source `json:"sources,omitzero"`
	// Regions are those that were asked.
	Regions []string `json:"regions"`
	// Coverage has one entry per listing, whether it succeeded or not. A listing
	// without an entry was not collected.
	Coverage []Coverage `json:"coverage"`

	Organization Reading[Organization] `json:"organization"`

	Users           []User          `json:"users"`
	Groups          []Group         `json:"groups"`
	Roles           []Role          `json:"roles"`
	ManagedPolicies []ManagedPolicy `json:"managed_policies"`

	Keys            []Key            `json:"keys"`
	Aliases         []Alias          `json:"aliases"`
	CustomKeyStores []CustomKeyStore `json:"custom_key_stores"`

	Buckets []Bucket `json:"buckets"`

	Trails          []Trail          `json:"trails"`
	EventDataStores []EventDataStore `json:"event_data_stores"`
	LogGroups       []LogGroup       `json:"log_groups"`
	MetricFilters   []MetricFilter   `json:"metric_filters"`
	Alarms          []Alarm          `json:"alarms"`
	EventRules      []EventRule      `json:"event_rules"`
	Analyzers       []Analyzer       `json:"analyzers"`
}

// Tool is the program that wrote the file.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Source is a file that an imported snapshot was made of.
type Source struct {
	File   string    `json:"file"`   // its name, without folders
	SHA256 string    `json:"sha256"` // of its bytes, in hexadecimal
	At     time.Time `json:"at"`     // of when it is
}

// Account is the account that the file is about.
type Account struct {
	ID        string `json:"id"`        // 12 digits
	Partition string `json:"partition"` // aws, aws-us-gov, aws-cn, aws-eusc
}

// ARN is the account's root, which stands for the account.
func (a Account) ARN() string { return "arn:" + a.Partition + ":iam::" + a.ID + ":root" }

// Coverage is what came of one listing, or of a whole service in a Region.
type Coverage struct {
	Service   string `json:"service"`         // kms, s3, iam, …
	Region    string `json:"region,omitzero"` // "" for global services
	Operation string `json:"operation"`       // such as kms:ListKeys
	State     State  `json:"state"`
	Code      string `json:"code,omitzero"`
	Message   string `json:"message,omitzero"`
	// Resource is the resource that the entry is about when it is not a listing:
	// one that was deleted while the collection ran.
	Resource string `json:"resource,omitzero"`
}

// Listed returns the coverage entry of a listing and its index; the entry of a
// listing that nobody asked for is not_collected and its index is -1.
func (s *Snapshot) Listed(operation, region string) (Coverage, int) {
	for i, c := range s.Coverage {
		if c.Operation == operation && c.Region == region && c.Resource == "" {
			return c, i
		}
	}
	return Coverage{Operation: operation, Region: region}, -1
}

// Organization is the account's place in its organization. The reading is absent
// when the account is in none.
type Organization struct {
	ID                string `json:"id"`
	ARN               string `json:"arn,omitzero"`
	ManagementAccount string `json:"management_account"`
	// Chain lists the levels from the root down to the account.
	Chain Reading[[]OrganizationLevel] `json:"chain"`
}

// OrganizationLevel is the root, an organizational unit or the account itself.
type OrganizationLevel struct {
	ID   string `json:"id"`
	Type string `json:"type"` // root, organizational_unit, account
	Name string `json:"name,omitzero"`
	// Absent means that the policy type is not enabled in the organization.
	ServiceControlPolicies  Reading[[]NamedPolicy] `json:"service_control_policies"`
	ResourceControlPolicies Reading[[]NamedPolicy] `json:"resource_control_policies"`
}
