package table

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/internal/words"
)

// unknowns writes what could not be judged, by rule, the gravest rule first.
func (p *page) unknowns() {
	groups := p.r.Groups(false, p.most())
	if len(groups) == 0 {
		return
	}
	total := 0
	for _, group := range groups {
		total += group.Count
	}
	p.heading(warn, "NOT KNOWN", words.Count(total, "subject")+" could not be judged; not a pass")
	for _, group := range groups {
		p.rule(group.Rule, group.Severity.String())
		rows := make([]row, 0, len(group.Entries))
		for i, e := range group.Entries {
			why := words.Or(e.Msg, "the evidence does not settle it")
			rows = append(rows, row{strconv.Itoa(i + 1), words.Or(e.Resource, "the account"), words.Place(e.Place), cell{{why, plain}}})
		}
		p.table("Why", rows)
		p.rest(len(rows), group.Count)
	}
}

// gaps writes the evidence that is missing.
func (p *page) gaps() {
	gaps, all := p.r.FirstGaps(p.most())
	if all == 0 {
		return
	}
	p.heading(warn, "MISSING EVIDENCE", words.Missing(p.r))
	p.line("")
	rows := make([][]cell, 0, len(gaps))
	for i, gap := range gaps {
		rows = append(rows, []cell{{{strconv.Itoa(i + 1), plain}}, p.what(gap), why(gap), p.needed(gap)})
	}
	p.grid([]string{"#", "Not read", "Why", neededBy}, rows)
	p.rest(len(rows), all)
}

func (p *page) what(gap report.Gap) cell {
	c := cell{{words.Gap(&gap), bold}}
	where := words.Present(report.Inert(gap.Region))
	if p.accounts > 1 && gap.Account != "" {
		where = append(where, "account "+report.Inert(gap.Account))
	}
	for _, line := range words.Present(report.Inert(gap.Resource), strings.Join(where, ", "), words.Place(gap.Place)) {
		c = append(c, span{line, dim})
	}
	return c
}

func why(gap report.Gap) cell {
	c := cell{{words.State(&gap), plain}}
	if gap.Message != "" {
		c = append(c, span{report.Inert(gap.Message), dim})
	}
	return c
}

func (p *page) needed(gap report.Gap) cell {
	const few = 6
	by := cmp.Or(words.Some(gap.Rules, few), "no enabled rule")
	c := cell{{by, plain}}
	if len(gap.Rules) > 0 && gap.Severity != 0 {
		c = append(c, span{"up to " + gap.Severity.String(), dim})
	}
	return c
}
