package facts

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// recorder is a trail or an event data store, as far as it is known.
type recorder struct {
	arn, place string
	everywhere bool   // it takes the events of all Regions
	region     string // its own
	writes     bool   // it records writes of KMS
	reads      bool
	excludes   bool    // it records management events, and leaves those of KMS out
	off        bool    // it records nothing
	open       *Unread // why it is not known what it records
}

func (r *recorder) covers(region string) bool { return r.everywhere || r.region == region }

// recorders are the trails and event data stores of the snapshot.
func (b *builder) recorders() []recorder {
	var list []recorder
	for i := range b.s.Trails {
		t := &b.s.Trails[i]
		r := recorder{arn: t.ARN, place: place("trails", i), region: t.HomeRegion}
		settings, ok := t.Settings.Get()
		r.everywhere = settings.MultiRegion
		if !ok { // it may take the events of every Region
			r.everywhere, r.open = true, unanswered(t.Settings, "cloudtrail:DescribeTrails")
		}
		status, ok := t.Status.Get()
		if !ok && r.open == nil {
			r.open = unanswered(t.Status, "cloudtrail:GetTrailStatus")
		}
		r.off = ok && !status.Logging
		selectors, ok := t.EventSelectors.Get()
		if !ok && r.open == nil {
			r.open = unanswered(t.EventSelectors, "cloudtrail:GetEventSelectors")
		}
		r.note(selectors)
		list = append(list, r)
	}
	for i := range b.s.EventDataStores {
		e := &b.s.EventDataStores[i]
		r := recorder{arn: e.ARN, place: place("event_data_stores", i), region: e.Region}
		scope, ok := e.Scope.Get()
		r.everywhere = scope.MultiRegion
		if !ok {
			r.everywhere, r.open = true, unanswered(e.Scope, "cloudtrail:GetEventDataStore")
		}
		selectors, ok := e.Selectors.Get()
		if !ok && r.open == nil {
			r.open = unanswered(e.Selectors, "cloudtrail:GetEventDataStore")
		}
		r.off = r.open == nil && e.Status != "ENABLED"
		r.note(selectors)
		list = append(list, r)
	}
	return list
}

// note notes what the selectors take of the management events of KMS.
func (r *recorder) note(selectors []snapshot.EventSelector) {
	for _, s := range selectors {
		if len(s.Fields) > 0 {
			r.writes = r.writes || takes(s.Fields, "kms.amazonaws.com", "false")
			r.reads = r.reads || takes(s.Fields, "kms.amazonaws.com", "true")
			r.excludes = r.excludes || takes(s.Fields, "kmsaudit.amazonaws.com", "false")
			continue
		}
		if !s.IncludeManagementEvents {
			continue
		}
		if slices.Contains(s.ExcludedSources, "kms.amazonaws.com") {
			r.excludes = true
			continue
		}
		r.writes = r.writes || s.ReadWriteType != "ReadOnly"
		r.reads = r.reads || s.ReadWriteType != "WriteOnly"
	}
	r.excludes = r.excludes && !r.writes
}

// takes tells whether an advanced selector takes every management event of a
// source. A test of anything else leaves some of them out.
func takes(fields []snapshot.FieldSelector, source, readOnly string) bool {
	event := map[string]string{"eventcategory": "Management", "eventsource": source, "readonly": readOnly}
	management := false
	for _, f := range fields {
		value, known := event[strings.ToLower(f.Field)]
		if !known || !passes(f, value) {
			return false
		}
		management = management || strings.EqualFold(f.Field, "eventCategory")
	}
	return management
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
		if r := &recorders[i]; r.excludes && !r.off && r.open == nil {
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
				writes, reads = writes || r.writes, reads || r.reads
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
