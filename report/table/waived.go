package table

import (
	"strconv"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/internal/words"
)

// waived writes what waivers cover: it stays in sight.
func (p *page) waived() {
	var rows [][]cell
	all := 0
	for e := range p.r.Entries() {
		if e.Waived == nil {
			continue
		}
		if all++; all > p.most() {
			continue
		}
		level := e.Severity.String()
		if !e.Known {
			level += ", not known"
		}
		rows = append(rows, []cell{
			{{strconv.Itoa(len(rows) + 1), plain}},
			{{report.Inert(e.Rule), bold}, {level, dim}},
			{{words.Or(e.Resource, "the account"), plain}, {report.Inert(e.Msg), dim}},
			{{report.Inert(e.Waived.Reason), plain}, {words.Waived(e.Waived), dim}},
		})
	}
	if all == 0 {
		return
	}
	p.heading(bold, "WAIVED", strconv.Itoa(all)+p.worst())
	p.line("")
	p.grid([]string{"#", "Rule", "Resource", "Accepted"}, rows)
	p.rest(len(rows), all)
}

func (p *page) worst() string {
	if p.r.Summary.WorstWaived == "" {
		return ""
	}
	return ", the worst " + report.Inert(p.r.Summary.WorstWaived)
}

// warnings names the waivers that no longer do anything.
func (p *page) warnings() {
	list := func(title, verb string, waivers []report.Waiver) {
		if len(waivers) == 0 {
			return
		}
		p.heading(warn, title, words.Count(len(waivers), "waiver")+verb)
		n := min(p.most(), len(waivers))
		for _, w := range waivers[:n] {
			p.text("  ", plain, words.Waiver(&w))
		}
		p.rest(n, len(waivers))
	}
	list("EXPIRED WAIVERS", " would have covered something", p.r.ExpiredWaivers)
	list("UNUSED WAIVERS", " matched nothing", p.r.UnusedWaivers)
}
