package table

import (
	"maps"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
)

// summary counts. It says what did not run and what could not be known beside
// what was found, so that a short report is not taken for a clean account.
func (p *page) summary() {
	s := p.r.Summary
	p.heading(bold, "SUMMARY", "")
	found := digits(s.Findings)
	var levels []string
	look := good
	for _, severity := range report.Severities() {
		if n := s.BySeverity[severity.String()]; n > 0 {
			if len(levels) == 0 {
				look = colour(severity)
			}
			levels = append(levels, digits(n)+" "+severity.String())
		}
	}
	if len(levels) > 0 {
		found += ": " + strings.Join(levels, ", ")
	}
	facts := []fact{
		{"Rules run", plain, []string{digits(s.Rules)}},
		{"Passed", plain, []string{count(s.Passed, "subject")}},
		{"Findings", look, []string{found}},
		{"Not known", attention(s.Unknown > 0), []string{digits(s.Unknown)}},
		{"Not read", attention(missing(p.r) != "nothing"), []string{missing(p.r)}},
		{"Waived", plain, []string{digits(s.Waived) + p.worst()}},
	}
	if len(s.NeedsIntent) > 0 {
		facts = append(facts, fact{"Not run", warn, intent(s.NeedsIntent)})
	}
	p.facts(facts)
}

func attention(wanted bool) style {
	if wanted {
		return warn
	}
	return plain
}

// intent says what the configuration would have to say, and for which rules.
func intent(waiting []report.NeedsIntent) []string {
	rules := map[string][]string{}
	for _, one := range waiting {
		for _, need := range one.Needs {
			rules[need] = append(rules[need], one.Rule)
		}
	}
	needs := slices.Sorted(maps.Keys(rules))
	verb := " need intent: "
	if len(waiting) == 1 {
		verb = " needs intent: "
	}
	out := []string{count(len(waiting), "rule") + verb + some(needs, len(needs))}
	for _, need := range needs {
		out = append(out, report.Inert(need)+" for "+some(rules[need], len(rules[need])))
	}
	return out
}

// none says why there is no finding: nothing wrong, or nothing to go by.
func (p *page) none() {
	s := p.r.Summary
	waived := 0
	for _, f := range p.r.Findings {
		if f.Waived != nil {
			waived++
		}
	}
	gaps := missing(p.r)
	look, text := warn, ""
	switch judged := s.Passed + waived; {
	case s.Rules == 0:
		text = "no findings: no rule ran, so that nothing was judged"
	case judged == 0 && (s.Unknown > 0 || gaps != "nothing"):
		text = "no findings, because nothing could be judged: the evidence is missing"
	case judged == 0:
		text = "no findings: the snapshot has nothing that these rules look at"
	case s.Unknown > 0 || gaps != "nothing":
		text = "no findings in what could be judged; not everything could be"
	case waived > 0:
		text = "no findings that are not waived"
	default:
		look = good
		text = "no findings: " + count(s.Passed, "subject") + " passed"
	}
	p.line("")
	p.text("  ", look, text)
}
