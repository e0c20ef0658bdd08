package junit

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/internal/words"
)

// suite is a testsuite. Its cases are made again whenever they are wanted: first to
// count them, then to write them.
type suite struct {
	name, timestamp                  string
	tests, failures, errors, skipped int
	cases                            func(yield func(testCase) bool)
}

type testCase struct {
	XMLName xml.Name `xml:"testcase"`
	Class   string   `xml:"classname,attr"`
	Name    string   `xml:"name,attr"`
	File    string   `xml:"file,attr,omitempty"`
	Line    int      `xml:"line,attr,omitempty"`
	Time    string   `xml:"time,attr"`
	Failure *fault   `xml:"failure"`
	Error   *fault   `xml:"error"`
	Skipped *skipped `xml:"skipped"`
}

type fault struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

type skipped struct {
	Message string `xml:"message,attr"`
}

// Write writes the report.
func Write(w io.Writer, r *report.Results) error {
	out := bufio.NewWriter(w)
	suites := suites(r)
	total := suite{}
	for _, s := range suites {
		s.count()
		total.tests += s.tests
		total.failures += s.failures
		total.errors += s.errors
		total.skipped += s.skipped
	}
	_, _ = fmt.Fprintf(out, "%s<testsuites name=\"kmsaudit\" tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"%d\" time=\"0\">",
		xml.Header, total.tests, total.failures, total.errors, total.skipped) // Flush tells
	encoder := xml.NewEncoder(out)
	encoder.Indent("  ", "  ")
	for _, s := range suites {
		if err := s.write(encoder); err != nil {
			return fmt.Errorf("junit: %w", err)
		}
	}
	_, _ = out.WriteString("\n</testsuites>\n")
	if err := out.Flush(); err != nil {
		return fmt.Errorf("junit: %w", err)
	}
	return nil
}

// suites are one for each rule in the order of ids, those with findings but no
// description included, and one for what was not read.
func suites(r *report.Results) []*suite {
	var all []*suite
	known := map[string]bool{}
	timestamp := ""
	if len(r.Snapshots) > 0 {
		timestamp = strings.TrimSuffix(report.Inert(r.Snapshots[0].CollectedAt), "Z")
	}
	entries := r.ByRule()
	waiting := map[string][]report.NeedsIntent{}
	for _, one := range r.Summary.NeedsIntent {
		waiting[one.Rule] = append(waiting[one.Rule], one)
	}
	add := func(id, title string, passed int) {
		if known[id] {
			return
		}
		known[id] = true
		all = append(all, &suite{
			name: strings.TrimSpace(report.Inert(id) + " " + report.Inert(title)), timestamp: timestamp, cases: casesOf(id, passed, entries(id), waiting[id]),
		})
	}
	for i := range r.Rules {
		rule := &r.Rules[i]
		add(rule.ID, strings.Join(strings.Fields(rule.Title), " "), rule.Passed)
	}
	for e := range r.Entries() {
		add(e.Rule, "", 0)
	}
	for _, one := range r.Summary.NeedsIntent {
		add(one.Rule, "", 0)
	}
	slices.SortStableFunc(all, func(a, b *suite) int { return cmp.Compare(a.name, b.name) })
	gaps := &suite{name: "missing evidence", cases: func(yield func(testCase) bool) {
		for g := range r.EachGap() {
			if !yield(gapCase(g)) {
				return
			}
		}
	}}
	for range gaps.cases {
		return append(all, gaps)
	}
	return all
}

// casesOf are those of a rule.
func casesOf(id string, passed int, entries iter.Seq[report.Entry], waiting []report.NeedsIntent) func(yield func(testCase) bool) {
	return func(yield func(testCase) bool) {
		if passed > 0 && !yield(testCase{Class: report.Inert(id), Name: words.Count(passed, "subject") + " passed"}) {
			return
		}
		for e := range entries {
			if !yield(caseOf(&e)) {
				return
			}
		}
		for _, one := range waiting {
			if !yield(testCase{Class: report.Inert(id), Name: "not run", Skipped: &skipped{
				"the configuration does not say: " + words.Some(one.Needs, len(one.Needs)),
			}}) {
				return
			}
		}
	}
}

func (s *suite) count() {
	for c := range s.cases {
		s.tests++
		switch {
		case c.Failure != nil:
			s.failures++
		case c.Error != nil:
			s.errors++
		case c.Skipped != nil:
			s.skipped++
		}
	}
}

// write writes the suite, with a number behind the name of a case if another before
// it has that name.
func (s *suite) write(encoder *xml.Encoder) error {
	attribute := func(name, value string) xml.Attr { return xml.Attr{Name: xml.Name{Local: name}, Value: value} }
	start := xml.StartElement{Name: xml.Name{Local: "testsuite"}, Attr: []xml.Attr{
		attribute("name", s.name), attribute("tests", strconv.Itoa(s.tests)), attribute("failures", strconv.Itoa(s.failures)),
		attribute("errors", strconv.Itoa(s.errors)), attribute("skipped", strconv.Itoa(s.skipped)),
	}}
	if s.timestamp != "" {
		start.Attr = append(start.Attr, attribute("timestamp", s.timestamp))
	}
	start.Attr = append(start.Attr, attribute("time", "0"))
	if err := encoder.EncodeToken(start); err != nil {
		return err
	}
	names := map[[sha256.Size]byte]int{} // by the sum: names are long, and there may be many
	for c := range s.cases {
		c.Time = "0"
		sum := sha256.Sum256([]byte(c.Name))
		names[sum]++
		if n := names[sum]; n > 1 {
			c.Name += fmt.Sprintf(" (%d)", n)
		}
		if err := encoder.Encode(c); err != nil {
			return err
		}
	}
	return encoder.EncodeToken(start.End())
}

func caseOf(e *report.Entry) testCase {
	one := testCase{
		Class: report.Inert(e.Rule), Name: words.Or(e.Resource, "the account"),
		File: report.Inert(e.Place.File), Line: e.Place.Line,
	}
	if about := words.About(&e.Finding); about != "" {
		one.Name += " (" + about + ")"
	}
	text := strings.Join(words.Present(
		report.Inert(e.Msg), words.Place(e.Place), words.Mend(&e.Finding), "fingerprint "+report.Inert(e.Fingerprint),
	), "\n")
	switch {
	case e.Waived != nil:
		one.Skipped = &skipped{"waived " + words.Waived(e.Waived) + ": " + report.Inert(e.Waived.Reason)}
	case e.Known:
		one.Failure = &fault{words.Or(e.Msg, "finding"), e.Severity.String(), text}
	default:
		one.Error = &fault{words.Or(e.Msg, "the evidence does not settle it"), "unknown " + e.Severity.String(), text}
	}
	return one
}

// gapCase is evidence that was not read.
func gapCase(g *report.Gap) testCase {
	one := testCase{
		Class: "evidence", Name: strings.Join(words.Present(words.Gap(g), report.Inert(g.Account), report.Inert(g.Region), report.Inert(g.Resource)), " "),
		File: report.Inert(g.Place.File), Line: g.Place.Line,
	}
	if g.State == "gone" {
		one.Skipped = &skipped{words.State(g)}
		return one
	}
	one.Error = &fault{words.State(g), "gap", strings.Join(words.Present(
		report.Inert(g.Message), "needed by "+words.Or(words.Some(g.Rules, len(g.Rules)), "no enabled rule")), "\n")}
	return one
}
