package junit

import (
	"bufio"
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/internal/words"
)

type suite struct {
	XMLName   xml.Name `xml:"testsuite"`
	Name      string   `xml:"name,attr"`
	Tests     int      `xml:"tests,attr"`
	Failures  int      `xml:"failures,attr"`
	Errors    int      `xml:"errors,attr"`
	Skipped   int      `xml:"skipped,attr"`
	Timestamp string   `xml:"timestamp,attr,omitempty"`
	Time      string   `xml:"time,attr"`
	Cases     []testCase
	names     map[string]int // how often each was wanted
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
		total.Tests += s.Tests
		total.Failures += s.Failures
		total.Errors += s.Errors
		total.Skipped += s.Skipped
	}
	_, _ = fmt.Fprintf(out, "%s<testsuites name=\"kmsaudit\" tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"%d\" time=\"0\">",
		xml.Header, total.Tests, total.Failures, total.Errors, total.Skipped) // Flush tells
	encoder := xml.NewEncoder(out)
	encoder.Indent("  ", "  ")
	for _, s := range suites {
		if err := encoder.Encode(s); err != nil {
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
	by := map[string]*suite{}
	add := func(id, title string) *suite {
		s := newSuite(strings.TrimSpace(report.Inert(id) + " " + report.Inert(title)))
		if len(r.Snapshots) > 0 {
			s.Timestamp = strings.TrimSuffix(report.Inert(r.Snapshots[0].CollectedAt), "Z")
		}
		all, by[id] = append(all, s), s
		return s
	}
	for i := range r.Rules {
		rule := &r.Rules[i]
		s := add(rule.ID, strings.Join(strings.Fields(rule.Title), " "))
		if rule.Passed > 0 {
			s.add(testCase{Class: report.Inert(rule.ID), Name: words.Count(rule.Passed, "subject") + " passed"})
		}
	}
	for e := range r.Entries() {
		s := by[e.Rule]
		if s == nil {
			s = add(e.Rule, "")
		}
		s.add(caseOf(&e))
	}
	for _, waiting := range r.Summary.NeedsIntent {
		s := by[waiting.Rule]
		if s == nil {
			s = add(waiting.Rule, "")
		}
		s.add(testCase{Class: report.Inert(waiting.Rule), Name: "not run", Skipped: &skipped{
			"the configuration does not say: " + words.Some(waiting.Needs, len(waiting.Needs)),
		}})
	}
	slices.SortStableFunc(all, func(a, b *suite) int { return cmp.Compare(a.Name, b.Name) })
	return append(all, gaps(r)...)
}

func newSuite(name string) *suite { return &suite{Name: name, Time: "0", names: map[string]int{}} }

// add adds a case, with a number behind its name if another has that name.
func (s *suite) add(c testCase) {
	c.Time = "0"
	s.names[c.Name]++
	if n := s.names[c.Name]; n > 1 {
		c.Name += fmt.Sprintf(" (%d)", n)
	}
	s.Cases = append(s.Cases, c)
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
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

// gaps is a suite of what was not read, or none.
func gaps(r *report.Results) []*suite {
	if len(r.Gaps) == 0 {
		return nil
	}
	s := newSuite("missing evidence")
	for i := range r.Gaps {
		g := &r.Gaps[i]
		one := testCase{
			Class: "evidence", Name: strings.Join(words.Present(words.Gap(g), report.Inert(g.Account), report.Inert(g.Region), report.Inert(g.Resource)), " "),
			File: report.Inert(g.Place.File), Line: g.Place.Line,
		}
		if g.State == "gone" {
			one.Skipped = &skipped{words.State(g)}
		} else {
			one.Error = &fault{words.State(g), "gap", strings.Join(words.Present(
				report.Inert(g.Message), "needed by "+words.Or(words.Some(g.Rules, len(g.Rules)), "no enabled rule")), "\n")}
		}
		s.add(one)
	}
	return []*suite{s}
}
