package html_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/html"
	"github.com/kmsaudit/kmsaudit/report/internal/example"
	"github.com/kmsaudit/kmsaudit/report/internal/hostile"
	"github.com/kmsaudit/kmsaudit/report/picture"
)

func page(t *testing.T, r *report.Results, o html.Options) string {
	t.Helper()
	var b strings.Builder
	if err := html.Write(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// body is what of a page is not the same in all pages.
func body(t *testing.T, text string) string {
	t.Helper()
	_, after, found := strings.Cut(text, "<body>")
	before, _, closed := strings.Cut(after, "<script>")
	if !found || !closed {
		t.Fatal("the page has no body")
	}
	return before
}

func TestGolden(t *testing.T) {
	for _, name := range example.Names() {
		t.Run(name, func(t *testing.T) {
			r := example.Load(t, name)
			got := page(t, r, html.Options{})
			if page(t, r, html.Options{}) != got {
				t.Error("two runs differ")
			}
			example.Golden(t, name+".html", body(t, got))
		})
	}
}

// The policy of the page names the very style and script that are in it, and lets
// nothing else be loaded or run.
func TestContentSecurityPolicy(t *testing.T) {
	text := page(t, example.Load(t, "faults"), html.Options{})
	policy := regexp.MustCompile(`http-equiv="Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(text)
	if policy == nil {
		t.Fatal("no policy")
	}
	allowed := strings.NewReplacer("&#39;", "'", "&#43;", "+", "&#34;", `"`).Replace(policy[1])
	if !strings.HasPrefix(allowed, "default-src 'none'; ") || strings.Contains(allowed, "unsafe") {
		t.Errorf("policy %s", allowed)
	}
	for _, tag := range []string{"style", "script"} {
		found := regexp.MustCompile(`(?s)<`+tag+`>(.*?)</`+tag+`>`).FindAllStringSubmatch(text, -1)
		if len(found) != 1 {
			t.Fatalf("%d elements %s", len(found), tag)
		}
		sum := sha256.Sum256([]byte(found[0][1]))
		if !strings.Contains(allowed, tag+"-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") {
			t.Errorf("the policy does not name the %s that is there: %s", tag, allowed)
		}
	}
	for _, wrong := range []string{"http://", "https://", ` style="`, "@import", "url(", " src="} {
		if at := strings.Index(strings.ReplaceAll(text, `xmlns="http://www.w3.org/2000/svg"`, ""), wrong); at >= 0 {
			t.Errorf("%q in the page", wrong)
		}
	}
}

// drawing is a picture, a heat map and excerpts with one text everywhere.
func drawing(text string, r *report.Results) html.Options {
	o := html.Options{Excerpts: map[report.Place]html.Excerpt{}, Accounts: []html.Account{{
		ID: text,
		Picture: &picture.Picture{
			Title: text, Columns: []string{text, text}, Notes: []string{text},
			Nodes: []picture.Node{
				{ID: "n0", Kind: text, Name: text, Note: text, Full: []string{text}, State: picture.Broken, Why: []string{text}},
				{ID: "n1", Column: 1, Kind: text, Name: text, State: picture.State(text)},
			},
			Edges: []picture.Edge{{From: "n0", To: "n1", State: picture.Minor, Why: []string{text}}},
		},
		Heat: &picture.Heat{
			Action: text, Columns: []picture.Axis{{Name: text, Full: []string{text}, Count: 1}}, Notes: []string{text},
			Rows: []picture.HeatRow{{Axis: picture.Axis{Name: text, Full: []string{text}, Count: 2}, Cells: []picture.State{picture.Fine}}},
		},
	}}}
	for _, place := range html.Places(r, true) {
		o.Excerpts[place] = html.Excerpt{What: text, First: 7, Lines: []string{"{", text, "}"}, From: 1, To: 2}
	}
	return o
}

// Nothing that others wrote becomes markup, or steers whoever reads.
func TestHostile(t *testing.T) {
	r := hostile.Results(4)
	text := page(t, r, drawing(hostile.Text, r))
	harmless := example.Load(t, "faults")
	tags := regexp.MustCompile(`</?([a-zA-Z!][a-zA-Z0-9-]*)`)
	known := map[string]bool{"a": true, "g": true, "path": true, "circle": true, "figure": true, "text": true, "rect": true, "title": true}
	for _, one := range tags.FindAllStringSubmatch(page(t, harmless, drawing("x", harmless)), -1) {
		known[one[1]] = true
	}
	for _, one := range tags.FindAllStringSubmatch(text, -1) {
		if !known[one[1]] {
			t.Errorf("element %s", one[1])
		}
	}
	if n := strings.Count(text, "<script"); n != 1 {
		t.Errorf("%d scripts", n)
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimSuffix(line, "\n"); strings.Contains(line, hostile.Marker) && strings.ContainsAny(line, "\x1b\u202e\u2066\u200b\u2028\x00\x7f\u009b\r\a") {
			t.Fatalf("not inert: %.200q", line)
		}
	}
	if n := strings.Count(text, hostile.Marker); n < 200 {
		t.Errorf("the texts show %d times only", n)
	}
}

// Of many findings a page lists the worst and says how many it leaves out.
func TestBounded(t *testing.T) {
	text := page(t, example.Many(50_000), html.Options{})
	if len(text) > 4<<20 {
		t.Errorf("%d bytes", len(text))
	}
	if n := strings.Count(text, `<details class="finding"`); n < 900 || n > 1500 {
		t.Errorf("%d findings are listed", n)
	}
	if !strings.Contains(text, "more are not listed here: --all lists them") {
		t.Error("nothing says that findings were left out")
	}
	if n := strings.Count(page(t, example.Many(3_000), html.Options{All: true}), `<details class="finding"`); n != 3_000 {
		t.Errorf("of all 3000 findings %d are listed", n)
	}
}

func TestSaysWhatIsMissing(t *testing.T) {
	r := example.Load(t, "faults")
	if text := page(t, r, html.Options{}); !strings.Contains(text, "which results do not hold") || strings.Contains(text, "<figure") {
		t.Error("a page without a picture does not say why")
	}
	if text := page(t, r, drawing("x", r)); !strings.Contains(text, "<figure") || !strings.Contains(text, `class="l meant"`) {
		t.Error("the page lacks its picture, or the marked statement")
	}
}

func TestBroken(t *testing.T) {
	if err := html.Write(example.Broken(), example.Load(t, "faults"), html.Options{}); err == nil {
		t.Error("no error")
	}
}

// TestPages writes pages for the tests in a browser, of what only tests can make.
func TestPages(t *testing.T) {
	folder := os.Getenv("KMSAUDIT_PAGES")
	if folder == "" {
		t.Skip("KMSAUDIT_PAGES is not set: the stage html of .ci/run sets it")
	}
	bad := hostile.Results(4)
	for name, text := range map[string]string{
		"hostile.html": page(t, bad, drawing(hostile.Text, bad)),
		"many.html":    page(t, example.Many(50_000), html.Options{}),
		"faults.html":  page(t, example.Load(t, "faults"), html.Options{}),
		"clean.html":   page(t, example.Load(t, "clean"), html.Options{}),
		"blind.html":   page(t, example.Load(t, "blind"), html.Options{}),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// A control fares as the worst of its rules.
func TestCompliance(t *testing.T) {
	r := &report.Results{Rules: []report.Rule{
		{ID: "KEY-001", Findings: 2, Passed: 1, Compliance: map[string][]string{"cis": {"2.10", "2.9"}}},
		{ID: "KEY-002", Passed: 3, Unknown: 1, Compliance: map[string][]string{"cis": {"2.9", "2.11"}}, Suggested: map[string][]string{"ours": {"A"}}},
		{ID: "KEY-003", Compliance: map[string][]string{"cis": {"3.1"}}},
	}, Findings: []report.Finding{{Rule: "KEY-001", Severity: report.High, Evidence: json.RawMessage(`{"a":["b","c"]}`)}}}
	r.Count()
	text := page(t, r, html.Options{})
	_, table, _ := strings.Cut(text, `<b>cis</b>`)
	table, _, _ = strings.Cut(table, "</details>")
	var order []string
	for _, one := range regexp.MustCompile(`<tr><td>([^<]*)</td><td><span class="dot (\w+)"`).FindAllStringSubmatch(table, -1) {
		order = append(order, one[1]+" "+one[2])
	}
	if got := strings.Join(order, ", "); !strings.HasPrefix(got, "2.9 ") || !strings.Contains(got, "2.10 ") || !strings.HasSuffix(got, "3.1 nothing") {
		t.Errorf("controls: %s", got)
	}
	if !strings.Contains(text, "our mapping") {
		t.Error("a mapping of ours is not called that")
	}
}
