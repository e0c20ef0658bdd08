package table

import (
	"strconv"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/internal/words"
)

// summary counts. It says what did not run and what could not be known beside
// what was found, so that a short report is not taken for a clean account.
func (p *page) summary() {
	s := p.r.Summary
	p.heading(bold, "SUMMARY", "")
	look := good
	for _, severity := range report.Severities() {
		if s.BySeverity[severity.String()] > 0 {
			look = colour(severity)
			break
		}
	}
	missing := words.Missing(p.r)
	facts := []fact{
		{"Rules run", plain, []string{strconv.Itoa(s.Rules)}},
		{"Passed", plain, []string{words.Count(s.Passed, "subject")}},
		{"Findings", look, []string{words.BySeverity(&s)}},
		{"Not known", attention(s.Unknown > 0), []string{strconv.Itoa(s.Unknown)}},
		{"Not read", attention(missing != "nothing"), []string{missing}},
		{"Waived", plain, []string{strconv.Itoa(s.Waived) + p.worst()}},
	}
	if b := p.r.Baseline; b != nil {
		facts = append(facts, fact{"Baseline", attention(b.New+b.Worse+len(b.Unjudged)+len(b.Blind) > 0), words.Baseline(b)})
	}
	if len(s.NeedsIntent) > 0 {
		facts = append(facts, fact{"Not run", warn, words.Intent(s.NeedsIntent)})
	}
	p.facts(facts)
}

func attention(wanted bool) style {
	if wanted {
		return warn
	}
	return plain
}

// none says why there is no finding: nothing wrong, or nothing to go by.
func (p *page) none() {
	text, right := words.NoFindings(p.r)
	look := warn
	if right {
		look = good
	}
	p.line("")
	p.text("  ", look, text)
}
