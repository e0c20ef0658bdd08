package facts

import (
	"slices"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// Keys are told what records under them: what is not known of may.
func TestRecordersOfKeys(t *testing.T) {
	const trail = "arn:aws:cloudtrail:us-east-1:" + account + ":trail/t"
	trailUnder := func(settings snapshot.Reading[snapshot.TrailSettings]) func(*snapshot.Snapshot) {
		return func(s *snapshot.Snapshot) {
			s.Trails = []snapshot.Trail{{ARN: trail, Name: "t", HomeRegion: "us-east-1", Settings: settings}}
		}
	}
	refused := snapshot.Reading[snapshot.TrailSettings]{State: snapshot.Denied, Operation: "cloudtrail:DescribeTrails", Code: "AccessDenied"}
	group := func(region, key string) func(*snapshot.Snapshot) {
		return func(s *snapshot.Snapshot) {
			s.LogGroups = []snapshot.LogGroup{{ARN: "g", Name: "g", Region: region, Key: key}}
		}
	}
	store := func(region string, key snapshot.Reading[string]) func(*snapshot.Snapshot) {
		return func(s *snapshot.Snapshot) {
			s.EventDataStores = []snapshot.EventDataStore{{ARN: "d", Name: "d", Region: region, Key: key}}
		}
	}
	for _, c := range []struct {
		name   string
		change func(*snapshot.Snapshot)
		want   []string
		unread string
	}{
		{"nothing", func(*snapshot.Snapshot) {}, nil, ""},
		{"a trail", trailUnder(snapshot.Of(snapshot.TrailSettings{Key: theKey})), []string{trail}, ""},
		{"a trail under another key", trailUnder(snapshot.Of(snapshot.TrailSettings{Key: theKey + "0"})), nil, ""},
		{"a trail of which nobody knows", trailUnder(refused), nil, "cloudtrail:DescribeTrails"},
		{"a log group", group("us-east-1", theKey), []string{"g"}, ""},
		{"a store", store("us-east-1", snapshot.Of(theKey)), []string{"d"}, ""},
		{"a store of which nobody knows", store("us-east-1", snapshot.Reading[string]{State: snapshot.Failed}), nil, "cloudtrail:GetEventDataStore"},
		{"one of another Region", store("eu-west-1", snapshot.Reading[string]{State: snapshot.Failed}), nil, ""},
		{"trails not listed", func(s *snapshot.Snapshot) { refuseListing(s, "cloudtrail:ListTrails") }, nil, "cloudtrail:ListTrails"},
	} {
		d, _ := build(t, c.change, intent())
		k := d.Keys[slices.IndexFunc(d.Keys, func(k Key) bool { return k.ARN == theKey })]
		reason, unread := k.Unread["recorders"]
		switch {
		case unread != (c.unread != "") || reason.Operation != c.unread:
			t.Errorf("%s: unread %v %+v", c.name, unread, reason)
		case !unread && (k.Recorders.Count != len(c.want) || !slices.Equal(k.Recorders.Names, c.want)):
			t.Errorf("%s: %+v", c.name, k.Recorders)
		}
	}
}
