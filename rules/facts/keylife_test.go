package facts

import (
	"reflect"
	"testing"
	"time"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// metadataOf is the metadata of the only key of the reference account, to change.
func metadataOf(s *snapshot.Snapshot) *snapshot.KeyMetadata { return s.Keys[0].Metadata.Value }

func TestDeletion(t *testing.T) {
	day := 24 * time.Hour
	for name, test := range map[string]struct {
		state       string
		made, left  time.Duration // before and after the collection
		window      int
		used        time.Duration // before the collection, 0: never
		least, most int
	}{
		"not pending":           {state: "Enabled"},
		"all of it is left":     {state: "PendingDeletion", made: 1000 * day, left: 30*day + 5*time.Hour, least: 30, most: 30},
		"some is left":          {state: "PendingDeletion", made: 1000 * day, left: 12*day + time.Hour, least: 12, most: 30},
		"little is left":        {state: "PendingDeletion", made: 1000 * day, left: time.Hour, least: 7, most: 30},
		"made lately":           {state: "PendingDeletion", made: 2 * day, left: 10*day + 20*time.Hour, least: 10, most: 12},
		"used lately":           {state: "PendingDeletion", made: 1000 * day, left: 4 * day, used: 4 * day, least: 7, most: 8},
		"overdue":               {state: "PendingDeletion", made: 1000 * day, left: -time.Hour, least: 7, most: 30},
		"replicas first":        {state: "PendingReplicaDeletion", made: 1000 * day, window: 14, least: 14, most: 14},
		"replicas, not said":    {state: "PendingReplicaDeletion", made: 1000 * day, least: 7, most: 30},
		"no day of deletion":    {state: "PendingDeletion", made: day, least: 7, most: 30},
		"used after the period": {state: "PendingDeletion", made: 1000 * day, left: 2 * day, used: time.Hour, least: 7, most: 7},
	} {
		d, _ := build(t, func(s *snapshot.Snapshot) {
			m := metadataOf(s)
			m.State, m.PendingWindowDays, m.CreatedAt = test.state, test.window, s.CollectedAt.Add(-test.made)
			if test.left != 0 {
				m.DeletionDate = s.CollectedAt.Add(test.left)
			}
			s.Keys[0].Rotations = snapshot.None[[]snapshot.RotationEvent]("kms:ListKeyRotations", "")
			if test.used != 0 {
				s.Keys[0].LastUsage = snapshot.Of(snapshot.KeyUsage{At: s.CollectedAt.Add(-test.used), TrackedSince: m.CreatedAt})
			}
		}, Intent{})
		got := d.Keys[0].Deletion
		if got.Pending != (test.state != "Enabled") || got.LeastDays != test.least || got.MostDays != test.most {
			t.Errorf("%s: %+v", name, got)
		}
	}
	d, _ := build(t, func(s *snapshot.Snapshot) {
		m := metadataOf(s)
		m.State, m.DeletionDate, m.CreatedAt = "PendingDeletion", s.CollectedAt.Add(3*day), s.CollectedAt.Add(-1000*day)
		s.Keys[0].Rotations = snapshot.Of([]snapshot.RotationEvent{{At: s.CollectedAt.Add(-6 * day)}, {At: s.CollectedAt.Add(-900 * day)}})
	}, Intent{})
	if got := d.Keys[0].Deletion; got.LeastDays != 7 || got.MostDays != 9 {
		t.Errorf("rotated lately: %+v", got)
	}
}

func TestMaterial(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*snapshot.KeyMetadata, time.Time)
		want   KeyMaterial
		code   string
	}{
		"of KMS":      {func(*snapshot.KeyMetadata, time.Time) {}, KeyMaterial{Expires: "no"}, ""},
		"no material": {func(m *snapshot.KeyMetadata, _ time.Time) { m.Origin, m.State = "EXTERNAL", "PendingImport" }, KeyMaterial{Expires: "no"}, ""},
		"for ever": {func(m *snapshot.KeyMetadata, _ time.Time) {
			m.Origin, m.ExpirationModel = "EXTERNAL", "KEY_MATERIAL_DOES_NOT_EXPIRE"
		}, KeyMaterial{Expires: "never"}, ""},
		"for a time": {func(m *snapshot.KeyMetadata, now time.Time) {
			m.Origin, m.ExpirationModel, m.ValidTo = "EXTERNAL", "KEY_MATERIAL_EXPIRES", now.Add(50*time.Hour)
		}, KeyMaterial{Expires: "at", Days: 2}, ""},
		"not said": {func(m *snapshot.KeyMetadata, _ time.Time) { m.Origin = "EXTERNAL" }, KeyMaterial{}, "ExpirationNotGiven"},
	} {
		d, _ := build(t, func(s *snapshot.Snapshot) { test.change(metadataOf(s), s.CollectedAt) }, Intent{})
		k := d.Keys[0]
		if test.code != "" {
			if k.Material != nil || k.Unread["material"].Code != test.code {
				t.Errorf("%s: %+v, %+v", name, k.Material, k.Unread)
			}
			continue
		}
		got := *k.Material
		if got.Expires == "at" && got.At != snapshotDay(t, 50*time.Hour) {
			t.Errorf("%s: expires on %s", name, got.At)
		}
		got.Place, got.At = "", ""
		if got != test.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// snapshotDay is the day some time after the collection of the reference account.
func snapshotDay(t *testing.T, after time.Duration) string {
	t.Helper()
	return reference(t).Snapshot.CollectedAt.Add(after).Format(time.DateOnly)
}

func TestUsage(t *testing.T) {
	day := 24 * time.Hour
	for name, test := range map[string]struct {
		made, tracked, used time.Duration // before the collection
		want                KeyUsage
	}{
		"used":             {1000 * day, 300 * day, 3 * day, KeyUsage{Used: true, Operation: "Decrypt", QuietDays: 3}},
		"no record":        {1000 * day, 300 * day, 0, KeyUsage{QuietDays: 300}},
		"none since made":  {20 * day, 20 * day, 0, KeyUsage{QuietDays: 20, Whole: true}},
		"used, since made": {20 * day, 20 * day, day, KeyUsage{Used: true, Operation: "Decrypt", QuietDays: 1, Whole: true}},
	} {
		d, _ := build(t, func(s *snapshot.Snapshot) {
			metadataOf(s).CreatedAt = s.CollectedAt.Add(-test.made)
			use := snapshot.KeyUsage{TrackedSince: s.CollectedAt.Add(-test.tracked)}
			if test.used != 0 {
				use.At, use.Operation = s.CollectedAt.Add(-test.used), "Decrypt"
			}
			s.Keys[0].LastUsage = snapshot.Of(use)
		}, Intent{})
		got := *d.Keys[0].Usage
		if got.Since != snapshotDay(t, -test.tracked) {
			t.Errorf("%s: since %s", name, got.Since)
		}
		got.Place, got.Since = "", ""
		if got != test.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
	d, _ := build(t, func(s *snapshot.Snapshot) { s.Keys[0].LastUsage = snapshot.Of(snapshot.KeyUsage{}) }, Intent{})
	if k := d.Keys[0]; k.Usage != nil || k.Unread["usage"].Code != "TrackingStartNotGiven" {
		t.Errorf("records that begin nowhere: %+v", k.Unread)
	}
}

func TestNames(t *testing.T) {
	d, _ := build(t, func(s *snapshot.Snapshot) {
		s.Keys[0].Tags = snapshot.Of(map[string]string{"b": "2", "a": "1", "aws:cloudformation:stack-name": "x"})
		metadataOf(s).CustomKeyStore = "cks-1"
	}, Intent{})
	k := d.Keys[0]
	if !reflect.DeepEqual(k.Tags.Tags, []Tag{{"a", "1"}, {"b", "2"}}) || k.Store.ID != "cks-1" {
		t.Errorf("tags %+v, store %+v", k.Tags, k.Store)
	}
	if !reflect.DeepEqual(k.Aliases.Names, []string{"alias/confidential"}) {
		t.Errorf("aliases %+v", k.Aliases)
	}
	refused := func(s *snapshot.Snapshot) {
		for i := range s.Coverage {
			if s.Coverage[i].Operation == "kms:ListAliases" {
				s.Coverage[i].State = snapshot.Denied
			}
		}
	}
	if d, _ = build(t, refused, Intent{}); d.Keys[0].Aliases == nil {
		t.Error("an alias that is known is gone with the rest of the listing")
	}
	d, _ = build(t, func(s *snapshot.Snapshot) { refused(s); s.Aliases = nil }, Intent{})
	if d.Keys[0].Aliases != nil || d.Keys[0].Unread["aliases"].State != "denied" {
		t.Errorf("aliases that nobody could list: %+v", d.Keys[0].Aliases)
	}
}
