package html

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/internal/words"
	"github.com/kmsaudit/kmsaudit/report/picture"
)

// page is what the template shows. Its texts are foreign: the template makes each
// of them inert.
type page struct {
	R          *report.Results
	Policy     string // Content-Security-Policy
	Style      template.CSS
	Script     template.JS
	Title      string
	Verdict    verdict
	Tiles      []tile
	Bar        []slice
	Accounts   []drawn
	NotDrawn   string // why a picture is missing, "" if none is
	Groups     []group
	Unknowns   []group
	Gaps       list[report.Gap]
	Waived     list[waived]
	Expired    []string
	Unused     []string
	Frameworks []framework
	Facts      []pair
	Notes      []string
}

// list is the first of many.
type list[T any] struct {
	Items []T
	More  int
}

// others is how many of a list are listed at most.
func others(all bool) int {
	if all {
		return math.MaxInt
	}
	return someOthers
}

type pair struct{ Name, Value string }

// tile is a number of the summary.
type tile struct {
	Class, Label string
	Count        int
	Link         string
}

// slice is a part of the bar under the verdict.
type slice struct {
	Class string
	X, W  float64
	Title string
}

// verdict is the account's at a glance.
type verdict struct{ Class, Text, Sub string }

func pageOf(r *report.Results, o *Options) (*page, error) {
	style, err := files.ReadFile("style.css")
	if err != nil {
		return nil, err
	}
	script, err := files.ReadFile("script.js")
	if err != nil {
		return nil, err
	}
	css := picture.Style + "\n" + string(style)
	p := &page{
		R: r, Title: title(r),
		Style:  template.CSS(css),   //nolint:gosec // G203: it is a file of this package
		Script: template.JS(script), //nolint:gosec // G203: it is a file of this package
		Policy: fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'", hash(css), hash(string(script))),
	}
	p.Verdict = verdictOf(r)
	p.tiles()
	p.draw(o)
	p.findings(o)
	p.gaps(o)
	p.waivers(o)
	p.Frameworks = frameworks(r)
	p.facts()
	return p, nil
}

// hash is what a Content-Security-Policy calls a style or a script by.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func title(r *report.Results) string {
	switch len(r.Snapshots) {
	case 0:
		return "No account"
	case 1:
		return "Account " + r.Snapshots[0].Account
	}
	return words.Count(len(r.Snapshots), "account")
}

func verdictOf(r *report.Results) verdict {
	s := &r.Summary
	v := verdict{Class: "unknown"}
	worst := report.Severity(0)
	for f := range r.EachFinding() {
		if f.Waived == nil {
			worst = max(worst, f.Severity)
		}
	}
	if s.Findings == 0 || worst == 0 {
		text, good := words.NoFindings(r)
		text = strings.TrimPrefix(text, "no findings: ")
		if v.Text = "No findings"; good {
			v.Class = "good"
		}
		v.Sub = sentence(text)
		return v
	}
	v.Class = worst.String()
	v.Text = words.Count(s.Findings, "finding") + ", the worst " + worst.String()
	if s.Findings == 1 {
		v.Text = "1 finding, " + worst.String()
	}
	v.Sub = sentence(words.Count(s.Passed, "subject") + " passed")
	missing := words.Missing(r)
	switch {
	case s.Unknown > 0 && missing != "nothing":
		v.Sub += " " + words.Count(s.Unknown, "subject") + " could not be judged, and evidence is missing: none of that counts as right."
	case s.Unknown > 0:
		v.Sub += " " + words.Count(s.Unknown, "subject") + " could not be judged: none of that counts as right."
	case missing != "nothing":
		v.Sub += " Evidence is missing: " + missing + "."
	default:
		v.Sub += " Everything that the rules read was there to be read."
	}
	return v
}

func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

func (p *page) tiles() {
	s := &p.R.Summary
	counts := make([]slice, 0, 8)
	for _, severity := range report.Severities() {
		n := s.BySeverity[severity.String()]
		p.Tiles = append(p.Tiles, tile{Class: severity.String(), Label: severity.String(), Count: n, Link: "findings"})
		counts = append(counts, slice{Class: severity.String(), W: float64(n), Title: fmt.Sprintf("%d %s", n, severity)})
	}
	p.Tiles = append(p.Tiles,
		tile{"unknown", "unknown", s.Unknown, "unknown"},
		tile{"waived", "waived", s.Waived, "waivers"},
		tile{"good", "passed", s.Passed, "compliance"},
	)
	counts = append(counts,
		slice{Class: "unknown", W: float64(s.Unknown), Title: fmt.Sprintf("%d not known", s.Unknown)},
		slice{Class: "good", W: float64(s.Passed), Title: fmt.Sprintf("%d passed", s.Passed)},
	)
	total := 0.0
	for _, one := range counts {
		total += one.W
	}
	at := 0.0
	for _, one := range counts {
		if one.W > 0 {
			one.X, one.W = at, one.W*1000/total
			at += one.W
			p.Bar = append(p.Bar, one)
		}
	}
}

func (p *page) facts() {
	r := p.R
	add := func(name, value string) {
		if value != "" {
			p.Facts = append(p.Facts, pair{name, value})
		}
	}
	const some = 20
	for i := range r.Snapshots {
		if i == some {
			add("Snapshots", words.Count(len(r.Snapshots)-some, "more snapshot"))
			break
		}
		s := &r.Snapshots[i]
		add("Account", strings.TrimSpace(s.Account+" "+s.Partition))
		add("Snapshot", s.Path)
		add("SHA-256", s.SHA256)
		collected := s.CollectedAt
		if s.CollectedBy != "" {
			collected += " by " + s.CollectedBy
		}
		if s.CollectedVia != "" {
			collected += " with " + s.CollectedVia
		}
		add("Collected", collected)
		if s.Interrupted {
			add("Interrupted", "the collection did not end: what is missing was not read")
		}
	}
	add("Waivers as of", r.AsOf)
	add("Rules run", strconv.Itoa(r.Summary.Rules))
	add("Not read", words.Missing(r))
	add("Made by", strings.TrimSpace(r.Tool.Name+" "+r.Tool.Version))
	if r.Baseline != nil {
		p.Notes = append(p.Notes, words.Baseline(r.Baseline)...)
	}
	if len(r.Summary.NeedsIntent) > 0 {
		p.Notes = append(p.Notes, words.Intent(r.Summary.NeedsIntent)...)
	}
}

// waived is something that a waiver covers.
type waived struct {
	report.Entry
	Days int // left, that of the report included
}

func (p *page) gaps(o *Options) {
	gaps, all := p.R.FirstGaps(others(o.All))
	p.Gaps = list[report.Gap]{Items: gaps, More: all - len(gaps)}
}

func (p *page) waivers(o *Options) {
	asOf, err := time.Parse(time.DateOnly, p.R.AsOf)
	known := err == nil
	var soonest []waived
	all, most := 0, others(o.All)
	sorted := func() []waived {
		slices.SortStableFunc(soonest, func(a, b waived) int { return strings.Compare(a.Waived.Expires, b.Waived.Expires) })
		return soonest[:min(most, len(soonest))]
	}
	for e := range p.R.Entries() {
		if e.Waived == nil {
			continue
		}
		w := waived{Entry: e, Days: -1}
		if known {
			w.Days = report.Waiver{Expires: e.Waived.Expires}.DaysLeft(asOf)
		}
		all++
		if soonest = append(soonest, w); len(soonest)/2 >= most {
			soonest = sorted()
		}
	}
	soonest = sorted()
	p.Waived = list[waived]{Items: soonest, More: all - len(soonest)}
	for i := range p.R.ExpiredWaivers {
		p.Expired = append(p.Expired, words.Waiver(&p.R.ExpiredWaivers[i]))
	}
	for i := range p.R.UnusedWaivers {
		p.Unused = append(p.Unused, words.Waiver(&p.R.UnusedWaivers[i]))
	}
}
