package report_test

import (
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/report"
)

func TestGate(t *testing.T) {
	finding := func(s report.Severity) *report.Results {
		return &report.Results{Findings: []report.Finding{{Severity: s}}}
	}
	unknown := func(s report.Severity) *report.Results {
		return &report.Results{Unknown: []report.Unknown{{Severity: s}}}
	}
	gap := func(g report.Gap) *report.Results { return &report.Results{Gaps: []report.Gap{g}} }
	waivedFinding, waivedUnknown := finding(report.Critical), unknown(report.Critical)
	waivedFinding.Findings[0].Waived = &report.Waived{}
	waivedUnknown.Unknown[0].Waived = &report.Waived{}
	both := finding(report.High)
	both.Unknown = unknown(report.Critical).Unknown
	listing := report.Gap{Listing: true, Rules: []string{"KEY-013"}, Severity: report.Info, Operation: "kms:ListKeys", State: "denied"}
	unread := report.Gap{Listing: true, Operation: "kms:ListKeys", State: "denied"}
	gone := report.Gap{State: "gone", Severity: report.Critical, Rules: []string{"KEY-001"}}
	lastUse := unknown(report.Low)
	lastUse.Gaps = []report.Gap{{Operation: "kms:GetKeyLastUsage", State: "not_collected", Rules: []string{"KEY-008"}}}
	high := report.Gate{FailOn: report.High}
	tests := map[string]struct {
		gate   report.Gate
		r      *report.Results
		code   int
		reason string
		next   string
	}{
		"nothing":                    {high, &report.Results{}, 0, "no finding at or above high", ""},
		"finding at":                 {high, finding(report.High), 1, "1 finding at or above high: 1 high", "waive"},
		"finding above":              {high, finding(report.Critical), 1, "1 critical", ""},
		"finding below":              {high, finding(report.Medium), 0, "no finding", ""},
		"finding waived":             {high, waivedFinding, 0, "no finding", ""},
		"finding without severity":   {report.Gate{FailOn: report.Info}, finding(0), 0, "no finding", ""},
		"unknown at":                 {high, unknown(report.High), 3, "1 subject at or above high could not be judged", "--on-gap warn"},
		"unknown below":              {high, unknown(report.Medium), 0, "no finding", ""},
		"unknown waived":             {high, waivedUnknown, 0, "no finding", ""},
		"unknown, warning only":      {report.Gate{FailOn: report.High, OnGap: report.GapWarns}, unknown(report.High), 0, "but the evidence is incomplete", "see what would settle"},
		"finding and unknown":        {high, both, 1, "1 finding", ""},
		"finding, gaps warning only": {report.Gate{FailOn: report.High, OnGap: report.GapWarns}, both, 1, "1 finding", ""},
		"listing, mild rules":        {report.Gate{FailOn: report.Critical}, gap(listing), 3, "1 whole listing could not be read", "call kms:ListKeys"},
		"listing nobody reads":       {high, gap(unread), 0, "no finding", ""},
		"item at":                    {high, gap(report.Gap{Severity: report.High, State: "denied"}), 3, "1 item at or above high", ""},
		"item below":                 {high, gap(report.Gap{Severity: report.Low, State: "denied"}), 0, "no finding", ""},
		"gone":                       {high, gap(gone), 0, "no finding", ""},
		"spelt out":                  {report.Gate{FailOn: report.High, OnGap: report.GapFails}, gap(listing), 3, "incomplete", ""},
		"last use not asked for":     {report.Gate{FailOn: report.Low}, lastUse, 3, "1 subject at or above low", "collect again with --last-usage"},
		"none, findings":             {report.Gate{}, finding(report.Critical), 0, "no threshold", ""},
		"none, listing":              {report.Gate{}, gap(listing), 0, "no threshold", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := tt.gate.Verdict(tt.r)
			if got.ExitCode != tt.code {
				t.Errorf("exit code %d, want %d (%s)", got.ExitCode, tt.code, got.Reason)
			}
			if !strings.Contains(got.Reason, tt.reason) {
				t.Errorf("reason %q does not say %q", got.Reason, tt.reason)
			}
			if !strings.Contains(got.Next, tt.next) {
				t.Errorf("next %q does not say %q", got.Next, tt.next)
			}
		})
	}
}

func TestGateNamesAFewOperations(t *testing.T) {
	r := &report.Results{}
	for _, operation := range []string{"kms:ListKeys", "s3:ListAllMyBuckets\x1b", "kms:ListKeys", "iam:ListRoles", "kms:ListGrants", "s3:GetBucketPolicy"} {
		r.Gaps = append(r.Gaps, report.Gap{Operation: operation, State: "denied", Severity: report.High})
	}
	got := report.Gate{FailOn: report.High}.Verdict(r)
	if want := "call iam:ListRoles, kms:ListGrants, kms:ListKeys, 2 more and"; !strings.Contains(got.Next, want) {
		t.Errorf("next = %q, want it to say %q", got.Next, want)
	}
	if !strings.Contains(got.Reason, "6 items at or above high") {
		t.Errorf("reason = %q", got.Reason)
	}
}

func TestGateSaysWhatIsWrongWithTheSnapshot(t *testing.T) {
	r := &report.Results{Gaps: []report.Gap{{
		Service: "kmsaudit", Operation: "collect", State: "failed", Message: "the snapshot is older than 1h", Listing: true, Rules: []string{"KEY-001"},
	}}}
	got := report.Gate{FailOn: report.High}.Verdict(r)
	if got.ExitCode != report.ExitIncomplete || !strings.Contains(got.Reason, "older than 1h") || strings.Contains(got.Next, "call collect") {
		t.Errorf("got %+v", got)
	}
}
