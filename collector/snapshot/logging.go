package snapshot

// Trail is a CloudTrail trail, in its home Region.
type Trail struct {
	ARN            string                   `json:"arn"`
	Name           string                   `json:"name"`
	HomeRegion     string                   `json:"home_region"`
	Settings       Reading[TrailSettings]   `json:"settings"`
	Status         Reading[TrailStatus]     `json:"status"`
	EventSelectors Reading[[]EventSelector] `json:"event_selectors"`
}

// TrailSettings is what DescribeTrails says.
type TrailSettings struct {
	Bucket            string `json:"bucket"`
	Key               string `json:"key,omitzero"`       // ARN; "" means SSE-S3
	LogGroup          string `json:"log_group,omitzero"` // ARN, without :* at its end
	MultiRegion       bool   `json:"multi_region"`
	OrganizationTrail bool   `json:"organization_trail"`
	GlobalEvents      bool   `json:"global_events"`
	LogFileValidation bool   `json:"log_file_validation"`
}

// TrailStatus is what GetTrailStatus says.
type TrailStatus struct {
	Logging bool `json:"logging"`
}

// EventSelector is a basic or advanced event selector.
type EventSelector struct {
	Name                    string          `json:"name,omitzero"`
	ReadWriteType           string          `json:"read_write_type,omitzero"` // All, ReadOnly, WriteOnly
	IncludeManagementEvents bool            `json:"include_management_events,omitzero"`
	ExcludedSources         []string        `json:"excluded_sources,omitzero"`
	DataResources           []DataResource  `json:"data_resources,omitzero"`
	Fields                  []FieldSelector `json:"fields,omitzero"` // advanced selectors
}

// DataResource is a kind of data events and the resources it is recorded for.
type DataResource struct {
	Type   string   `json:"type"`
	Values []string `json:"values"`
}

// FieldSelector is one field test of an advanced event selector.
type FieldSelector struct {
	Field         string   `json:"field"`
	Equals        []string `json:"equals,omitzero"`
	StartsWith    []string `json:"starts_with,omitzero"`
	EndsWith      []string `json:"ends_with,omitzero"`
	NotEquals     []string `json:"not_equals,omitzero"`
	NotStartsWith []string `json:"not_starts_with,omitzero"`
	NotEndsWith   []string `json:"not_ends_with,omitzero"`
}

// EventDataStore is a CloudTrail Lake store.
type EventDataStore struct {
	ARN       string                   `json:"arn"`
	Name      string                   `json:"name"`
	Region    string                   `json:"region"`
	Key       Reading[string]          `json:"key"`             // absent: no customer key
	Status    string                   `json:"status,omitzero"` // known if Key is
	Selectors Reading[[]EventSelector] `json:"selectors"`
	Scope     Reading[EventScope]      `json:"scope"`
}

// EventScope says whose events an event data store takes.
type EventScope struct {
	MultiRegion  bool `json:"multi_region"` // of all Regions
	Organization bool `json:"organization"` // of all accounts of the organization
}

// LogGroup is a CloudWatch Logs group.
type LogGroup struct {
	ARN    string `json:"arn"`
	Name   string `json:"name"`
	Region string `json:"region"`
	Key    string `json:"key,omitzero"` // ARN; "" means the service's own key
}

// MetricFilter is a metric filter of a log group. They are listed in the Regions in
// which trails of the account write to log groups.
type MetricFilter struct {
	Name     string   `json:"name"`
	LogGroup string   `json:"log_group"` // name
	Region   string   `json:"region"`
	Pattern  string   `json:"pattern"`
	Metrics  []Metric `json:"metrics"`
}

// Metric names a CloudWatch metric.
type Metric struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

// Alarm is a CloudWatch metric alarm. They are listed where metric filters are.
type Alarm struct {
	ARN            string   `json:"arn"`
	Name           string   `json:"name"`
	Region         string   `json:"region"`
	Metrics        []Metric `json:"metrics"`
	ActionsEnabled bool     `json:"actions_enabled"`
	Actions        []string `json:"actions"` // ARNs
}

// EventRule is an EventBridge rule on the default bus. Rules that surely match no
// event of KMS, S3 or IAM are left out.
type EventRule struct {
	ARN     string            `json:"arn"`
	Name    string            `json:"name"`
	Region  string            `json:"region"`
	Bus     string            `json:"bus"`
	Enabled bool              `json:"enabled"`
	Pattern string            `json:"pattern"` // JSON text
	Targets Reading[[]string] `json:"targets"` // ARNs
}

// Analyzer is an IAM Access Analyzer analyzer.
type Analyzer struct {
	ARN    string `json:"arn"`
	Name   string `json:"name"`
	Region string `json:"region"`
	Type   string `json:"type"`   // ACCOUNT, ORGANIZATION, …
	Status string `json:"status"` // ACTIVE, …
}
