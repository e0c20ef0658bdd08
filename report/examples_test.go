package report_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kmsaudit/kmsaudit/report"
)

// The examples that the writers are tested with are results files in the very
// form in which WriteJSON writes them; UPDATE=1 rewrites them so.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	s := schema(t)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r, err := report.ReadJSON(bytes.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			counted := *r
			counted.Count()
			if diff := cmp.Diff(r.Summary, counted.Summary); diff != "" {
				t.Errorf("summary (-file +counted):\n%s", diff)
			}
			counted.Sort()
			want := encode(t, &counted)
			v, err := jsonschema.UnmarshalJSON(bytes.NewReader(want))
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Validate(v); err != nil {
				t.Error(err)
			}
			if os.Getenv("UPDATE") != "" {
				if err := os.WriteFile(file, want, 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want), string(text)); diff != "" {
				t.Errorf("(-written +file):\n%s", diff)
			}
		})
	}
}
