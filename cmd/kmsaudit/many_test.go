package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kmsaudit/kmsaudit/report"
)

// manyFindings writes results with that many findings: those of the reference account,
// again and again, about other resources.
func manyFindings(t *testing.T, path string, count int) {
	t.Helper()
	r := results(t, call(t, "check", "snapshot.json", "-c", "reference.yaml", "--as-of", day, "--fail-on", "none", "-f", "json").stdout)
	some := r.Findings
	r.Findings = make([]report.Finding, 0, count)
	for i := range count {
		f := some[i%len(some)]
		f.Resource = fmt.Sprintf("%s/copy-%06d", f.Resource, i)
		f.Fingerprint = report.Fingerprint(f.Rule, f.Account, f.Region, f.Resource, f.Statement, f.About)
		r.Findings = append(r.Findings, f)
	}
	r.Sort()
	r.Count()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := report.WriteJSON(file, r); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestManyFindings: every format writes fifty thousand findings in seconds, and those
// for people stay short enough to read unless --all is given.
func TestManyFindings(t *testing.T) {
	const count, limit = 50_000, 20 * time.Second
	if raceDetector {
		t.Skip("the race detector takes many times as long")
	}
	alone(t)
	manyFindings(t, "many.json", count)
	sizes := map[string]int{}
	for _, f := range formats() {
		began := time.Now()
		got := call(t, "report", "many.json", "-f", f.name)
		took := time.Since(began)
		t.Logf("%-8s %6.2f s  %6.1f MB", f.name, took.Seconds(), float64(len(got.stdout))/(1<<20))
		if got.code != exitOK || got.stderr != "" || took > limit {
			t.Errorf("%s: exit code %d after %s, stderr %q", f.name, got.code, took, got.stderr)
		}
		sizes[f.name] = strings.Count(got.stdout, "\n")
	}
	for name, most := range map[string]int{"table": 2500, "markdown": 2500} {
		if sizes[name] > most {
			t.Errorf("%s: %d lines, which nobody reads", name, sizes[name])
		}
		all := call(t, "report", "many.json", "-f", name, "--all").stdout
		if !strings.Contains(all, fmt.Sprintf("copy-%06d", count-1)) || strings.Count(all, "copy-") < count {
			t.Errorf("%s --all lists less than all", name)
		}
	}
	short := call(t, "report", "many.json").stdout
	if !strings.Contains(short, "--all") || !slices.ContainsFunc(strings.Split(short, "\n"), func(line string) bool {
		return strings.HasPrefix(line, "  Findings ") && strings.Contains(line, "50000") || strings.Contains(line, "50,000")
	}) {
		t.Error("the table does not say how many there are, or how to see them all")
	}
}
