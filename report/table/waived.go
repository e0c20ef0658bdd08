package table

import (
	"strconv"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/internal/words"
)

// waived writes what waivers cover: it stays in sight.
func (p *page) waived() {
	var rows [][]cell
	add := func(rule string, severity report.Severity, resource, msg string, w *report.Waived, unknown bool) {
		if w == nil {
			return
		}
		level := severity.String()
		if unknown {
			level += ", not known"
		}
		rows = append(rows, []cell{
			{{strconv.Itoa(len(rows) + 1), plain}},
			{{report.Inert(rule), bold}, {level, dim}},
			{{words.Or(resource, "the account"), plain}, {report.Inert(msg), dim}},
			{{report.Inert(w.Reason), plain}, {words.Waived(w), dim}},
		})
	}
	for _, f := range p.r.Findings {
		add(f.Rule, f.Severity, f.Resource, f.Msg, f.Waived, false)
	}
	for _, u := range p.r.Unknown {
		add(u.Rule, u.Severity, u.Resource, u.Msg, u.Waived, true)
	}
	if len(rows) == 0 {
		return
	}
	p.heading(bold, "WAIVED", strconv.Itoa(len(rows))+p.worst())
	p.line("")
	n := p.cap(len(rows))
	p.grid([]string{"#", "Rule", "Resource", "Accepted"}, rows[:n])
	p.rest(n, len(rows))
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
		n := p.cap(len(waivers))
		for _, w := range waivers[:n] {
			p.text("  ", plain, words.Waiver(&w))
		}
		p.rest(n, len(waivers))
	}
	list("EXPIRED WAIVERS", " would have covered something", p.r.ExpiredWaivers)
	list("UNUSED WAIVERS", " matched nothing", p.r.UnusedWaivers)
}
