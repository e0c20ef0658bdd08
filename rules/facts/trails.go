package facts

import (
	"cmp"
	"slices"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// Trail is what records the events of the account: a trail of CloudTrail, or an
// event data store of CloudTrail Lake.
type Trail struct {
	ARN        string            `json:"arn"`
	Name       string            `json:"name"`
	Region     string            `json:"region"`
	Kind       string            `json:"kind" enum:"trail,event_data_store"`
	Own        bool              `json:"own"` // it belongs to the account, not to its organization
	Place      string            `json:"place"`
	Unread     map[string]Unread `json:"unread"`
	Encryption *TrailEncryption  `json:"encryption,omitempty"`
	// KeyPolicy says for what CloudTrail may use the key.
	KeyPolicy *TrailKeyPolicy `json:"key_policy,omitempty"`
}

// TrailEncryption is the key that events are encrypted with, "" for one that AWS
// holds.
type TrailEncryption struct {
	Place string `json:"place"`
	Key   string `json:"key"`
}

// LogGroup is a log group of CloudWatch Logs.
type LogGroup struct {
	ARN        string              `json:"arn"`
	Name       string              `json:"name"`
	Region     string              `json:"region"`
	Place      string              `json:"place"`
	Unread     map[string]Unread   `json:"unread"`
	Encryption *LogGroupEncryption `json:"encryption,omitempty"`
}

// LogGroupEncryption is the key of a log group, "" for the service's own.
type LogGroupEncryption struct {
	Place string `json:"place"`
	Key   string `json:"key"`
}

// addTrails adds trails and event data stores.
func (b *builder) addTrails() {
	for i, trail := range b.s.Trails {
		fact := Trail{
			ARN: trail.ARN, Name: trail.Name, Region: trail.HomeRegion, Kind: "trail", Own: accountOf(trail.ARN) == b.s.Account.ID,
			Place: place("trails", i), Unread: map[string]Unread{},
		}
		if settings, ok := trail.Settings.Get(); ok {
			fact.Encryption = &TrailEncryption{Place: place("trails", i, "settings", "value"), Key: settings.Key}
		} else {
			fact.Unread["encryption"] = *unanswered(trail.Settings, "cloudtrail:DescribeTrails")
		}
		b.trailKeyPolicy(&fact)
		b.document.Trails = append(b.document.Trails, fact)
	}
	for i, store := range b.s.EventDataStores {
		fact := Trail{
			ARN: store.ARN, Name: store.Name, Region: store.Region, Kind: "event_data_store", Own: accountOf(store.ARN) == b.s.Account.ID,
			Place: place("event_data_stores", i), Unread: map[string]Unread{},
		}
		if key, ok := store.Key.Get(); ok || store.Key.State == snapshot.Absent {
			fact.Encryption = &TrailEncryption{Place: place("event_data_stores", i, "key"), Key: key}
		} else {
			fact.Unread["encryption"] = *unanswered(store.Key, "cloudtrail:GetEventDataStore")
		}
		b.trailKeyPolicy(&fact)
		b.document.Trails = append(b.document.Trails, fact)
	}
	recorded := []string{"trails", "keys.recorders", "monitoring.kms_events", "monitoring.object_events"}
	b.standForTrails("cloudtrail:ListTrails", "", "trail", "trail/*", append(recorded, watches...))
	for _, region := range b.regions() {
		b.standForTrails("cloudtrail:ListEventDataStores", region, "event_data_store", "eventdatastore/*", recorded)
	}
}

func (b *builder) standForTrails(operation, region, kind, resource string, needed []string) {
	arn := "arn:" + b.s.Account.Partition + ":cloudtrail:" + region + ":" + b.s.Account.ID + ":" + resource
	if reason, at := b.incomplete(operation, region, arn, needed...); reason != nil {
		b.document.Trails = append(b.document.Trails, Trail{
			ARN: arn, Name: "*", Region: region, Kind: kind, Own: true, Place: at, Unread: nothingOf("trails", *reason),
		})
	}
}

// addLogGroups adds log groups. Their listing says what key they have.
func (b *builder) addLogGroups() {
	for i, group := range b.s.LogGroups {
		b.document.LogGroups = append(b.document.LogGroups, LogGroup{
			ARN: group.ARN, Name: group.Name, Region: group.Region, Place: place("log_groups", i), Unread: map[string]Unread{},
			Encryption: &LogGroupEncryption{Place: place("log_groups", i), Key: group.Key},
		})
	}
	for _, region := range b.regions() {
		arn := "arn:" + b.s.Account.Partition + ":logs:" + region + ":" + b.s.Account.ID + ":log-group:*"
		if reason, at := b.incomplete("logs:DescribeLogGroups", region, arn, "log_groups", "keys.recorders"); reason != nil {
			b.document.LogGroups = append(b.document.LogGroups, LogGroup{
				ARN: arn, Name: "*", Region: region, Place: at, Unread: nothingOf("log_groups", *reason),
			})
		}
	}
}

// regions are those that were asked, or one without a name.
func (b *builder) regions() []string {
	if len(b.s.Regions) == 0 {
		return []string{""}
	}
	return b.s.Regions
}

// Monitoring is who watches the account as a whole.
type Monitoring struct {
	ARN       string            `json:"arn"` // the account's root
	Place     string            `json:"place"`
	Unread    map[string]Unread `json:"unread"`
	KMSEvents *KMSEvents        `json:"kms_events,omitempty"`
	Analyzers *Analyzers        `json:"analyzers,omitempty"`
	// KeyAlarms, BucketAlarms and IdentityAlarms say which changes of keys, of buckets
	// and of IAM's policies somebody hears of.
	KeyAlarms      *Watch        `json:"key_alarms,omitempty"`
	BucketAlarms   *Watch        `json:"bucket_alarms,omitempty"`
	IdentityAlarms *Watch        `json:"identity_alarms,omitempty"`
	ObjectEvents   *ObjectEvents `json:"object_events,omitempty"`
}

// KMSEvents says where management events of KMS are not recorded.
type KMSEvents struct {
	Place  string   `json:"place"`
	Writes []string `json:"writes"` // Regions in which nothing records DisableKey and the like
	Reads  []string `json:"reads"`  // and Decrypt and the like
	// Excluding are trails and event data stores that leave KMS out.
	Excluding []string `json:"excluding"`
}

// Analyzers says where IAM Access Analyzer does not look for access from outside.
type Analyzers struct {
	Place   string   `json:"place"`
	Missing []string `json:"missing"` // Regions
}

func (b *builder) addMonitoring() {
	fact := Monitoring{ARN: b.s.Account.ARN(), Place: "/account", Unread: map[string]Unread{}}
	var reason *Unread
	if fact.KMSEvents, reason = b.kmsEvents(); reason != nil {
		fact.Unread["kms_events"] = *reason
	}
	if fact.Analyzers, reason = b.analyzers(); reason != nil {
		fact.Unread["analyzers"] = *reason
	}
	b.addWatches(&fact)
	if b.wanted.wants("monitoring.object_events") {
		if fact.ObjectEvents, reason = b.objectEvents(); reason != nil {
			fact.Unread["object_events"] = *reason
		}
	}
	b.document.Monitoring = append(b.document.Monitoring, fact)
}

// analyzers finds the Regions without an active analyzer of external access. One
// that certainly has none stands, whatever others are not known.
func (b *builder) analyzers() (*Analyzers, *Unread) {
	fact := &Analyzers{Place: "/analyzers"}
	if len(b.s.Analyzers) == 0 {
		fact.Place = "/account"
	}
	var open *Unread
	for _, region := range b.regions() {
		active := slices.ContainsFunc(b.s.Analyzers, func(a snapshot.Analyzer) bool {
			return a.Region == region && a.Status == "ACTIVE" && (a.Type == "ACCOUNT" || a.Type == "ORGANIZATION")
		})
		c, _ := b.s.Listed("access-analyzer:ListAnalyzers", region)
		switch {
		case active:
		case c.State.Answer():
			fact.Missing = append(fact.Missing, region)
		default:
			reason, _ := b.incomplete("access-analyzer:ListAnalyzers", region, "", "monitoring.analyzers")
			open = cmp.Or(open, reason)
		}
	}
	if len(fact.Missing) == 0 && open != nil {
		return nil, open
	}
	return fact, nil
}
