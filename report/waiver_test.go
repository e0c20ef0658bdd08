package report_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsaudit/kmsaudit/report"
)

func TestWaiverValidate(t *testing.T) {
	good := report.Waiver{Rule: "S3-001", Resource: "arn:aws:s3:::public-site", Reason: "static site", Owner: "web", Expires: "2027-03-31"}
	tests := map[string]struct {
		change func(*report.Waiver)
		want   []string // what the error must mention; none for no error
	}{
		"good":                    {func(*report.Waiver) {}, nil},
		"explicitly everywhere":   {func(w *report.Waiver) { w.Resource = "*" }, nil},
		"fingerprint alone":       {func(w *report.Waiver) { w.Rule, w.Resource, w.Fingerprint = "", "", strings.Repeat("a1", 32) }, nil},
		"rule alone":              {func(w *report.Waiver) { w.Resource = "" }, []string{"needs resource beside rule S3-001"}},
		"resource alone":          {func(w *report.Waiver) { w.Rule = " " }, []string{"needs rule beside resource"}},
		"nothing to cover":        {func(w *report.Waiver) { w.Rule, w.Resource = "", "" }, []string{"needs rule and resource, or fingerprint"}},
		"pattern of rules":        {func(w *report.Waiver) { w.Rule = "S3-*" }, []string{"name one rule"}},
		"short fingerprint":       {func(w *report.Waiver) { w.Fingerprint = "a1" }, []string{"64 lower-case hexadecimal digits"}},
		"fingerprint in capitals": {func(w *report.Waiver) { w.Fingerprint = strings.Repeat("A1", 32) }, []string{"64 lower-case"}},
		"account glob":            {func(w *report.Waiver) { w.Account = "*" }, []string{"not 12 digits"}},
		"no reason":               {func(w *report.Waiver) { w.Reason = " \t" }, []string{"needs reason"}},
		"no owner":                {func(w *report.Waiver) { w.Owner = "" }, []string{"needs owner"}},
		"no day":                  {func(w *report.Waiver) { w.Expires = "" }, []string{"needs expires"}},
		"no such day":             {func(w *report.Waiver) { w.Expires = "2027-02-30" }, []string{`expires "2027-02-30"`}},
		"other way of writing":    {func(w *report.Waiver) { w.Expires = "31.03.2027" }, []string{"YYYY-MM-DD"}},
		"everything at once":      {func(w *report.Waiver) { *w = report.Waiver{} }, []string{"rule and resource", "reason", "owner", "expires"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := good
			tt.change(&w)
			err := w.Validate()
			if (err == nil) != (tt.want == nil) {
				t.Fatalf("Validate = %v", err)
			}
			for _, part := range tt.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("Validate = %q, does not mention %q", err, part)
				}
			}
		})
	}
}

func waiver(rule, resource, expires string) report.Waiver {
	return report.Waiver{Rule: rule, Resource: resource, Reason: "because", Owner: "team", Expires: expires}
}

func judged() *report.Results {
	const account = "522814710681"
	return &report.Results{
		Summary: report.Summary{Rules: 3, Passed: 9},
		Rules:   []report.Rule{{ID: "KEY-001", Passed: 9}, {ID: "S3-001"}},
		Findings: []report.Finding{
			{Rule: "S3-001", Severity: report.Critical, Resource: "arn:aws:s3:::site", Account: account, Fingerprint: strings.Repeat("1", 64)},
			{Rule: "KEY-001", Severity: report.Medium, Resource: "arn:aws:kms:us-east-1:522814710681:key/a", Account: account, Region: "us-east-1", Fingerprint: strings.Repeat("2", 64)},
			{Rule: "KEY-001", Severity: report.Medium, Resource: "arn:aws:kms:eu-west-1:522814710681:key/b", Account: account, Region: "eu-west-1", Fingerprint: strings.Repeat("3", 64)},
		},
		Unknown: []report.Unknown{
			{Rule: "S3-001", Severity: report.High, Resource: "arn:aws:s3:::dark", Account: account, Fingerprint: strings.Repeat("4", 64)},
		},
	}
}

// covered lists the resources of what is waived, shortened to their last letters.
func covered(r *report.Results) string {
	var out []string
	for _, f := range r.Findings {
		if f.Waived != nil {
			out = append(out, f.Resource[strings.LastIndexAny(f.Resource, ":/")+1:])
		}
	}
	for _, u := range r.Unknown {
		if u.Waived != nil {
			out = append(out, u.Resource[strings.LastIndexAny(u.Resource, ":/")+1:])
		}
	}
	return strings.Join(out, " ")
}

func TestApply(t *testing.T) {
	region := waiver("KEY-001", "*", "2027-01-01")
	region.Region = "eu-west-1"
	foreign := waiver("KEY-001", "*", "2027-01-01")
	foreign.Account = "111122223333"
	print1 := waiver("", "", "2027-01-01")
	print1.Fingerprint = strings.Repeat("1", 64)
	print1OtherRule := print1
	print1OtherRule.Rule = "KEY-001"
	tests := map[string]struct {
		waivers         []report.Waiver
		covered         string
		unused, expired int
	}{
		"none":                    {nil, "", 0, 0},
		"exact":                   {[]report.Waiver{waiver("S3-001", "arn:aws:s3:::site", "2027-01-01")}, "site", 0, 0},
		"anchored":                {[]report.Waiver{waiver("S3-001", "arn:aws:s3:::sit", "2027-01-01")}, "", 1, 0},
		"case counts":             {[]report.Waiver{waiver("S3-001", "arn:aws:s3:::SITE", "2027-01-01")}, "", 1, 0},
		"finding and unknown":     {[]report.Waiver{waiver("S3-001", "arn:aws:s3:::*", "2027-01-01")}, "site dark", 0, 0},
		"region":                  {[]report.Waiver{region}, "b", 0, 0},
		"another account":         {[]report.Waiver{foreign}, "", 1, 0},
		"fingerprint":             {[]report.Waiver{print1}, "site", 0, 0},
		"fingerprint, other rule": {[]report.Waiver{print1OtherRule}, "", 1, 0},
		"last day":                {[]report.Waiver{waiver("S3-001", "*", "2026-11-23")}, "site dark", 0, 0},
		"day after":               {[]report.Waiver{waiver("S3-001", "*", "2026-11-22")}, "", 0, 1},
		"expired and idle":        {[]report.Waiver{waiver("S3-002", "*", "2026-11-22")}, "", 1, 0},
		"expired and renewed":     {[]report.Waiver{waiver("S3-001", "*", "2026-11-22"), waiver("S3-001", "*", "2027-01-01")}, "site dark", 0, 1},
		"two of the same":         {[]report.Waiver{waiver("S3-001", "*", "2027-01-01"), waiver("S3-001", "*", "2027-01-01")}, "site dark", 0, 0},
		"refused by Validate":     {[]report.Waiver{waiver("S3-001", "", "2027-01-01")}, "", 1, 0},
	}
	// 23:30 at UTC-3 is already the next day in UTC; 22 November there is 23 November here.
	asOf := time.Date(2026, 11, 22, 23, 30, 0, 0, time.FixedZone("", -3*60*60))
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := judged()
			r.Apply([]report.Waiver{waiver("KEY-001", "*", "2027-01-01")}, asOf) // to be forgotten
			r.Apply(tt.waivers, asOf)
			if got := covered(r); got != tt.covered {
				t.Errorf("covered %q, want %q", got, tt.covered)
			}
			if len(r.UnusedWaivers) != tt.unused || len(r.ExpiredWaivers) != tt.expired {
				t.Errorf("%d unused and %d expired, want %d and %d", len(r.UnusedWaivers), len(r.ExpiredWaivers), tt.unused, tt.expired)
			}
			if r.AsOf != "2026-11-23" {
				t.Errorf("AsOf = %s", r.AsOf)
			}
		})
	}
}

func TestApplyCounts(t *testing.T) {
	r := judged()
	r.Apply([]report.Waiver{waiver("S3-001", "arn:aws:s3:::dark", "2027-01-01"), waiver("KEY-001", "*/b", "2027-01-01")}, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC))
	want := report.Summary{
		Rules: 3, Passed: 9, Findings: 2, Unknown: 0, Waived: 2, WorstWaived: "high",
		BySeverity: map[string]int{"critical": 1, "high": 0, "medium": 1, "low": 0, "info": 0},
	}
	if diff := cmp.Diff(want, r.Summary); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	rules := []report.Rule{{ID: "KEY-001", Passed: 9, Findings: 1, Waived: 1}, {ID: "S3-001", Findings: 1, Waived: 1}}
	if diff := cmp.Diff(rules, r.Rules); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	if got := *r.Unknown[0].Waived; got != (report.Waived{Reason: "because", Owner: "team", Expires: "2027-01-01"}) {
		t.Errorf("waived = %+v", got)
	}
}
