package report_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/annotations"
	"github.com/kmsaudit/kmsaudit/report/asff"
	"github.com/kmsaudit/kmsaudit/report/csv"
	"github.com/kmsaudit/kmsaudit/report/html"
	"github.com/kmsaudit/kmsaudit/report/internal/example"
	"github.com/kmsaudit/kmsaudit/report/junit"
	"github.com/kmsaudit/kmsaudit/report/markdown"
	"github.com/kmsaudit/kmsaudit/report/ocsf"
	"github.com/kmsaudit/kmsaudit/report/sarif"
	"github.com/kmsaudit/kmsaudit/report/table"
)

// allFormats are those that write results.
func allFormats() map[string]func(io.Writer, *report.Results) error {
	return map[string]func(io.Writer, *report.Results) error{
		"json": report.WriteJSON, "ndjson": report.WriteNDJSON, "csv": csv.Write, "github": annotations.Write, "ocsf": ocsf.Write,
		"junit": junit.Write,
		"sarif": func(w io.Writer, r *report.Results) error { return sarif.Write(w, r, sarif.IncludeWaived()) },
		"asff":  func(w io.Writer, r *report.Results) error { return asff.Write(w, r, "") },
		"table": func(w io.Writer, r *report.Results) error { return table.Write(w, r, table.Options{Width: 120}) },
		"all":   func(w io.Writer, r *report.Results) error { return table.Write(w, r, table.Options{All: true}) },
		"short": func(w io.Writer, r *report.Results) error { return markdown.Write(w, r, false) },
		"long":  func(w io.Writer, r *report.Results) error { return markdown.Write(w, r, true) },
		"html":  func(w io.Writer, r *report.Results) error { return html.Write(w, r, html.Options{}) },
	}
}

// judgedAccount is what a run found in an account, drawn by a seed.
func judgedAccount(account string, seed uint64, findings int) *report.Results {
	r := rand.New(rand.NewPCG(seed, 5)) //nolint:gosec // G404: it is a test
	out := example.Many(1)
	out.Findings = nil
	out.Snapshots[0].Account, out.Snapshots[0].Path = account, account+".json"
	for i := range findings {
		rule := out.Rules[r.IntN(len(out.Rules))]
		resource := fmt.Sprintf("arn:aws:s3:::bucket-%d", r.IntN(findings))
		about := map[string]string{"principal": strconv.Itoa(i % 3)}
		mark := report.Fingerprint(rule.ID, account, "", resource, "", about)
		place := report.Place{File: account + ".json", Pointer: fmt.Sprintf("/buckets/%d", i), Line: i + 1, Column: 3}
		switch r.IntN(5) {
		case 0:
			out.Unknown = append(out.Unknown, report.Unknown{
				Rule: rule.ID, Severity: rule.Severity, Account: account, Resource: resource, About: about, Msg: "not read", Fingerprint: mark,
				Place: place, Why: []byte(`["denied"]`),
			})
		case 1:
			out.Gaps = append(out.Gaps, report.Gap{
				Account: account, Service: "s3", Operation: "s3:GetBucketPolicy", Resource: resource, State: "denied",
				Rules: []string{rule.ID}, Severity: rule.Severity, Listing: i%5 == 0, Place: place,
			})
		default:
			out.Findings = append(out.Findings, report.Finding{
				Rule: rule.ID, Severity: rule.Severity, Account: account, Resource: resource, About: about, Msg: fmt.Sprintf("wrong %d", r.IntN(3)),
				Fingerprint: mark, Place: place, Evidence: []byte(`{"is":"` + strings.Repeat("x", r.IntN(3000)) + `"}`),
			})
		}
	}
	return out
}

func earlierRun() *report.Results {
	old := example.Many(1)
	old.Findings, old.Snapshots = nil, nil
	for i := range 5 {
		// Some accounts are no longer there, and of all something else was found.
		part := judgedAccount(fmt.Sprintf("%012d", i*20), uint64(i*20), 20)
		part.Findings, part.Unknown = part.Findings[:len(part.Findings)*2/3], part.Unknown[:len(part.Unknown)/2]
		for j := range part.Findings {
			switch j % 5 {
			case 0:
				part.Findings[j].Severity = report.Info
			case 1:
				part.Findings[j].Msg = "worded otherwise"
			case 2:
				part.Findings[j].Fingerprint = fmt.Sprintf("%064x", i*1000+j)
			}
		}
		if err := old.Add(part); err != nil {
			panic(err)
		}
	}
	return old
}

// TestGathering: what is gathered part by part is written as what is held in memory,
// byte by byte, in every format, with waivers and an earlier run.
func TestGathering(t *testing.T) {
	const accounts, findings = 70, 20 // more accounts than are merged at a time
	asOf := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	waivers := []report.Waiver{
		{Rule: "KEY-003", Resource: "*", Reason: "r", Owner: "o", Expires: "2027-01-01"},
		{Rule: "KEY-004", Resource: "*", Reason: "r", Owner: "o", Expires: "2026-01-01"},
		{Rule: "KEY-005", Resource: "nothing", Reason: "r", Owner: "o", Expires: "2027-01-01"},
		{Rule: "*", Resource: "*bucket-7", Reason: "r", Owner: "o", Expires: "2026-12-01"},
	}
	for _, drift := range []string{"", "meanwhile", "afterwards"} {
		none := func() *report.Results { r := example.Many(1); r.Findings, r.Snapshots = nil, nil; return r }
		whole, gathering := none(), report.NewGathering(none())
		defer gathering.Close()
		gathering.Waive(waivers, asOf)
		old := stored(t, earlierRun())
		defer old.Stored.Close()
		if drift == "meanwhile" {
			if err := gathering.Compare(old, "old.json"); err != nil {
				t.Fatal(err)
			}
		}
		for i := range accounts {
			account := fmt.Sprintf("%012d", (accounts-i)%accounts)
			part := func() *report.Results { return judgedAccount(account, uint64((accounts-i)%accounts), findings) }
			if err := whole.Add(part()); err != nil {
				t.Fatal(err)
			}
			if err := gathering.Add(part()); err != nil {
				t.Fatal(err)
			}
		}
		gaps := []report.Gap{{Account: "999999999999", Operation: "collect", State: "denied", Listing: true, Rules: []string{"KEY-007"}}, {Operation: "x", Listing: true, Rules: []string{"KEY-009"}, Severity: report.High}}
		whole.Gaps = append(whole.Gaps, gaps...)
		whole.Apply(waivers, asOf)
		whole.Sort()
		whole.Count()
		if err := gathering.Gaps(gaps); err != nil {
			t.Fatal(err)
		}
		gathered, err := gathering.Results()
		if err != nil {
			t.Fatal(err)
		}
		if drift != "" {
			whole.Against(earlierRun(), "old.json")
			if b := whole.Baseline; len(b.Resolved) == 0 || len(b.Unjudged) == 0 || len(b.Blind) == 0 || b.Worse == 0 {
				t.Errorf("the earlier run shows too little: %d resolved, %d unjudged, %d blind, %d worse", len(b.Resolved), len(b.Unjudged), len(b.Blind), b.Worse)
			}
		}
		if drift == "afterwards" {
			gathered.Against(old, "old.json")
		}
		for _, gate := range []report.Gate{{FailOn: report.High}, {FailOn: report.Low, NewOnly: true}, {FailOn: report.Critical, OnGap: report.GapWarns}} {
			if diff := cmp.Diff(gate.Verdict(whole), gate.Verdict(gathered)); diff != "" {
				t.Errorf("the gate says otherwise:\n%s", diff)
			}
		}
		compareFormats(t, "gathered", whole, gathered)
		again := stored(t, whole)
		defer again.Stored.Close()
		compareFormats(t, "stored", whole, again)
	}
	g := report.NewGathering(example.Many(0))
	defer g.Close()
	if err := g.Add(judgedAccount("522814710681", 1, 1)); err == nil || !strings.Contains(err.Error(), "judged twice") {
		t.Errorf("an account that is there: %v", err)
	}
}

// stored is what ReadStored makes of results.
func stored(t *testing.T, r *report.Results) *report.Results {
	t.Helper()
	var text bytes.Buffer
	if err := report.WriteJSON(&text, r); err != nil {
		t.Fatal(err)
	}
	out, err := report.ReadStored(&text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func compareFormats(t *testing.T, what string, want, got *report.Results) {
	t.Helper()
	for name, write := range allFormats() {
		var a, b bytes.Buffer
		errA, errB := write(&a, want), write(&b, got)
		if fmt.Sprint(errA) != fmt.Sprint(errB) || got.Stored.Err() != nil {
			t.Errorf("%s, %s: %v and %v; %v", what, name, errA, errB, got.Stored.Err())
		}
		if errA == nil && !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Errorf("%s, %s differs", what, name)
		}
	}
}

// TestGatheringIsFlat: what is held does not grow with the accounts, neither while
// they are added nor while any format is written.
func TestGatheringIsFlat(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2)) // each worker holds a little
	live := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc) //nolint:gosec // G115: it is less than what there is
	}
	const of, findings = 20, 200
	most := func(accounts int) map[string]int64 {
		before := live()
		most := map[string]int64{}
		g := report.NewGathering(func() *report.Results { r := example.Many(1); r.Findings, r.Snapshots = nil, nil; return r }())
		defer g.Close()
		g.Waive(nil, time.Now())
		for i := range accounts {
			if err := g.Add(judgedAccount(fmt.Sprintf("%012d", i), uint64(i), findings)); err != nil {
				t.Fatal(err)
			}
		}
		most["gathered"] = live() - before
		r, err := g.Results()
		if err != nil {
			t.Fatal(err)
		}
		formats := allFormats()
		delete(formats, "all")  // they hold what they show,
		delete(formats, "long") // which is all
		for name, write := range formats {
			if name == "sarif" && accounts > 20 {
				continue // GitHub takes no more runs
			}
			m := &liveMeter{live: live}
			if err := write(m, r); err != nil {
				t.Fatal(err)
			}
			most[name] = max(m.most, live()) - before
		}
		return most
	}
	few, many := most(of), most(of*6)
	for name := range many {
		const room = 2 << 20 // the findings of the others are ten times that
		t.Logf("%s: %d kB with %d accounts, %d kB with %d", name, few[name]>>10, of, many[name]>>10, of*6)
		if many[name] > few[name]+room {
			t.Errorf("%s: %d kB with %d accounts, %d kB with %d: it grows with them", name, few[name]>>10, of, many[name]>>10, of*6)
		}
	}
}

// liveMeter looks now and then at how much is held while something is written.
type liveMeter struct {
	live          func() int64
	written, next int
	most          int64
}

func (m *liveMeter) Write(p []byte) (int, error) {
	m.written += len(p)
	if m.written > m.next {
		m.next = m.written + 4<<20
		m.most = max(m.most, m.live())
	}
	return len(p), nil
}

// TestReadStored: results that are no results are told as ReadJSON tells it.
func TestReadStored(t *testing.T) {
	good := string(encode(t, full()))
	for name, text := range map[string]string{
		"schema": strings.Replace(good, "results/v1", "results/v9", 1), "type": strings.Replace(good, `"line":33`, `"line":"33"`, 1),
		"cut off": good[:len(good)/2], "more": good + "{}", "field": strings.Replace(good, `"msg":`, `"mess":`, 1), "nothing": "", "list": "[]",
		"fields in another order": `{"gaps": null, "findings": [], "schema": "kmsaudit.results/v1"}`, "no lists": `{"schema": "kmsaudit.results/v1"}`,
		"spelt otherwise": strings.Replace(good, `"findings": [`, `"Findings": [`, 1),
	} {
		want, wrong := report.ReadJSON(strings.NewReader(text))
		got, err := report.ReadStored(strings.NewReader(text))
		if fmt.Sprint(err) != fmt.Sprint(wrong) {
			t.Errorf("%s: %v, want %v", name, err, wrong)
		}
		if err == nil {
			compareFormats(t, name, want, got)
			got.Stored.Close()
		}
		if got, err := report.ReadStored(io.MultiReader(strings.NewReader(text))); (err == nil) != (wrong == nil) && name != "spelt otherwise" && !strings.Contains(name, "order") {
			t.Errorf("%s, from a pipe: %v, want %v", name, err, wrong)
		} else if err == nil {
			got.Stored.Close()
		}
	}
}
