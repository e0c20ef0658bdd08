package report_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kmsaudit/kmsaudit/report"
)

func one(resource string, severity report.Severity) report.Finding {
	f := report.Finding{Rule: "KEY-001", Severity: severity, Resource: resource, Account: "522814710681", Region: "us-east-1", Msg: "is off"}
	f.Fingerprint = report.Fingerprint(f.Rule, f.Account, f.Region, f.Resource, "", nil)
	return f
}

func unknownOf(f report.Finding) report.Unknown {
	return report.Unknown{
		Rule: f.Rule, Severity: f.Severity, Resource: f.Resource, Account: f.Account, Region: f.Region, Fingerprint: f.Fingerprint,
	}
}

// ran is a run of KEY-001 over one account that found these.
func ran(findings ...report.Finding) *report.Results {
	return &report.Results{
		Snapshots: []report.Snapshot{{Account: "522814710681"}}, Rules: []report.Rule{{ID: "KEY-001", Severity: report.High}}, Findings: findings,
	}
}

func TestAgainst(t *testing.T) {
	waived := one("a", report.High)
	waived.Waived = &report.Waived{}
	moved := one("a", report.High)
	moved.Place.Line, moved.Evidence = 99, []byte(`{"other":1}`)
	reworded := one("a", report.High)
	reworded.Msg = "is still off"
	blind, unlisted, elsewhere, otherRule, unlistedElsewhere := ran(), ran(), ran(), ran(), ran()
	blind.Unknown = []report.Unknown{unknownOf(one("a", report.High))}
	unlisted.Gaps = []report.Gap{{Account: "522814710681", Region: "us-east-1", Listing: true, State: "denied", Rules: []string{"KEY-001"}}}
	unlistedElsewhere.Gaps = []report.Gap{{Account: "522814710681", Region: "eu-west-1", Listing: true, State: "denied", Rules: []string{"KEY-001"}}}
	elsewhere.Snapshots[0].Account = "111122223333"
	otherRule.Rules[0].ID = "KEY-002"
	for name, tt := range map[string]struct {
		old, now *report.Results
		state    string // of the first finding now
		want     report.Baseline
	}{
		"nothing":                 {ran(), ran(), "", report.Baseline{}},
		"new":                     {ran(), ran(one("a", report.High)), "new", report.Baseline{New: 1}},
		"the same":                {ran(one("a", report.High)), ran(one("a", report.High)), "unchanged", report.Baseline{Unchanged: 1}},
		"moved":                   {ran(one("a", report.High)), ran(moved), "unchanged", report.Baseline{Unchanged: 1}},
		"reworded":                {ran(one("a", report.High)), ran(reworded), "updated", report.Baseline{Updated: 1}},
		"worse":                   {ran(one("a", report.Low)), ran(one("a", report.High)), "worse", report.Baseline{Worse: 1}},
		"milder":                  {ran(one("a", report.High)), ran(one("a", report.Low)), "updated", report.Baseline{Updated: 1}},
		"resolved":                {ran(one("a", report.High)), ran(), "", report.Baseline{Resolved: []report.Finding{one("a", report.High)}}},
		"no longer waived":        {ran(waived), ran(one("a", report.High)), "new", report.Baseline{New: 1}},
		"waived now":              {ran(one("a", report.High)), ran(waived), "", report.Baseline{}},
		"unknown now":             {ran(one("a", report.High)), blind, "", report.Baseline{Unjudged: []report.Finding{one("a", report.High)}, Blind: blind.Unknown}},
		"listing not read":        {ran(one("a", report.High)), unlisted, "", report.Baseline{Unjudged: []report.Finding{one("a", report.High)}}},
		"listing of another":      {ran(one("a", report.High)), unlistedElsewhere, "", report.Baseline{Resolved: []report.Finding{one("a", report.High)}}},
		"another account":         {ran(one("a", report.High)), elsewhere, "", report.Baseline{Unjudged: []report.Finding{one("a", report.High)}}},
		"rule did not run":        {ran(one("a", report.High)), otherRule, "", report.Baseline{Unjudged: []report.Finding{one("a", report.High)}}},
		"unknown then and now":    {blind, blind, "", report.Baseline{}},
		"unknown then, wrong now": {blind, ran(one("a", report.High)), "new", report.Baseline{New: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			now := *tt.now
			now.Findings = append([]report.Finding{}, tt.now.Findings...)
			now.Against(tt.old, "old.json")
			tt.want.Path = "old.json"
			if diff := cmp.Diff(&tt.want, now.Baseline); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if len(now.Findings) > 0 && now.Findings[0].Baseline != tt.state {
				t.Errorf("the finding is %q, want %q", now.Findings[0].Baseline, tt.state)
			}
		})
	}
}

// The gate lets known findings pass, and missing evidence never.
func TestGateOfNewFindings(t *testing.T) {
	gate := report.Gate{FailOn: report.High, NewOnly: true}
	blind := ran(one("a", report.High))
	blind.Unknown = []report.Unknown{unknownOf(one("b", report.High))}
	for name, tt := range map[string]struct {
		old, now *report.Results
		code     int
	}{
		"known":                 {ran(one("a", report.High)), ran(one("a", report.High)), report.ExitOK},
		"new":                   {ran(one("a", report.High)), ran(one("a", report.High), one("b", report.High)), report.ExitFindings},
		"new and mild":          {ran(), ran(one("a", report.Low)), report.ExitOK},
		"worse":                 {ran(one("a", report.Low)), ran(one("a", report.High)), report.ExitFindings},
		"known, and unknown":    {blind, blind, report.ExitIncomplete},
		"without a baseline":    {nil, ran(one("a", report.High)), report.ExitFindings},
		"nothing found anymore": {ran(one("a", report.High)), ran(), report.ExitOK},
	} {
		t.Run(name, func(t *testing.T) {
			now := *tt.now
			now.Findings = append([]report.Finding{}, tt.now.Findings...)
			if tt.old != nil {
				now.Against(tt.old, "old.json")
			}
			if got := gate.Verdict(&now); got.ExitCode != tt.code {
				t.Errorf("exit code %d (%s), want %d", got.ExitCode, got.Reason, tt.code)
			}
		})
	}
}

// Results with a baseline are results: they have their schema, and are read again.
func TestBaselineIsWritten(t *testing.T) {
	old, now := full(), full()
	old.Findings[0].Waived, now.Findings[0].Waived = nil, nil
	old.Findings[0].Evidence = nil
	old.Findings = append(old.Findings, one("gone", report.High))
	now.Unknown[0].Fingerprint, now.Unknown[0].Waived = one("x", report.Low).Fingerprint, nil
	now.Against(old, "old.json")
	text := encode(t, now)
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema(t).Validate(v); err != nil {
		t.Error(err)
	}
	back, err := report.ReadJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if back.Baseline == nil || back.Baseline.Unchanged != 1 || len(back.Baseline.Resolved)+len(back.Baseline.Unjudged) != 1 || len(back.Baseline.Blind) != 1 {
		t.Errorf("read again: %+v", back.Baseline)
	}
}
