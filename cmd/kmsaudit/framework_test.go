package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/kmsaudit/kmsaudit/report/frameworks"
)

// Of a folder, whose findings are kept in files, a control counts what it does of
// the file: its part of a rule's findings.
func TestFrameworkOfAFolder(t *testing.T) {
	folder := t.TempDir()
	text, err := os.ReadFile("../../testdata/accounts/bad/snapshot.json")
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "snapshot.json"), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, framework := range []string{"cis-3.0", "fsbp"} {
		views := make([]frameworks.View, 2)
		for i, path := range []string{folder, filepath.Join(folder, "snapshot.json")} {
			a := call(t, "check", path, "-c", "../../testdata/accounts/bad/kmsaudit.yaml", "--framework", framework, "--as-of", "2026-11-01", "--fail-on", "none", "-f", "json")
			if err := json.Unmarshal([]byte(a.stdout), &views[i]); err != nil {
				t.Fatalf("%v\n%s%s", err, a.stdout, a.stderr)
			}
		}
		failed := 0
		for i, row := range views[1].Controls {
			if got := views[0].Controls[i]; !reflect.DeepEqual(got, row) {
				t.Errorf("%s %s: %+v of the folder, %+v of the file", framework, row.ID, got, row)
			}
			failed += row.Published.Failed + row.Suggested.Failed
		}
		if failed == 0 {
			t.Errorf("%s: nothing fails", framework)
		}
	}
}
