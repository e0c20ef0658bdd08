package facts

import (
	"slices"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

func TestKMSEvents(t *testing.T) {
	all := snapshot.EventSelector{ReadWriteType: "All", IncludeManagementEvents: true}
	without := all
	without.ExcludedSources = []string{"kms.amazonaws.com"}
	advanced := func(more ...snapshot.FieldSelector) snapshot.EventSelector {
		return snapshot.EventSelector{Fields: append([]snapshot.FieldSelector{{Field: "eventCategory", Equals: []string{"Management"}}}, more...)}
	}
	trail := func(multi, logging bool, selectors ...snapshot.EventSelector) snapshot.Trail {
		return snapshot.Trail{
			ARN: "arn:aws:cloudtrail:us-east-1:522814710681:trail/t", HomeRegion: "us-east-1",
			Settings: snapshot.Of(snapshot.TrailSettings{MultiRegion: multi}), Status: snapshot.Of(snapshot.TrailStatus{Logging: logging}),
			EventSelectors: snapshot.Of(selectors),
		}
	}
	elsewhere := trail(false, true, all)
	elsewhere.HomeRegion = "eu-west-1"
	unread := trail(true, true, all)
	unread.EventSelectors = snapshot.Reading[[]snapshot.EventSelector]{State: snapshot.Denied, Operation: "cloudtrail:GetEventSelectors"}
	stopped := unread
	stopped.Status = snapshot.Of(snapshot.TrailStatus{})
	store := snapshot.EventDataStore{
		ARN: "arn:aws:cloudtrail:us-east-1:522814710681:eventdatastore/e", Region: "us-east-1", Status: "ENABLED", Key: snapshot.None[string]("", ""),
		Scope: snapshot.Of(snapshot.EventScope{}), Selectors: snapshot.Of([]snapshot.EventSelector{advanced()}),
	}
	closed := store
	closed.Status = "STOPPED_INGESTION"
	for name, test := range map[string]struct {
		trails        []snapshot.Trail
		stores        []snapshot.EventDataStore
		writes, reads int
		excluding     int
		unread        string
	}{
		"nothing":                 {writes: 1, reads: 1},
		"everything":              {trails: []snapshot.Trail{trail(true, true, all)}},
		"its own Region":          {trails: []snapshot.Trail{trail(false, true, all)}},
		"another Region":          {trails: []snapshot.Trail{elsewhere}, writes: 1, reads: 1},
		"not running":             {trails: []snapshot.Trail{trail(true, false, all)}, writes: 1, reads: 1},
		"KMS left out":            {trails: []snapshot.Trail{trail(true, true, without)}, writes: 1, reads: 1, excluding: 1},
		"left out, and in":        {trails: []snapshot.Trail{trail(true, true, without), trail(true, true, all)}, excluding: 1},
		"writes only":             {trails: []snapshot.Trail{trail(true, true, snapshot.EventSelector{ReadWriteType: "WriteOnly", IncludeManagementEvents: true})}, reads: 1},
		"reads only":              {trails: []snapshot.Trail{trail(true, true, snapshot.EventSelector{ReadWriteType: "ReadOnly", IncludeManagementEvents: true})}, writes: 1},
		"data events only":        {trails: []snapshot.Trail{trail(true, true, snapshot.EventSelector{ReadWriteType: "All"})}, writes: 1, reads: 1},
		"advanced":                {trails: []snapshot.Trail{trail(true, true, advanced())}},
		"advanced, KMS left out":  {trails: []snapshot.Trail{trail(true, true, advanced(snapshot.FieldSelector{Field: "eventSource", NotEquals: []string{"kms.amazonaws.com"}}))}, writes: 1, reads: 1, excluding: 1},
		"advanced, writes":        {trails: []snapshot.Trail{trail(true, true, advanced(snapshot.FieldSelector{Field: "readOnly", Equals: []string{"false"}}))}, reads: 1},
		"advanced, some names":    {trails: []snapshot.Trail{trail(true, true, advanced(snapshot.FieldSelector{Field: "eventName", Equals: []string{"Decrypt"}}))}, writes: 1, reads: 1},
		"advanced, data":          {trails: []snapshot.Trail{trail(true, true, snapshot.EventSelector{Fields: []snapshot.FieldSelector{{Field: "eventCategory", Equals: []string{"Data"}}}})}, writes: 1, reads: 1},
		"store":                   {stores: []snapshot.EventDataStore{store}},
		"store, closed":           {stores: []snapshot.EventDataStore{closed}, writes: 1, reads: 1},
		"selectors refused":       {trails: []snapshot.Trail{unread}, unread: "cloudtrail:GetEventSelectors"},
		"refused, other is known": {trails: []snapshot.Trail{unread, trail(true, true, all)}},
		"refused, not running":    {trails: []snapshot.Trail{stopped}, writes: 1, reads: 1},
	} {
		d, _ := build(t, func(s *snapshot.Snapshot) { s.Trails, s.EventDataStores = test.trails, test.stores }, Intent{})
		m := d.Monitoring[0]
		if why := m.Unread["kms_events"]; why.Operation != test.unread {
			t.Errorf("%s: unread %+v", name, why)
			continue
		}
		if e := m.KMSEvents; e != nil && (len(e.Writes) != test.writes || len(e.Reads) != test.reads || len(e.Excluding) != test.excluding) {
			t.Errorf("%s: %+v", name, e)
		}
	}
	for _, operation := range []string{"cloudtrail:ListTrails", "cloudtrail:ListEventDataStores"} {
		d, _ := build(t, func(s *snapshot.Snapshot) { deny(s, operation) }, Intent{})
		if m := d.Monitoring[0]; m.Unread["kms_events"].Operation != operation {
			t.Errorf("%s refused: %+v", operation, m)
		}
		d, _ = build(t, func(s *snapshot.Snapshot) { deny(s, operation); s.Trails = []snapshot.Trail{trail(true, true, all)} }, Intent{})
		if m := d.Monitoring[0]; m.KMSEvents == nil {
			t.Errorf("%s refused, and everything is recorded: %+v", operation, m)
		}
	}
}

func TestAnalyzers(t *testing.T) {
	one := snapshot.Analyzer{Region: "us-east-1", Type: "ACCOUNT", Status: "ACTIVE"}
	unused, failed := one, one
	unused.Type, failed.Status = "ACCOUNT_UNUSED_ACCESS", "FAILED"
	for name, test := range map[string]struct {
		analyzers []snapshot.Analyzer
		refused   bool
		missing   []string
		unread    bool
	}{
		"none":             {missing: []string{"us-east-1"}},
		"one":              {analyzers: []snapshot.Analyzer{one}},
		"of unused access": {analyzers: []snapshot.Analyzer{unused}, missing: []string{"us-east-1"}},
		"failed":           {analyzers: []snapshot.Analyzer{failed}, missing: []string{"us-east-1"}},
		"refused":          {refused: true, unread: true},
	} {
		d, _ := build(t, func(s *snapshot.Snapshot) {
			s.Analyzers = test.analyzers
			if test.refused {
				deny(s, "access-analyzer:ListAnalyzers")
			}
		}, Intent{})
		m := d.Monitoring[0]
		if (m.Analyzers == nil) != test.unread || m.Analyzers != nil && !slices.Equal(m.Analyzers.Missing, test.missing) {
			t.Errorf("%s: %+v", name, m)
		}
	}
}
