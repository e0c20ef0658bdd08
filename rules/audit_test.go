package rules

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

const reference = "../testdata/reference/snapshot.json"

// changed writes the reference snapshot with a change and reads it back.
func changed(t *testing.T, change func(*snapshot.Snapshot)) *snapshot.File {
	t.Helper()
	file, err := snapshot.ReadFile(reference)
	if err != nil {
		t.Fatal(err)
	}
	change(file.Snapshot)
	path := filepath.Join(t.TempDir(), "snapshot.json")
	if err := snapshot.WriteFile(path, file.Snapshot); err != nil {
		t.Fatal(err)
	}
	if file, err = snapshot.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	return file
}

func auditOf(t *testing.T, s Settings, files ...*snapshot.File) *report.Results {
	t.Helper()
	c := catalogue(t)
	if err := c.Check(s); err != nil {
		t.Fatal(err)
	}
	e, err := c.Compile(t.Context(), s.Runs)
	if err != nil {
		t.Fatal(err)
	}
	r, err := e.Audit(t.Context(), files, s)
	if err != nil {
		t.Fatal(err)
	}
	r.Sort()
	r.Count()
	return r
}

func same(*snapshot.Snapshot) {}

func ruleIDs(findings []report.Finding) []string {
	var ids []string
	for _, f := range findings {
		ids = append(ids, f.Rule)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func TestAuditWithoutIntent(t *testing.T) {
	r := auditOf(t, Settings{}, changed(t, same))
	ids := ruleIDs(r.Findings)
	for _, want := range []string{"KEY-001", "S3-001"} {
		if !slices.Contains(ids, want) {
			t.Errorf("%s found nothing; found %v", want, ids)
		}
	}
	waiting := map[string]bool{}
	for _, n := range r.Summary.NeedsIntent {
		waiting[n.Rule] = len(n.Needs) > 0
	}
	if !waiting["IAM-007"] || !waiting["ACC-001"] || !waiting["ACC-003"] || waiting["KEY-001"] {
		t.Errorf("rules that wait for intent: %v", waiting)
	}
	for _, f := range r.Findings {
		if f.Place.Line < 2 || f.Place.Column < 1 || f.Fingerprint == "" || f.Account != "522814710681" || f.Place.File == "" {
			t.Errorf("finding %+v", f)
		}
	}
}

func TestAuditSettings(t *testing.T) {
	s := Settings{
		Severities: map[string]report.Severity{"KEY-001": report.Critical},
		Disabled:   map[string]bool{"S3-001": true},
	}
	r := auditOf(t, s, changed(t, same))
	for _, f := range r.Findings {
		if f.Rule == "S3-001" {
			t.Error("a rule that is off found something")
		}
		if f.Rule == "KEY-001" && f.Severity != report.Critical {
			t.Errorf("KEY-001 is %s", f.Severity)
		}
	}
	if slices.ContainsFunc(r.Rules, func(r report.Rule) bool { return r.ID == "S3-001" }) {
		t.Error("a rule that is off is among those that ran")
	}
}

func TestSettingsAreChecked(t *testing.T) {
	for name, test := range map[string]struct {
		settings Settings
		problem  string
	}{
		"rule of params":   {Settings{Params: map[string]map[string]any{"KEY-999": {}}}, "there is no rule"},
		"rule of severity": {Settings{Severities: map[string]report.Severity{"KEY-999": report.Low}}, "there is no rule"},
		"rule to disable":  {Settings{Disabled: map[string]bool{"KEY-999": true}}, "there is no rule"},
		"param":            {Settings{Params: map[string]map[string]any{"KEY-001": {"days": 1}}}, `no parameter "days"`},
	} {
		err := catalogue(t).Check(test.settings)
		if err == nil || !strings.Contains(err.Error(), test.problem) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFailedListing wants one unknown for the scope from every rule that reads
// the listing, about the account, and a gap.
func TestFailedListing(t *testing.T) {
	r := auditOf(t, Settings{}, changed(t, func(s *snapshot.Snapshot) {
		s.Keys = nil
		for i := range s.Coverage {
			if s.Coverage[i].Operation == "kms:ListKeys" {
				s.Coverage[i].State, s.Coverage[i].Code = snapshot.Denied, "AccessDeniedException"
			}
		}
	}))
	scope := 0
	for _, u := range r.Unknown {
		if u.About["listing"] == "kms:ListKeys" {
			scope++
			if u.Resource != "arn:aws:iam::522814710681:root" || u.Region != "us-east-1" || !strings.Contains(u.Msg, "AccessDeniedException") {
				t.Errorf("unknown %+v", u)
			}
		}
	}
	if scope < 3 {
		t.Errorf("only %d rules say that keys were not listed", scope)
	}
	if len(r.Gaps) != 1 || r.Gaps[0].Operation != "kms:ListKeys" || !r.Gaps[0].Listing || !slices.Contains(r.Gaps[0].Rules, "KEY-001") || r.Gaps[0].Place.Line < 2 {
		t.Errorf("gaps %+v", r.Gaps)
	}
	if v := (report.Gate{FailOn: report.Critical}).Verdict(r); v.ExitCode != report.ExitIncomplete {
		t.Errorf("the gate says %+v", v)
	}
}

// TestToldOnce asks of a rule one unknown for what nobody asked AWS about any of
// three keys, and one for each key that AWS refused.
func TestToldOnce(t *testing.T) {
	for _, test := range []struct {
		state snapshot.State
		want  int
		about string
	}{{snapshot.NotCollected, 1, "kms:GetKeyLastUsage"}, {snapshot.Denied, 3, ""}} {
		r := auditOf(t, Settings{}, changed(t, func(s *snapshot.Snapshot) {
			for _, id := range []string{"11111111-0000-0000-0000-000000000000", "22222222-0000-0000-0000-000000000000"} {
				k := s.Keys[0]
				k.ARN, k.ID = strings.Replace(k.ARN, k.ID, id, 1), id
				s.Keys = append(s.Keys, k)
			}
			for i := range s.Keys {
				s.Keys[i].LastUsage = snapshot.Reading[snapshot.KeyUsage]{State: test.state, Operation: "kms:GetKeyLastUsage"}
			}
		}))
		n := 0
		for _, u := range r.Unknown {
			if u.Rule != "KEY-008" {
				continue
			}
			n++
			if u.About["operation"] != test.about || u.Fingerprint == "" {
				t.Errorf("%s: unknown %+v", test.state, u)
			}
		}
		if n != test.want {
			t.Errorf("%s: told %d times", test.state, n)
		}
		for _, gap := range r.Gaps {
			if gap.Operation == "kms:GetKeyLastUsage" && gap.Message != "on 3 resources" {
				t.Errorf("%s: gap %+v", test.state, gap)
			}
		}
	}
}

func TestInterruptedSnapshotIsAGap(t *testing.T) {
	r := auditOf(t, Settings{}, changed(t, func(s *snapshot.Snapshot) { s.Interrupted = true }))
	isInterruption := func(g report.Gap) bool { return g.Code == "Interrupted" && g.Listing }
	if !slices.ContainsFunc(r.Gaps, isInterruption) || !r.Snapshots[0].Interrupted {
		t.Errorf("gaps %+v", r.Gaps)
	}
}

// TestTrimmedSnapshotNeverPasses takes away, in turn, everything that the
// reference snapshot holds: no rule may then pass more than before.
func TestTrimmedSnapshotNeverPasses(t *testing.T) {
	before := auditOf(t, Settings{}, changed(t, same)).Summary.Passed
	for name, trim := range map[string]func(*snapshot.Snapshot){
		"coverage": func(s *snapshot.Snapshot) { s.Coverage = nil },
		"keys":     func(s *snapshot.Snapshot) { s.Keys, s.Coverage = nil, nil },
		"buckets":  func(s *snapshot.Snapshot) { s.Buckets, s.Coverage = nil, nil },
		"regions":  func(s *snapshot.Snapshot) { s.Regions, s.Keys = nil, nil },
	} {
		r := auditOf(t, Settings{}, changed(t, trim))
		if r.Summary.Passed > before {
			t.Errorf("without %s %d subjects pass, with them %d", name, r.Summary.Passed, before)
		}
		if len(r.Gaps) == 0 {
			t.Errorf("without %s there is no gap", name)
		}
	}
}

func TestSeveralSnapshots(t *testing.T) {
	other := changed(t, func(s *snapshot.Snapshot) { s.Account.ID, s.Keys = "111122223333", nil })
	r := auditOf(t, Settings{Intent: facts.Intent{}}, changed(t, same), other)
	accounts := map[string]bool{}
	prints := map[string]bool{}
	for _, f := range r.Findings {
		accounts[f.Account] = true
		if prints[f.Fingerprint] {
			t.Errorf("two findings have the fingerprint of %+v", f)
		}
		prints[f.Fingerprint] = true
	}
	if len(accounts) != 2 || len(r.Snapshots) != 2 {
		t.Errorf("accounts %v", accounts)
	}
}
