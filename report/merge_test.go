package report_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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

// ofAccount is a finding of an account about a resource.
func ofAccount(account, resource string) report.Finding {
	f := report.Finding{Rule: "KEY-001", Severity: report.Medium, Account: account, Resource: resource, Msg: "is off"}
	f.Fingerprint = report.Fingerprint(f.Rule, f.Account, f.Region, f.Resource, "", nil)
	return f
}

// TestMergeBaselines: parts that were held against a baseline come to what all
// together would be held against it: resolved is what its own part judged, and what
// cannot be read any more is not.
func TestMergeBaselines(t *testing.T) {
	old := part("1")
	old.Snapshots = append(old.Snapshots, part("2").Snapshots...)
	old.Findings = []report.Finding{
		ofAccount("1", "stays"), ofAccount("1", "mended"), ofAccount("1", "unread"), ofAccount("2", "stays"), ofAccount("2", "mended"), ofAccount("3", "nowhere"),
	}
	with := func(account string, change func(*report.Results)) *report.Results {
		r := part(account)
		r.Findings = []report.Finding{ofAccount(account, "stays")}
		if account == "1" {
			u := ofAccount("1", "unread")
			r.Unknown = []report.Unknown{{Rule: u.Rule, Severity: u.Severity, Account: u.Account, Resource: u.Resource, Fingerprint: u.Fingerprint}}
		} else {
			r.Findings = append(r.Findings, ofAccount("2", "new"))
		}
		if change != nil {
			change(r)
		}
		return r
	}
	unlisted := func(r *report.Results) {
		r.Gaps = []report.Gap{{Operation: "organizations:ListAccounts", State: "denied", Listing: true, Rules: []string{"KEY-001"}}}
	}
	for name, change := range map[string]func(*report.Results){"all read": nil, "accounts not listed": unlisted} {
		t.Run(name, func(t *testing.T) {
			a, b := with("1", nil), with("2", change)
			a.Against(old, "old.json")
			b.Against(old, "old.json")
			merged, err := report.Merge(a, b)
			if err != nil {
				t.Fatal(err)
			}
			whole, err := report.Merge(with("1", nil), with("2", change))
			if err != nil {
				t.Fatal(err)
			}
			whole.Against(old, "old.json")
			if diff := cmp.Diff(whole, merged); diff != "" {
				t.Errorf("the parts together are not the whole (-whole +merged):\n%s", diff)
			}
			var resolved, unjudged []string
			for _, f := range merged.Baseline.Resolved {
				resolved = append(resolved, f.Account+" "+f.Resource)
			}
			for _, f := range merged.Baseline.Unjudged {
				unjudged = append(unjudged, f.Account+" "+f.Resource)
			}
			wantResolved, wantUnjudged := []string{"1 mended", "2 mended"}, []string{"1 unread", "3 nowhere"}
			if change != nil {
				wantResolved, wantUnjudged = nil, []string{"1 mended", "1 unread", "2 mended", "3 nowhere"}
			}
			slices.Sort(resolved)
			slices.Sort(unjudged)
			if !slices.Equal(resolved, wantResolved) || !slices.Equal(unjudged, wantUnjudged) || merged.Baseline.New != 1 || merged.Baseline.Unchanged != 2 {
				t.Errorf("resolved %v, unjudged %v, %+v", resolved, unjudged, merged.Baseline)
			}
		})
	}
	plain, other, held := part("1"), with("2", nil), with("1", nil)
	held.Against(old, "old.json")
	other.Against(old, "other.json")
	for want, parts := range map[string][]*report.Results{
		"some parts are held against a baseline": {plain, other}, "held against old.json of": {held, other},
	} {
		if _, err := report.Merge(parts...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
