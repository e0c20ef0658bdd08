package sarif_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/internal/example"
	"github.com/kmsaudit/kmsaudit/report/sarif"
)

func write(t *testing.T, r *report.Results, opts ...sarif.Option) string {
	t.Helper()
	var b bytes.Buffer
	if err := sarif.Write(&b, r, opts...); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// official is OASIS's schema of SARIF 2.1.0.
func official(t *testing.T) *jsonschema.Schema { return example.Schema(t, "sarif-2.1.0.json") }

// accept holds a file against the official schema and the rules of GitHub.
func accept(t *testing.T, schema *jsonschema.Schema, text string) {
	t.Helper()
	example.Accept(t, schema, text)
	for _, problem := range github(t, text) {
		t.Errorf("GitHub: %s", problem)
	}
}

func TestGolden(t *testing.T) {
	schema := official(t)
	tests := map[string]struct {
		results string
		opts    []sarif.Option
	}{
		"faults":        {"faults", nil},
		"faults-waived": {"faults", []sarif.Option{sarif.IncludeWaived()}},
		"clean":         {"clean", nil},
		"blind":         {"blind", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := example.Load(t, tt.results)
			if len(r.Findings) > 0 { // a few of those alike are enough
				r.Findings = append(r.Findings[:5:5], r.Findings[25:]...)
			}
			got := write(t, r, tt.opts...)
			accept(t, schema, got)
			example.Golden(t, name+".sarif", got)
		})
	}
}

func TestBareResults(t *testing.T) {
	schema := official(t)
	for name, r := range map[string]*report.Results{
		"nothing at all":       {},
		"finding without rule": {Findings: make([]report.Finding, 1)},
		"everything empty": {
			Snapshots: make([]report.Snapshot, 1), Rules: make([]report.Rule, 1), Findings: make([]report.Finding, 2),
			Unknown: make([]report.Unknown, 1), Gaps: make([]report.Gap, 1),
		},
		"the same rule twice": {Rules: []report.Rule{{ID: "A"}, {ID: "A"}}, Findings: []report.Finding{{Rule: "A"}, {Rule: "B"}}},
		"null and broken mend": {Findings: []report.Finding{
			{Rule: "A", Mend: json.RawMessage("null")}, {Rule: "A", Mend: json.RawMessage("{")},
		}},
	} {
		t.Run(name, func(t *testing.T) { accept(t, schema, write(t, r)) })
	}
}

func accounts(n int) *report.Results {
	r := &report.Results{Rules: []report.Rule{{ID: "KEY-001", Severity: report.Low}}}
	for i := range n {
		account, file := strconv.Itoa(100000000000+i), "snapshots/"+strconv.Itoa(i)+".json"
		r.Snapshots = append(r.Snapshots,
			report.Snapshot{Account: account, Partition: "aws", Path: file},
			report.Snapshot{Account: account, Partition: "aws", Path: file + ".older"})
		r.Findings = append(r.Findings,
			report.Finding{Rule: "KEY-001", Account: account, Msg: "x", Place: report.Place{File: file}},
			report.Finding{Rule: "KEY-001", Account: "999999999999", Msg: "of an account beside it", Place: report.Place{File: file}})
	}
	return r
}

func TestOneRunPerAccount(t *testing.T) {
	text := write(t, accounts(20))
	accept(t, official(t), text)
	doc := decode(t, text)
	if len(doc.Runs) != 20 {
		t.Fatalf("%d runs", len(doc.Runs))
	}
	for i, run := range doc.Runs {
		if want := "kmsaudit/aws/" + strconv.Itoa(100000000000+i) + "/"; run.AutomationDetails.ID != want {
			t.Errorf("run %d is %s, want %s", i, run.AutomationDetails.ID, want)
		}
		if len(run.Results) != 2 {
			t.Errorf("run %d has %d results", i, len(run.Results))
		}
	}
	var b bytes.Buffer
	err := sarif.Write(&b, accounts(21))
	if err == nil || !strings.Contains(err.Error(), "a file of each account with --sarif-split") || b.Len() > 0 {
		t.Errorf("21 accounts: error %v, %d bytes", err, b.Len())
	}
}

func TestMoreThanGitHubShows(t *testing.T) {
	r := &report.Results{Snapshots: []report.Snapshot{{Account: "522814710681", Path: "s.json"}}}
	for i := range 5001 {
		r.Findings = append(r.Findings, report.Finding{
			Rule: "KEY-001", Account: "522814710681", Severity: report.Severity(1 + i%5), Msg: "x", Resource: strconv.Itoa(i),
		})
	}
	text := write(t, r)
	accept(t, official(t), text)
	run := decode(t, text).Runs[0]
	if len(run.Results) != 5001 {
		t.Errorf("%d results", len(run.Results))
	}
	for i := 1; i < len(run.Results); i++ {
		if rank(run.Results[i-1].Properties.Severity) < rank(run.Results[i].Properties.Severity) {
			t.Fatalf("result %d is worse than the one before", i)
		}
	}
	invocation := run.Invocations[0]
	if len(invocation.Notifications) != 1 || !strings.Contains(invocation.Notifications[0].Message.Text, "leaves out 1") {
		t.Errorf("notifications: %+v", invocation.Notifications)
	}
	if !invocation.ExecutionSuccessful {
		t.Error("too many results are not missing evidence")
	}
}

func rank(severity string) report.Severity {
	var s report.Severity
	_ = s.UnmarshalText([]byte(severity))
	return s
}

func TestWaived(t *testing.T) {
	r := example.Load(t, "faults")
	r.Unknown[0].Waived = &report.Waived{Reason: "known", Owner: "us", Expires: "2027-01-01"}
	without, with := decode(t, write(t, r)).Runs[0], decode(t, write(t, r, sarif.IncludeWaived())).Runs[0]
	if len(with.Results)-len(without.Results) != 1 {
		t.Errorf("%d results with and %d without what is waived", len(with.Results), len(without.Results))
	}
	if n, m := len(with.Invocations[0].Notifications), len(without.Invocations[0].Notifications); n-m != 1 {
		t.Errorf("%d notifications with and %d without what is waived", n, m)
	}
	suppressed := 0
	for _, one := range with.Results {
		suppressed += len(one.Suppressions)
	}
	if suppressed != 1 {
		t.Errorf("%d suppressions", suppressed)
	}
	r.Unknown, r.Gaps = r.Unknown[:1], nil
	if !decode(t, write(t, r)).Runs[0].Invocations[0].ExecutionSuccessful {
		t.Error("an accepted unknown makes the run fail")
	}
}

func TestWriteErrors(t *testing.T) {
	if err := sarif.Write(example.Broken(), example.Load(t, "clean")); !errors.Is(err, example.ErrBroken) {
		t.Errorf("error %v", err)
	}
}
