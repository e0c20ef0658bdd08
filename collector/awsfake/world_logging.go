package awsfake

// Replication is where a bucket's objects are replicated to.
type Replication struct {
	Role  string
	Rules []ReplicationRule
}

// ReplicationRule is one rule of it.
type ReplicationRule struct {
	ID, Status, Prefix string
	Bucket             string // ARN
	Account, Key       string
	KMSObjects         string // Enabled, Disabled
}

// Inventory is an inventory configuration of a bucket.
type Inventory struct {
	ID, Bucket, Format, Frequency string
	Disabled                      bool
	Key                           string // "" is SSE-S3
	Fields                        []string
}

// Trail is a CloudTrail trail.
type Trail struct {
	Name, Region string // Region is its home
	// Account owns the trail: "" is this one, another is that of the organization.
	Account     string
	Bucket      string
	Key         string
	LogGroup    string // ARN, with :* at its end, as CloudTrail has it
	MultiRegion bool
	Stopped     bool
	Selectors   []Selector
}

// Selector is an event selector: an advanced one if it has fields.
type Selector struct {
	Name       string
	ReadWrite  string
	Management bool
	Excluded   []string
	Data       map[string][]string            // type → values
	Fields     map[string]map[string][]string // field → operator → values
}

// EventStore is an event data store of CloudTrail Lake.
type EventStore struct {
	ID, Name, Region string
	Key, Status      string
	MultiRegion      bool // listed in every Region
	Selectors        []Selector
}

// LogGroup is a CloudWatch Logs group.
type LogGroup struct{ Name, Region, Key string }

// MetricFilter is a metric filter. Its metric is named like it.
type MetricFilter struct{ Name, Group, Region, Namespace, Pattern string }

// Alarm is a metric alarm.
type Alarm struct {
	Name, Region, Namespace, Metric string
	Muted                           bool
	Actions                         []string
	// Computed says that the metric is one of an expression.
	Computed bool
}

// EventRule is an EventBridge rule on the default bus.
type EventRule struct {
	Name, Region, Pattern, State string // State "" is ENABLED
	Targets                      []string
}

// Analyzer is an analyzer of IAM Access Analyzer.
type Analyzer struct{ Name, Region, Type, Status string }

func (w *World) arn(service, region, resource string) string {
	return "arn:" + w.partition() + ":" + service + ":" + region + ":" + w.Account + ":" + resource
}
