package table

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
)

// mends says how to put right what a table showed: the rule's general advice,
// then each concrete mend once, with the rows that it is for. Mends are not
// wrapped, so that they can be copied.
func (p *page) mends(group []report.Finding) {
	rule := p.rules[group[0].Rule]
	if strings.TrimSpace(rule.Remediation) != "" {
		p.line("")
		p.prose("  To mend: ", rule.Remediation)
	}
	var order []string
	rows := map[string][]int{}
	for i, f := range group {
		mend := layout(&f)
		if mend == "" {
			continue
		}
		if rows[mend] == nil {
			order = append(order, mend)
		}
		rows[mend] = append(rows[mend], i+1)
	}
	for _, mend := range order {
		title := "Mend for " + ranges(rows[mend]) + ":"
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

// layout writes the mends of a finding: what to do, then the command or the
// statement to copy.
func layout(f *report.Finding) string {
	mends, ok := f.Mends()
	if !ok {
		return copyable(f.Mend)
	}
	var b strings.Builder
	for _, m := range mends {
		b.WriteString(report.Inert(m.Text))
		if m.To != "" {
			b.WriteString(" (" + report.Inert(m.To) + ")")
		}
		if m.Command == "" && m.Statement == nil {
			b.WriteString("\n")
			continue
		}
		b.WriteString(":\n")
		if m.Command != "" {
			b.WriteString("  " + report.Inert(m.Command) + "\n")
		}
		if m.Statement != nil {
			for line := range strings.Lines(copyable(m.Statement)) {
				b.WriteString("  " + line)
			}
		}
	}
	return b.String()
}

// copyable lays out a mend as indented JSON, or as text if it is a mere string.
func copyable(mend json.RawMessage) string {
	if len(mend) == 0 || bytes.Equal(bytes.TrimSpace(mend), []byte("null")) {
		return ""
	}
	var text string
	if json.Unmarshal(mend, &text) == nil {
		return strings.Join(report.Paragraphs(text), "\n")
	}
	var b bytes.Buffer
	if err := report.EncodeJSON(&b, mend); err != nil {
		return report.Inert(string(mend)) // not JSON; show what there is
	}
	return b.String()
}
