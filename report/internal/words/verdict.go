package words

import (
	"maps"
	"slices"

	"github.com/kmsaudit/kmsaudit/report"
)

// NoFindings says why there is no finding: nothing is wrong, or there is nothing
// to go by. good is whether it is the former.
func NoFindings(r *report.Results) (text string, good bool) {
	s := r.Summary
	waived := 0
	for f := range r.EachFinding() {
		if f.Waived != nil {
			waived++
		}
	}
	missing := Missing(r) != "nothing"
	switch judged := s.Passed + waived; {
	case s.Rules == 0:
		return "no findings: no rule ran, so that nothing was judged", false
	case judged == 0 && (s.Unknown > 0 || missing):
		return "no findings, because nothing could be judged: the evidence is missing", false
	case judged == 0:
		return "no findings: the snapshot has nothing that these rules look at", false
	case s.Unknown > 0 || missing:
		return "no findings in what could be judged; not everything could be", false
	case waived > 0:
		return "no findings that are not waived", false
	}
	return "no findings: " + Count(s.Passed, "subject") + " passed", true
}

// Intent says what the configuration would have to say, and for which rules.
func Intent(waiting []report.NeedsIntent) []string {
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
	out := []string{Count(len(waiting), "rule") + verb + Some(needs, len(needs))}
	for _, need := range needs {
		out = append(out, report.Inert(need)+" for "+Some(rules[need], len(rules[need])))
	}
	return out
}
