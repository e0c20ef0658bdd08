package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/awsfake"
)

// TestFindCopies: the copy that was left behind in bucket 1 is found only if it
// is looked for, at the price of one call for every bucket and name.
func TestFindCopies(t *testing.T) {
	config := read(t, "../../"+referenceConfig)
	for _, tc := range []struct {
		name  string
		args  []string
		heads int
		found bool
	}{
		{"not asked", []string{"collect"}, 1, false},
		{"asked", []string{"collect", "--find-copies"}, 3, true},
		{"asked by the environment", []string{"KMSAUDIT_FIND_COPIES=true", "collect"}, 3, true},
		{"nothing named", []string{"collect", "--find-copies", "-c", "empty.yaml"}, 0, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			write(t, "kmsaudit.yaml", config)
			write(t, "empty.yaml", "version: 1\n")
			world := awsfake.Reference()
			world.Buckets = append(world.Buckets, awsfake.Bucket{Name: "empty", Region: awsfake.ReferenceRegion})
			serve(t, world)
			if collected := call(t, tc.args...); collected.code != exitOK {
				t.Fatalf("collect ends with %d: %s", collected.code, collected.stderr)
			}
			if got := world.Count("s3", "HeadObject"); got != tc.heads {
				t.Errorf("%d calls of HeadObject, not %d", got, tc.heads)
			}
			text := read(t, "snapshot.json")
			if strings.Contains(text, `"sampled": true`) || strings.Contains(text, `"operation": "s3:GetObject"`) {
				t.Error("a copy is recorded as sampled, or as absent")
			}
			checked := call(t, "check", "snapshot.json", "-f", "json")
			var on []string
			for _, f := range results(t, checked.stdout).Findings {
				if f.Rule == "OBJ-001" {
					on = append(on, f.Resource)
				}
			}
			want := []string(nil)
			if tc.found {
				want = []string{"arn:aws:s3:::" + awsfake.ReferenceBucket1 + "/" + awsfake.ReferenceObject}
			}
			if !slices.Equal(on, want) {
				t.Errorf("OBJ-001 is found on %v, not on %v; %s", on, want, checked.stderr)
			}
		})
	}
}
