package collector_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/awsfake"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// TestReference holds the snapshot of the reference account to what is collected
// from it. UPDATE=1 writes it anew.
func TestReference(t *testing.T) {
	world := awsfake.Reference()
	world.T = t
	s, err := collector.Collect(t.Context(), world.Config(), referenceOptions())
	if err != nil {
		t.Fatal(err)
	}
	if gaps := collector.Gaps(s); len(gaps) > 0 || !collector.Complete(s) {
		t.Errorf("the collection has gaps: %+v", gaps)
	}
	got, err := snapshot.Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("..", "testdata", "reference", "snapshot.json")
	if os.Getenv("UPDATE") == "1" {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("the snapshot differs (-file +collected); UPDATE=1 writes it:\n%s", diff)
	}
	if _, err := snapshot.Decode(path, got); err != nil {
		t.Error(err)
	}
}

func referenceOptions() collector.Options {
	return collector.Options{
		Regions: []string{awsfake.ReferenceRegion},
		Objects: map[string][]string{
			awsfake.ReferenceBucket1: {awsfake.ReferenceObject},
			awsfake.ReferenceBucket2: {awsfake.ReferenceObject},
		},
		ToolVersion: "1.0.0",
		Now:         func() time.Time { return time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC) },
	}
}
