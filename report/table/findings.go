package table

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/internal/words"
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
		p.heading(colour(severity), strings.ToUpper(cmp.Or(severity.String(), "no severity")), words.Count(len(level), "finding"))
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
	const long = 20 // columns; no rule of ours has an id like that
	if id = report.Inert(id); measure(id) > long {
		p.text("", bold, id)
		p.text("  ", plain, title)
		return
	}
	p.text(p.paint(bold, id)+"  ", plain, title)
}

func (p *page) findingsOf(group []report.Finding) {
	n := p.cap(len(group))
	alike := map[[2]string]int{}
	for _, f := range group {
		alike[[2]string{f.Resource, f.Msg}]++
	}
	rows := make([]row, 0, n)
	for i, f := range group[:n] {
		one := row{strconv.Itoa(i + 1), words.Or(f.Resource, "the account"), words.Place(f.Place), cell{{words.Or(f.Msg, p.rules[f.Rule].Title), plain}}}
		if alike[[2]string{f.Resource, f.Msg}] > 1 {
			one.what = append(one.what, span{words.About(&f), dim})
		}
		rows = append(rows, one)
	}
	p.table("What is wrong", rows)
	p.rest(n, len(group))
	p.mends(group[:n])
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
