package frameworks_test

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/frameworks"
)

func TestLists(t *testing.T) {
	for _, id := range frameworks.IDs() {
		f, err := frameworks.Read(id)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, c := range f.Controls {
			if seen[c.ID] || c.ID == "" || c.Title == "" {
				t.Errorf("%s: control %+v", id, c)
			}
			seen[c.ID] = true
		}
		if f.Title == "" || f.Source == "" || len(seen) < 15 {
			t.Errorf("%s: %q, %q, %d controls", id, f.Title, f.Source, len(seen))
		}
	}
	if _, err := frameworks.Read("pci"); err == nil || !strings.Contains(err.Error(), "hipaa") {
		t.Errorf("pci: %v", err)
	}
}

func TestView(t *testing.T) {
	f, err := frameworks.Read("fsbp")
	if err != nil {
		t.Fatal(err)
	}
	known := []report.Rule{
		{ID: "A-001", Compliance: map[string][]string{"fsbp": {"KMS.4"}}, Passed: 3, Findings: 2, Unknown: 1, Waived: 4},
		{ID: "A-002", Suggested: map[string][]string{"fsbp": {"KMS.4"}}, Passed: 7},
		{ID: "A-003", Compliance: map[string][]string{"fsbp": {"KMS.4", "KMS.5"}}},
	}
	v := frameworks.Of(f, &report.Results{Rules: known[:2]}, known, nil)
	i := slices.IndexFunc(v.Controls, func(r frameworks.Row) bool { return r.ID == "KMS.4" })
	got := v.Controls[i]
	if p := got.Published; p.Passed != 3 || p.Failed != 2 || p.Unknown != 1 || p.Waived != 4 || !slices.Equal(p.Rules, []string{"A-001", "A-003"}) || !slices.Equal(p.Waiting, []string{"A-003"}) {
		t.Errorf("published %+v", p)
	}
	if s := got.Suggested; s.Passed != 7 || !slices.Equal(s.Rules, []string{"A-002"}) {
		t.Errorf("suggested %+v", s)
	}
	if slices.Contains(v.Uncovered, "KMS.4") || slices.Contains(v.Uncovered, "KMS.5") || !slices.Contains(v.Uncovered, "S3.5") {
		t.Errorf("uncovered %v", v.Uncovered)
	}
	var text, markdown bytes.Buffer
	if err := v.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	if err := v.WriteMarkdown(&markdown); err != nil {
		t.Fatal(err)
	}
	for out, want := range map[string]string{text.String(): "A-001, A-003*", markdown.String(): "| KMS.4 | suggested | 0 | 0 | 0 | 7 | A-002 |"} {
		if !strings.Contains(out, want) || !strings.Contains(out, "No rule covers: ") {
			t.Errorf("want %q in\n%s", want, out)
		}
	}
}

// A control that asks about a part of a rule counts that part.
func TestParts(t *testing.T) {
	f, err := frameworks.Read("fsbp")
	if err != nil {
		t.Fatal(err)
	}
	finding := func(resource, events, kind string, waived bool) report.Finding {
		one := report.Finding{Rule: "A-001", Account: "1", Resource: resource, About: map[string]string{"events": events}, Evidence: []byte(`{"kind":"` + kind + `","open":[]}`)}
		if waived {
			one.Waived = &report.Waived{}
		}
		return one
	}
	known := []report.Rule{{ID: "A-001", Compliance: map[string][]string{"fsbp": {"S3.22", "S3.23", "IAM.2", "S3.2"}}, Passed: 1, Findings: 3, Unknown: 2, Waived: 1}}
	results := &report.Results{Rules: known, Findings: []report.Finding{
		finding("a", "read", "user", false), finding("a", "write", "role", false), finding("b", "read", "role", false), finding("c", "write", "role", true),
	}}
	parts := []frameworks.Part{
		{Rule: "A-001", Controls: []string{"S3.22"}, About: map[string]string{"events": "write"}},
		{Rule: "A-001", Controls: []string{"IAM.2"}, Evidence: map[string]any{"kind": "user"}},
		{Rule: "A-001", Controls: []string{"S3.2"}, Unless: map[string]any{"open": []any{}}},
		{Rule: "B-001", Controls: []string{"S3.23"}, About: map[string]string{"events": "none"}},
	}
	want := map[string]frameworks.Side{ // passed, failed, unknown, waived
		"S3.22": {Passed: 2, Failed: 1, Unknown: 2, Waived: 1}, // b has findings of reads only
		"S3.23": {Passed: 1, Failed: 3, Unknown: 2, Waived: 1},
		"IAM.2": {Passed: 3, Failed: 1, Unknown: 2, Waived: 0},
		"S3.2":  {Passed: 4, Failed: 0, Unknown: 2, Waived: 0},
	}
	for _, row := range frameworks.Of(f, results, known, parts).Controls {
		got := frameworks.Side{Passed: row.Published.Passed, Failed: row.Published.Failed, Unknown: row.Published.Unknown, Waived: row.Published.Waived}
		if one, ok := want[row.ID]; ok && !reflect.DeepEqual(one, got) {
			t.Errorf("%s: %+v, and %+v was wanted", row.ID, got, one)
		}
	}
	results.Findings = nil // as where they are kept elsewhere
	for _, row := range frameworks.Of(f, results, known, parts).Controls {
		if row.ID == "S3.22" && row.Published.Failed != 3 {
			t.Errorf("without the findings %+v", row.Published)
		}
	}
}
