package report_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/report"
)

// part is a run over one account.
func part(account string) *report.Results {
	r := &report.Results{
		Schema: report.Schema, Tool: report.Tool{Name: "kmsaudit", Version: "1"}, AsOf: "2026-11-23",
		Snapshots: []report.Snapshot{{Account: account, Path: account + ".json"}},
		Rules:     []report.Rule{{ID: "KEY-001", Severity: report.Medium, Params: json.RawMessage(`{"a": 1}`), Passed: 2}},
		Findings:  []report.Finding{{Rule: "KEY-001", Severity: report.Medium, Account: account}},
	}
	r.Summary.Passed = 2
	return r
}

func TestMerge(t *testing.T) {
	used, unused, expired := report.Waiver{Rule: "KEY-001", Reason: "used in b"}, report.Waiver{Rule: "KEY-001", Reason: "unused"}, report.Waiver{Rule: "KEY-001", Reason: "expired"}
	a, b := part("2"), part("1")
	a.UnusedWaivers = []report.Waiver{used, unused, expired}
	b.UnusedWaivers, b.ExpiredWaivers = []report.Waiver{unused}, []report.Waiver{expired}
	b.Rules[0].Params = json.RawMessage(`{"a":1}`)
	m, err := report.Merge(a, b)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Snapshots) != 2 || m.Snapshots[0].Account != "1" || len(m.Findings) != 2 || m.Summary.Findings != 2 || m.Summary.Passed != 4 ||
		m.Rules[0].Passed != 4 || m.Rules[0].Findings != 2 || a.Rules[0].Passed != 2 {
		t.Errorf("got %+v", m)
	}
	if len(m.UnusedWaivers) != 1 || m.UnusedWaivers[0] != unused || len(m.ExpiredWaivers) != 1 || m.ExpiredWaivers[0] != expired {
		t.Errorf("waivers %+v, expired %+v", m.UnusedWaivers, m.ExpiredWaivers)
	}
}

// TestMergeRefuses: what was not judged alike is not one report.
func TestMergeRefuses(t *testing.T) {
	for want, change := range map[string]func(*report.Results){
		"judged twice":          func(r *report.Results) { r.Snapshots[0].Account = "1" },
		"another by kmsaudit 2": func(r *report.Results) { r.Tool.Version = "2" },
		"the same --as-of":      func(r *report.Results) { r.AsOf = "2026-11-24" },
		"not the same rule":     func(r *report.Results) { r.Rules[0].Params = json.RawMessage(`{"a": 2}`) },
		"has 1 rules":           func(r *report.Results) { r.Rules = nil },
	} {
		other := part("2")
		change(other)
		if _, err := report.Merge(part("1"), other); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if _, err := report.Merge(); err == nil {
		t.Error("nothing was merged")
	}
}
