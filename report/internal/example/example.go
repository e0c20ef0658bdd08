// Package example gives the tests of the writers results to write, and holds what
// they write to goldens.
//
// It promises the results files of report/testdata, and goldens that UPDATE=1
// rewrites.
//
// It refuses to be part of the program: only tests import it.
package example

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kmsaudit/kmsaudit/report"
)

// Names are the examples: many faults, none, and an account that nobody could read.
func Names() []string { return []string{"faults", "clean", "blind"} }

// Load reads an example from the folder of a package below report.
func Load(t testing.TB, name string) *report.Results {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	r, err := report.ReadJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Golden compares text with a file of testdata.
func Golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") != "" {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s; UPDATE=1 refreshes it (-file +written):\n%s", file, diff)
	}
}

// Schema compiles a JSON Schema of testdata/schema.
func Schema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "testdata", "schema", name))
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// Accept holds JSON text to a schema and returns what it holds.
func Accept(t *testing.T, schema *jsonschema.Schema, text string) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(v); err != nil {
		t.Errorf("schema: %.2000s", err.Error())
	}
	return v
}

// Items are the items of JSON text that is an array with one item on each line.
func Items(t *testing.T, text string) []string {
	t.Helper()
	var items []json.RawMessage
	if err := json.Unmarshal([]byte(text), &items); err != nil {
		t.Fatal(err)
	}
	lines := strings.Count(text, "\n")
	if len(items) > 0 && lines != len(items)+2 {
		t.Errorf("%d items on %d lines", len(items), lines)
	}
	out := make([]string, 0, len(items))
	for _, one := range items {
		out = append(out, string(one))
	}
	return out
}

// Shows holds the lines of such text to being inert, and what it says to holding
// the marker at least so many times.
func Shows(t *testing.T, text, marker string, times int) {
	t.Helper()
	shown := 0
	for _, item := range Items(t, text) {
		var v any
		if err := json.Unmarshal([]byte(item), &v); err != nil {
			t.Fatal(err)
		}
		Strings(v, func(s string) { shown += strings.Count(s, marker) })
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimSuffix(line, "\n"); line != report.Inert(line) {
			t.Errorf("not inert: %.200q", line)
		}
	}
	if shown < times {
		t.Errorf("the texts show %d times only", shown)
	}
}

// Strings visits every string of a JSON value, keys included.
func Strings(v any, visit func(string)) {
	switch v := v.(type) {
	case map[string]any:
		for key, one := range v {
			visit(key)
			Strings(one, visit)
		}
	case []any:
		for _, one := range v {
			Strings(one, visit)
		}
	case string:
		visit(v)
	}
}

// ErrBroken is what writing to Broken gives.
var ErrBroken = errors.New("disk full")

// Broken is a writer that fails.
func Broken() io.Writer { return broken{} }

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, ErrBroken }

// Many are results with n findings of many rules and resources, the worst first.
func Many(n int) *report.Results {
	r := &report.Results{Snapshots: []report.Snapshot{{
		Path: "snapshots/522814710681.json", Account: "522814710681", Partition: "aws", CollectedAt: "2026-11-20T06:00:00Z",
	}}}
	severities := report.Severities()
	for i := range 80 {
		r.Rules = append(r.Rules, report.Rule{
			ID: fmt.Sprintf("KEY-%03d", i), Name: fmt.Sprintf("key-%03d", i), Title: "The key could rotate and does not",
			Severity: severities[i*len(severities)/80], Remediation: "Switch rotation on.",
		})
	}
	for i := range n {
		rule := r.Rules[i*80/n]
		resource := fmt.Sprintf("arn:aws:kms:us-east-1:522814710681:key/%08x-72ff-4a1b-9c0d-000000000000", i)
		r.Findings = append(r.Findings, report.Finding{
			Rule: rule.ID, Severity: rule.Severity, Resource: resource, Account: "522814710681", Region: "us-east-1",
			Msg:         fmt.Sprintf("key %d could rotate and does not", i),
			Place:       report.Place{File: "snapshots/522814710681.json", Line: i + 1, Column: 9, Pointer: fmt.Sprintf("/keys/%d", i)},
			Mend:        []byte(`[{"text":"switch it on","command":"aws kms enable-key-rotation --key-id '` + resource + `'"}]`),
			Fingerprint: report.Fingerprint(rule.ID, "522814710681", "us-east-1", resource, "", nil),
		})
	}
	r.Count()
	return r
}
