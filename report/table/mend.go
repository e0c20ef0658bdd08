package table

import (
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/internal/words"
)

// mends says how to put right what a table showed: the rule's general advice,
// then each concrete mend once, with the rows that it is for. Mends are not
// wrapped, so that they can be copied.
func (p *page) mends(rule *report.Rule, group []report.Entry) {
	if strings.TrimSpace(rule.Remediation) != "" {
		p.line("")
		p.prose("  To mend: ", rule.Remediation)
	}
	texts := make([]string, len(group))
	for i := range group {
		texts[i] = words.Mend(&group[i].Finding)
	}
	for _, rows := range words.Alike(texts) {
		mend := texts[rows[0]-1]
		title := "Mend for " + words.Ranges(rows) + ":"
		if len(group) == 1 {
			title = "Mend:"
		}
		p.line("")
		p.text("  ", bold, title)
		for line := range strings.Lines(mend) {
			p.line("    " + strings.TrimSuffix(line, "\n"))
		}
	}
}
