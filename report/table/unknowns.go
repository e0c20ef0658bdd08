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
	var open []report.Unknown
	for _, u := range p.r.Unknown {
		if u.Waived == nil {
			open = append(open, u)
		}
	}
	if len(open) == 0 {
		return
	}
	p.heading(warn, "NOT KNOWN", words.Count(len(open), "subject")+" could not be judged; not a pass")
	for _, level := range groups(open, func(u report.Unknown) report.Severity { return u.Severity }, true) {
		for _, group := range groups(level, func(u report.Unknown) string { return u.Rule }, false) {
			p.rule(group[0].Rule, group[0].Severity.String())
			n := p.cap(len(group))
			rows := make([]row, 0, n)
			for i, u := range group[:n] {
				why := words.Or(u.Msg, "the evidence does not settle it")
				rows = append(rows, row{strconv.Itoa(i + 1), words.Or(u.Resource, "the account"), words.Place(u.Place), cell{{why, plain}}})
			}
			p.table("Why", rows)
			p.rest(n, len(group))
		}
	}
}

// gaps writes the evidence that is missing.
func (p *page) gaps() {
	if len(p.r.Gaps) == 0 {
		return
	}
	p.heading(warn, "MISSING EVIDENCE", words.Missing(p.r))
	p.line("")
	n := p.cap(len(p.r.Gaps))
	rows := make([][]cell, 0, n)
	for i, gap := range p.r.Gaps[:n] {
		rows = append(rows, []cell{{{strconv.Itoa(i + 1), plain}}, p.what(gap), why(gap), p.needed(gap)})
	}
	p.grid([]string{"#", "Not read", "Why", "Needed by"}, rows)
	p.rest(n, len(p.r.Gaps))
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
	if p.vertical {
		by = "needed by " + by
	}
	c := cell{{by, plain}}
	if len(gap.Rules) > 0 && gap.Severity != 0 {
		c = append(c, span{"up to " + gap.Severity.String(), dim})
	}
	return c
}
