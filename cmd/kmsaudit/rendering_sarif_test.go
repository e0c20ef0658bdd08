package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/report"
)

// sarifRuns are the parts of SARIF that the tests look at.
type sarifRuns struct {
	Runs []struct {
		AutomationDetails struct{ ID string }
		Results           []struct{ Properties struct{ Severity string } }
		Invocations       []struct {
			ToolExecutionNotifications []struct{ Message struct{ Text string } }
		}
	}
}

// TestSARIFSplit: more accounts than code scanning takes in one file are written to a
// file each, and the worst of their findings if there are too many.
func TestSARIFSplit(t *testing.T) {
	alone(t)
	r := results(t, call(t, "check", "snapshot.json", "-c", "reference.yaml", "--as-of", day, "--fail-on", "none", "-f", "json").stdout)
	one := *r
	r.Snapshots, r.Findings, r.Unknown, r.Gaps = nil, nil, nil, nil
	const accounts = 23
	for i := range accounts {
		id := fmt.Sprintf("1000000000%02d", i)
		s := one.Snapshots[0]
		s.Account, s.Path = id, id+".json"
		r.Snapshots = append(r.Snapshots, s)
		for _, f := range one.Findings {
			f.Account, f.Place.File = id, id+".json"
			f.Fingerprint = report.Fingerprint(f.Rule, f.Account, f.Region, f.Resource, f.Statement, f.About)
			r.Findings = append(r.Findings, f)
		}
	}
	r.Gaps = []report.Gap{{Account: "../../odd", Operation: "x", State: "denied", Place: report.Place{File: "manifest.json"}}}
	r.Sort()
	r.Count()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	write(t, "many.json", string(text))
	if got := call(t, "report", "many.json", "-f", "sarif=all.sarif"); got.code != exitFailure || !strings.Contains(got.stderr, "--sarif-split") || exists("all.sarif") {
		t.Errorf("too many accounts: %+v", got)
	}
	got := call(t, "report", "many.json", "-f", "sarif=all.sarif", "--sarif-split", "--sarif-max", "3")
	files, err := filepath.Glob("all-*.sarif")
	if err != nil || got.code != exitOK || len(files) != accounts+1 || !slices.Contains(files, "all-100000000007.sarif") || !slices.Contains(files, "all-other-1.sarif") {
		t.Fatalf("%+v, files %v", got, files)
	}
	for _, name := range files {
		var doc sarifRuns
		decodeJSON(t, read(t, name), &doc)
		if len(doc.Runs) != 1 {
			t.Fatalf("%s has %d runs", name, len(doc.Runs))
		}
		run := doc.Runs[0]
		if name == "all-other-1.sarif" {
			continue
		}
		if len(run.Results) != 3 || run.Results[0].Properties.Severity != "high" || !strings.Contains(run.AutomationDetails.ID, strings.TrimSuffix(strings.TrimPrefix(name, "all-"), ".sarif")) {
			t.Errorf("%s: %+v", name, run)
		}
		if told := run.Invocations[0].ToolExecutionNotifications; len(told) != 1 || !strings.Contains(told[0].Message.Text, fmt.Sprintf("the worst 3 are in this file, and %d are left out", len(one.Findings)-3)) {
			t.Errorf("%s does not say what is left out: %+v", name, told)
		}
	}
	for _, args := range [][]string{{"-f", "sarif", "--sarif-split"}, {"-f", "sarif", "--sarif-max", "-1"}} {
		if got := call(t, append([]string{"report", "many.json"}, args...)...); got.code != exitUsage {
			t.Errorf("%v: %+v", args, got)
		}
	}
}
