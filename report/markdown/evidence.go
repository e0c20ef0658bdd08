package markdown

import (
	"cmp"
	"strconv"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/internal/words"
)

// gaps writes the evidence that is missing.
func (p *page) gaps() {
	gaps, all := p.r.FirstGaps(p.most())
	if all == 0 {
		return
	}
	p.line("\n### MISSING EVIDENCE\n")
	p.table(len(gaps), all, []string{"#", "Not read", "Of", "Why", "Needed by"}, func(i int) []string {
		g := &gaps[i]
		of := cmp.Or(g.Resource, g.Region, g.Account, "the account")
		return []string{
			strconv.Itoa(i + 1), Cell(words.Gap(g)), Cell(of), Cell(words.State(g)),
			Cell(cmp.Or(words.Some(g.Rules, few), "no enabled rule")),
		}
	})
}

// few rules are named; more are counted.
const few = 6

// waived writes what waivers cover: it stays in sight.
func (p *page) waived() {
	var waived []report.Entry
	all := 0
	for e := range p.r.Entries() {
		if e.Waived == nil {
			continue
		}
		if all++; all <= p.most() {
			waived = append(waived, e)
		}
	}
	if all == 0 {
		return
	}
	p.line("\n### WAIVED\n")
	p.table(len(waived), all, []string{"#", "Rule", "Severity", "Resource", "Accepted"}, func(i int) []string {
		e := waived[i]
		severity := e.Severity.String()
		if !e.Known {
			severity += ", not known"
		}
		return []string{
			strconv.Itoa(i + 1), Cell(e.Rule), severity, Cell(cmp.Or(e.Resource, "the account")),
			Cell(words.Waived(e.Waived) + ": " + e.Waived.Reason),
		}
	})
}

// waivers names those that no longer do anything.
func (p *page) waivers() {
	list := func(title, verb string, waivers []report.Waiver) {
		if len(waivers) == 0 {
			return
		}
		p.line("\n### %s\n\n%s%s:\n", title, words.Count(len(waivers), "waiver"), verb)
		most := min(p.most(), len(waivers))
		for i := range waivers[:most] {
			p.line("- %s", Escape(words.Waiver(&waivers[i])))
		}
		p.rest(most, len(waivers))
	}
	list("EXPIRED WAIVERS", " would have covered something", p.r.ExpiredWaivers)
	list("UNUSED WAIVERS", " matched nothing", p.r.UnusedWaivers)
}

func (p *page) summary() {
	s := &p.r.Summary
	p.line("\n### SUMMARY\n\n| | |\n| --- | --- |")
	row := func(label, value string) { p.line("| %s | %s |", label, Cell(value)) }
	row("Rules run", strconv.Itoa(s.Rules))
	row("Passed", words.Count(s.Passed, "subject"))
	row("Findings", words.BySeverity(s))
	row("Not known", strconv.Itoa(s.Unknown))
	row("Not read", words.Missing(p.r))
	worst := ""
	if s.WorstWaived != "" {
		worst = ", the worst " + s.WorstWaived
	}
	row("Waived", strconv.Itoa(s.Waived)+worst)
	if p.r.Baseline != nil {
		for _, line := range words.Baseline(p.r.Baseline) {
			row("Baseline", line)
		}
	}
	if len(s.NeedsIntent) > 0 {
		for _, line := range words.Intent(s.NeedsIntent) {
			row("Not run", line)
		}
	}
	if name := report.Inert(p.r.Tool.Name); name != "" {
		row("Made by", name+" "+p.r.Tool.Version)
	}
}
