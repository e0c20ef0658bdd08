package table

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
)

// findings writes those that are not waived: worst severity first, within a
// severity by rule.
func (p *page) findings() {
	var open []report.Finding
	for _, f := range p.r.Findings {
		if f.Waived == nil {
			open = append(open, f)
		}
	}
	if len(open) == 0 {
		p.none()
		return
	}
	for _, level := range groups(open, func(f report.Finding) report.Severity { return f.Severity }, true) {
		severity := level[0].Severity
		p.heading(colour(severity), strings.ToUpper(cmp.Or(severity.String(), "no severity")), count(len(level), "finding"))
		for _, group := range groups(level, func(f report.Finding) string { return f.Rule }, false) {
			p.rule(group[0].Rule, "")
			p.findingsOf(group)
		}
	}
}

// rule writes a rule's id and title over its table.
func (p *page) rule(id, more string) {
	rule := p.rules[id]
	p.line("")
	title := strings.Join(report.Paragraphs(rule.Title), " ")
	if more != "" {
		title = strings.TrimSpace(title + " (" + more + ")")
	}
	p.text(p.paint(bold, report.Inert(id))+"  ", plain, title)
}

func (p *page) findingsOf(group []report.Finding) {
	n := p.cap(len(group))
	alike := map[[2]string]int{}
	for _, f := range group {
		alike[[2]string{f.Resource, f.Msg}]++
	}
	rows := make([]row, 0, n)
	for i, f := range group[:n] {
		one := row{label: digits(i + 1), resource: or(f.Resource, "the account"), place: place(f.Place)}
		one.what = cell{{report.Inert(f.Msg), plain}}
		if alike[[2]string{f.Resource, f.Msg}] > 1 {
			one.what = append(one.what, span{about(f), dim})
		}
		rows = append(rows, one)
	}
	p.table("What is wrong", rows)
	p.rest(n, len(group))
	p.mends(group[:n])
}

// about tells apart two findings that say the same of the same resource.
func about(f report.Finding) string {
	var parts []string
	if f.Statement != "" {
		parts = append(parts, "statement "+f.Statement)
	}
	for _, key := range slices.Sorted(maps.Keys(f.About)) {
		parts = append(parts, key+" "+f.About[key])
	}
	return some(parts, len(parts))
}

// row is what the tables of findings and of unknowns say about one subject.
type row struct {
	label, resource, place string
	what                   cell
}

// table gives places a column of their own where the page has room for it.
func (p *page) table(title string, rows []row) {
	titles := []string{"#", "Resource", title, "Where"}
	wide := make([][]cell, 0, len(rows))
	slim := make([][]cell, 0, len(rows))
	for _, r := range rows {
		first, second := cell{{r.label, plain}}, cell{{r.resource, plain}}
		wide = append(wide, []cell{first, second, r.what, {{r.place, dim}}})
		below := r.what
		if r.place != "" {
			below = append(slices.Clone(r.what), span{r.place, dim})
		}
		slim = append(slim, []cell{first, second, below})
	}
	total := 0
	for _, width := range p.natural(titles, wide) {
		total += width
	}
	const roomy = 160 // columns
	if p.limit == 0 || p.limit >= roomy || p.opt.Wide || total <= p.room(len(titles)) {
		p.grid(titles, wide)
		return
	}
	p.grid(titles[:3], slim)
}

// groups splits a list by a key, in the order of the key.
func groups[T any, K cmp.Ordered](all []T, key func(T) K, down bool) [][]T {
	by := map[K][]T{}
	for _, one := range all {
		by[key(one)] = append(by[key(one)], one)
	}
	keys := slices.Sorted(maps.Keys(by))
	if down {
		slices.Reverse(keys)
	}
	out := make([][]T, 0, len(keys))
	for _, k := range keys {
		out = append(out, by[k])
	}
	return out
}
