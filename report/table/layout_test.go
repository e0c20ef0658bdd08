package table_test

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/internal/example"
	"github.com/kmsaudit/kmsaudit/report/internal/hostile"
	"github.com/kmsaudit/kmsaudit/report/table"
)

var colours = regexp.MustCompile("\x1b\\[[0-9;]+m")

// inMend says of a line whether it belongs to a mend, which is not wrapped.
func inMend(line string) bool { return strings.HasPrefix(line, "    ") }

// longest is the width of the longest part of a line that is too long to break, 0
// where every part is short. Parts stay whole even on a terminal that is too narrow.
func longest(line string) int {
	width := 0
	for _, part := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" :/", r) }) {
		if n := twwidth.WidthWithOptions(part, twwidth.Options{}); n > 20 {
			width = max(width, n)
		}
	}
	return width
}

func TestLinesFit(t *testing.T) {
	results := map[string]*report.Results{"faults": example.Load(t, "faults"), "blind": example.Load(t, "blind"), "hostile": hostile.Results(3)}
	for _, width := range []int{1, 30, 40, 60, 79, 80, 81, 100, 119, 120, 160, 200, 400} {
		for name, r := range results {
			out := write(t, r, table.Options{Width: width, Colour: width%20 == 0, All: true})
			for line := range strings.Lines(out) {
				line = colours.ReplaceAllString(strings.TrimSuffix(line, "\n"), "")
				columns := twwidth.WidthWithOptions(line, twwidth.Options{})
				if most := max(width, 30); columns > most && !inMend(line) && columns > most+longest(line) {
					t.Errorf("%s: %d columns of %d: %.200q", name, columns, most, line)
				}
				if strings.HasSuffix(line, " ") {
					t.Errorf("%s: space at the end of %.200q", name, line)
				}
			}
		}
	}
}

func TestHostile(t *testing.T) {
	for _, opt := range []table.Options{
		{}, {All: true}, {Width: 60}, {Width: 80}, {Width: 120, Colour: true}, {Width: 200, Wide: true}, {Width: 120, Vertical: true},
	} {
		out := write(t, hostile.Results(3), opt)
		if !strings.Contains(strings.Join(strings.Fields(out), ""), hostile.Marker) && opt.Width == 0 {
			t.Errorf("%+v: the texts do not show", opt)
		}
		if opt.Colour {
			out = colours.ReplaceAllString(out, "")
		}
		for line := range strings.Lines(out) {
			if line = strings.TrimSuffix(line, "\n"); line != report.Inert(line) {
				t.Fatalf("%+v: not inert: %.200q", opt, line)
			}
		}
	}
}

// Whatever is reported stands in the report, unbroken where nothing limits it.
func TestEverythingIsThere(t *testing.T) {
	r := example.Load(t, "faults")
	out := write(t, r, table.Options{All: true})
	for _, f := range r.Findings {
		for _, want := range []string{f.Rule, f.Resource, f.Msg} {
			if !strings.Contains(out, want) {
				t.Errorf("finding: no %q", want)
			}
		}
		if at := f.Place.File + ":" + strconv.Itoa(f.Place.Line) + ":9"; f.Waived == nil && !strings.Contains(out, at) {
			t.Errorf("finding: no %q", at)
		}
	}
	for _, u := range r.Unknown {
		if !strings.Contains(out, u.Resource) || !strings.Contains(out, u.Msg) {
			t.Errorf("unknown: no %q", u.Resource)
		}
	}
	for _, g := range r.Gaps {
		if !strings.Contains(out, g.Operation) || !strings.Contains(out, g.Code) {
			t.Errorf("gap: no %q", g.Operation)
		}
	}
	for _, want := range []string{
		"16a0eeb0791b", "2026-11-01T09:12:44Z", "assumed-role/Auditor/ci", "waivers as of 2026-11-23",
		"3 rules need intent: environments, requirements", "requirements for ACC-001, ACC-002",
		"1, the worst medium", "kmsaudit.yaml:47:5", "kmsaudit.yaml:41:5", "27: 2 critical, 1 high, 23 medium, 1 low",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(out, "more (--all") {
		t.Error("something was left out")
	}
}

func TestPipeIsPlain(t *testing.T) {
	for _, name := range []string{"faults", "clean", "blind"} {
		for _, r := range write(t, example.Load(t, name), table.Options{}) {
			if r > 0x7e || r < ' ' && r != '\n' {
				t.Fatalf("%s: %U", name, r)
			}
		}
	}
}

func TestEnvironmentDoesNotMatter(t *testing.T) {
	r := example.Load(t, "faults")
	r.Findings[0].Msg = "鍵 é … ─ ✓"
	want := write(t, r, table.Options{Width: 100})
	t.Setenv("RUNEWIDTH_EASTASIAN", "1")
	t.Setenv("LC_ALL", "ja_JP.UTF-8")
	t.Setenv("NO_COLOR", "1")
	t.Setenv("COLUMNS", "40")
	if got := write(t, r, table.Options{Width: 100}); got != want {
		t.Error("the environment shows in the report")
	}
}

func TestNoFindings(t *testing.T) {
	unknown := []report.Unknown{{Rule: "R", Severity: report.High}}
	waived := []report.Finding{{Rule: "R", Waived: &report.Waived{}}}
	listing := []report.Gap{{Listing: true, Rules: []string{"R"}, State: "denied"}}
	gone := []report.Gap{{State: "gone"}}
	tests := map[string]struct {
		rules, passed int
		r             report.Results
		want          string
	}{
		"all right":      {3, 9, report.Results{}, "no findings: 9 subjects passed"},
		"some is gone":   {3, 9, report.Results{Gaps: gone}, "no findings: 9 subjects passed"},
		"no rules":       {0, 0, report.Results{}, "no rule ran, so that nothing was judged"},
		"empty account":  {3, 0, report.Results{}, "the snapshot has nothing that these rules look at"},
		"nothing known":  {3, 0, report.Results{Unknown: unknown}, "nothing could be judged: the evidence is missing"},
		"nothing listed": {3, 0, report.Results{Gaps: listing}, "nothing could be judged: the evidence is missing"},
		"partly known":   {3, 9, report.Results{Unknown: unknown}, "in what could be judged; not everything could be"},
		"partly listed":  {3, 9, report.Results{Gaps: listing}, "in what could be judged; not everything could be"},
		"all waived":     {3, 9, report.Results{Findings: waived}, "no findings that are not waived"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.r.Summary.Rules, tt.r.Summary.Passed = tt.rules, tt.passed
			tt.r.Count()
			if out := write(t, &tt.r, table.Options{}); !strings.Contains(out, tt.want) {
				t.Errorf("does not say %q:\n%s", tt.want, out)
			}
		})
	}
}

func TestCap(t *testing.T) {
	r := example.Load(t, "faults")
	out := write(t, r, table.Options{})
	if !strings.Contains(out, "... and 2 more (--all shows them)") || strings.Contains(out, r.Findings[24].Resource) {
		t.Error("22 findings of one rule are not cut down to 20")
	}
}

func TestMends(t *testing.T) {
	r := &report.Results{Findings: []report.Finding{
		{Rule: "A", Severity: report.Low, Resource: "a", Mend: []byte(`{"Action":["kms:*"],"x":"\u202e<"}`)},
		{Rule: "A", Severity: report.Low, Resource: "b", Mend: []byte(`"say <no>"`)},
		{Rule: "A", Severity: report.Low, Resource: "c", Mend: []byte(`null`)},
		{Rule: "A", Severity: report.Low, Resource: "d", Mend: []byte(`{"Action":["kms:*"],"x":"\u202e<"}`)},
		{Rule: "A", Severity: report.Low, Resource: "e", Mend: []byte(`{broken`)},
	}}
	out := write(t, r, table.Options{Width: 80})
	for _, want := range []string{
		"  Mend for 1, 4:\n    {\n      \"Action\": [\n        \"kms:*\"\n      ],\n      \"x\": \"\\u202e<\"\n    }\n",
		"  Mend for 2:\n    say <no>\n", "  Mend for 5:\n    {broken\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
}

func TestWriteErrors(t *testing.T) {
	if err := table.Write(example.Broken(), example.Load(t, "clean"), table.Options{}); !errors.Is(err, example.ErrBroken) {
		t.Errorf("error %v", err)
	}
}
