package table

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/internal/words"
)

// findings writes those that are not waived: worst severity first, within a
// severity by rule.
func (p *page) findings() {
	groups := p.r.Groups(true, p.most())
	if len(groups) == 0 {
		p.none()
		return
	}
	count := map[report.Severity]int{}
	for _, group := range groups {
		count[group.Severity] += group.Count
	}
	for i, group := range groups {
		if severity := group.Severity; i == 0 || severity != groups[i-1].Severity {
			p.heading(colour(severity), strings.ToUpper(cmp.Or(severity.String(), "no severity")), words.Count(count[severity], "finding"))
		}
		p.rule(group.Rule, "")
		p.findingsOf(group)
	}
}

// rule writes a rule's id and title over its table.
func (p *page) rule(rule *report.Rule, more string) {
	p.line("")
	title := strings.Join(report.Paragraphs(rule.Title), " ")
	if more != "" {
		title = strings.TrimSpace(title + " (" + more + ")")
	}
	const long = 20 // columns; no rule of ours has an id like that
	id := report.Inert(rule.ID)
	if measure(id) > long {
		p.text("", bold, id)
		p.text("  ", plain, title)
		return
	}
	p.text(p.paint(bold, id)+"  ", plain, title)
}

func (p *page) findingsOf(group report.Group) {
	rows := make([]row, 0, len(group.Entries))
	for i, e := range group.Entries {
		one := row{
			strconv.Itoa(i + 1), words.Or(e.Resource, "the account"), words.Place(e.Place), cell{{words.Or(e.Msg, group.Rule.Title), plain}},
		}
		if group.Alike(&e) {
			one.what = append(one.what, span{words.About(&e.Finding), dim})
		}
		if e.Baseline == report.BaselineNew || e.Baseline == report.BaselineWorse {
			one.what = append(one.what, span{e.Baseline + " since the baseline", bold})
		}
		rows = append(rows, one)
	}
	p.table("What is wrong", rows)
	p.rest(len(rows), group.Count)
	p.mends(group.Rule, group.Entries)
}
