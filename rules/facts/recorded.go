package facts

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// recorder is a trail or an event data store, as far as it is known.
type recorder struct {
	arn, place string
	trail      bool
	logGroup   string // ARN of the one that a trail writes to, or ""
	everywhere bool   // it takes the events of all Regions
	global     bool   // it takes those of services without Regions
	region     string // its own
	selectors  []snapshot.EventSelector
	off        bool    // it records nothing
	open       *Unread // why it is not known what it records
}

func (r *recorder) covers(region string) bool { return r.everywhere || r.region == region }

// recorders are the trails and event data stores of the snapshot.
func (b *builder) recorders() []recorder {
	var list []recorder
	for i := range b.s.Trails {
		t := &b.s.Trails[i]
		r := recorder{arn: t.ARN, place: place("trails", i), trail: true, region: t.HomeRegion}
		settings, ok := t.Settings.Get()
		r.everywhere, r.logGroup = settings.MultiRegion, settings.LogGroup
		r.global = settings.MultiRegion || settings.GlobalEvents
		if !ok { // it may take the events of every Region
			r.everywhere, r.global, r.open = true, true, unanswered(t.Settings, "cloudtrail:DescribeTrails")
		}
		status, ok := t.Status.Get()
		if !ok && r.open == nil {
			r.open = unanswered(t.Status, "cloudtrail:GetTrailStatus")
		}
		r.off = ok && !status.Logging
		if r.selectors, ok = t.EventSelectors.Get(); !ok && r.open == nil {
			r.open = unanswered(t.EventSelectors, "cloudtrail:GetEventSelectors")
		}
		list = append(list, r)
	}
	for i := range b.s.EventDataStores {
		e := &b.s.EventDataStores[i]
		r := recorder{arn: e.ARN, place: place("event_data_stores", i), region: e.Region}
		scope, ok := e.Scope.Get()
		r.everywhere, r.global = scope.MultiRegion, scope.MultiRegion
		if !ok {
			r.everywhere, r.open = true, unanswered(e.Scope, "cloudtrail:GetEventDataStore")
		}
		if r.selectors, ok = e.Selectors.Get(); !ok && r.open == nil {
			r.open = unanswered(e.Selectors, "cloudtrail:GetEventDataStore")
		}
		r.off = r.open == nil && e.Status != "ENABLED"
		list = append(list, r)
	}
	return list
}

// takes tells whether every management event of a source is taken, of those with a
// name if one is given, that only read or that change something.
func (r *recorder) takes(source, name string, readOnly bool) bool {
	event := map[string]string{"eventcategory": "Management", "eventsource": source, "readonly": strconv.FormatBool(readOnly)}
	if name != "" {
		event["eventname"] = name
	}
	other := "ReadOnly"
	if readOnly {
		other = "WriteOnly"
	}
	return slices.ContainsFunc(r.selectors, func(s snapshot.EventSelector) bool {
		if len(s.Fields) > 0 {
			return takes(s.Fields, event)
		}
		return s.IncludeManagementEvents && !slices.Contains(s.ExcludedSources, source) && s.ReadWriteType != other
	})
}

// excludes tells whether management events are taken, and those of KMS left out.
func (r *recorder) excludes() bool {
	return r.takes("kmsaudit.amazonaws.com", "", false) && !r.takes(kmsSource, "", false)
}

const kmsSource = "kms.amazonaws.com"

// takes tells whether an advanced selector takes every event of which this much is
// known. A test of anything else leaves some of them out.
func takes(fields []snapshot.FieldSelector, event map[string]string) bool {
	category := false
	for _, f := range fields {
		value, known := event[strings.ToLower(f.Field)]
		if !known || !passes(f, value) {
			return false
		}
		category = category || strings.EqualFold(f.Field, "eventCategory")
	}
	return category
}

// passes tells whether a value passes all tests of a field.
func passes(f snapshot.FieldSelector, value string) bool {
	is := func(pattern string) bool { return pattern == value }
	starts := func(prefix string) bool { return strings.HasPrefix(value, prefix) }
	ends := func(suffix string) bool { return strings.HasSuffix(value, suffix) }
	return (len(f.Equals) == 0 || slices.ContainsFunc(f.Equals, is)) &&
		(len(f.StartsWith) == 0 || slices.ContainsFunc(f.StartsWith, starts)) &&
		(len(f.EndsWith) == 0 || slices.ContainsFunc(f.EndsWith, ends)) &&
		!slices.ContainsFunc(f.NotEquals, is) && !slices.ContainsFunc(f.NotStartsWith, starts) && !slices.ContainsFunc(f.NotEndsWith, ends)
}

// kmsEvents finds the Regions in which nothing records what is done with keys. What
// is certainly not recorded stands whatever else is not known.
func (b *builder) kmsEvents() (*KMSEvents, *Unread) {
	fact := &KMSEvents{Place: "/account"}
	recorders := b.recorders()
	for i := range recorders {
		if r := &recorders[i]; !r.off && r.open == nil && r.excludes() {
			fact.Excluding, fact.Place = append(fact.Excluding, r.arn), r.place
		}
	}
	slices.Sort(fact.Excluding)
	var open *Unread
	for _, region := range b.regions() {
		writes, reads := false, false
		unknown, _ := b.standing("cloudtrail:ListTrails")
		if stores, _ := b.standing("cloudtrail:ListEventDataStores"); unknown == nil {
			unknown = stores
		}
		for i := range recorders {
			switch r := &recorders[i]; {
			case !r.covers(region) || r.off:
			case r.open != nil:
				unknown = r.open
			default:
				writes, reads = writes || r.takes(kmsSource, "", false), reads || r.takes(kmsSource, "", true)
			}
		}
		if unknown != nil && (!writes || !reads) {
			open = unknown
			continue
		}
		if !writes {
			fact.Writes = append(fact.Writes, region)
		}
		if !reads {
			fact.Reads = append(fact.Reads, region)
		}
	}
	if open != nil && len(fact.Writes) == 0 {
		return nil, open
	}
	return fact, nil
}
