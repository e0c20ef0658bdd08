package report_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsaudit/kmsaudit/report"
)

func TestSort(t *testing.T) {
	// In the order wanted; the last two go, for their fingerprints are taken.
	findings := []report.Finding{
		{Severity: report.Critical, Rule: "S3-001", Account: "2", Resource: "b", Fingerprint: "1"},
		{Severity: report.High, Rule: "KEY-001", Account: "1", Resource: "b", Fingerprint: "2"},
		{Severity: report.High, Rule: "KEY-001", Account: "2", Resource: "a", Fingerprint: "3"},
		{Severity: report.High, Rule: "KEY-001", Account: "2", Resource: "a", Fingerprint: "4", Msg: "a"},
		{Severity: report.High, Rule: "KEY-002", Account: "1", Resource: "a", Fingerprint: "5"},
		{Severity: report.Low, Rule: "KEY-001"},
		{Severity: report.Low, Rule: "KEY-002"},
		{Severity: report.High, Rule: "KEY-001", Account: "2", Resource: "a", Fingerprint: "4", Msg: "b"},
		{Severity: report.Info, Rule: "A-001", Fingerprint: "1"},
	}
	gaps := []report.Gap{
		{Severity: report.High, Account: "2", Service: "kms"},
		{Severity: report.Low, Account: "1", Service: "iam", Operation: "a", Region: "b"},
		{Severity: report.Low, Account: "1", Service: "iam", Operation: "b", Region: "a"},
		{Severity: report.Low, Account: "1", Service: "kms"},
	}
	want := findings[:7:7]
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 1))
		r := &report.Results{Findings: append([]report.Finding{}, findings...), Gaps: append([]report.Gap{}, gaps...)}
		random.Shuffle(len(r.Findings), func(i, j int) { r.Findings[i], r.Findings[j] = r.Findings[j], r.Findings[i] })
		random.Shuffle(len(r.Gaps), func(i, j int) { r.Gaps[i], r.Gaps[j] = r.Gaps[j], r.Gaps[i] })
		for _, f := range r.Findings {
			r.Unknown = append(r.Unknown, report.Unknown{
				Severity: f.Severity, Rule: f.Rule, Account: f.Account, Resource: f.Resource, Fingerprint: f.Fingerprint, Msg: f.Msg,
			})
			r.Rules = append(r.Rules, report.Rule{ID: f.Rule + f.Fingerprint + f.Msg})
		}
		r.Sort()
		if diff := cmp.Diff(want, r.Findings); diff != "" {
			t.Fatalf("seed %d: findings (-want +got):\n%s", seed, diff)
		}
		if diff := cmp.Diff(gaps, r.Gaps); diff != "" {
			t.Fatalf("seed %d: gaps (-want +got):\n%s", seed, diff)
		}
		for i, u := range r.Unknown {
			if u.Rule != want[i].Rule || u.Fingerprint != want[i].Fingerprint {
				t.Fatalf("seed %d: unknown %d is %+v", seed, i, u)
			}
		}
		for i := 1; i < len(r.Rules); i++ {
			if strings.Compare(r.Rules[i-1].ID, r.Rules[i].ID) > 0 {
				t.Fatalf("seed %d: rules are not sorted", seed)
			}
		}
	}
}
