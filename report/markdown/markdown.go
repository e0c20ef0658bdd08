package markdown

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/internal/words"
)

// shown is how many rows a list has, unless all are wanted.
const shown = 20

// Write writes the report. Lists end after 20 rows unless all is set.
func Write(w io.Writer, r *report.Results, all bool) error {
	p := &page{Writer: bufio.NewWriter(w), r: r, all: all}
	p.head()
	p.findings()
	p.unknowns()
	p.gaps()
	p.waived()
	p.waivers()
	p.summary()
	if err := p.Flush(); err != nil {
		return fmt.Errorf("markdown: %w", err)
	}
	return nil
}

// page writes; the first error stays in the writer until it is flushed.
type page struct {
	*bufio.Writer
	r   *report.Results
	all bool
}

func (p *page) line(format string, values ...any) {
	_, _ = fmt.Fprintf(p, format+"\n", values...) // Flush tells
}

// head says what was audited.
func (p *page) head() {
	title, _ := words.NoFindings(p.r)
	if n := p.r.Summary.Findings; n > 0 {
		title = words.Count(n, "finding")
	}
	p.line("## kmsaudit: %s\n", Escape(title))
	for _, s := range p.r.Snapshots {
		p.line("- account %s: %s, collected %s by %s%s", code(s.Account, "not named"), code(s.Path, "not named"),
			Escape(cmp.Or(s.CollectedAt, "at a time not named")), code(s.CollectedBy, "an identity not named"), sum(s.SHA256))
		if s.Interrupted {
			p.line("  - **partial:** collecting was interrupted; what follows it was not read")
		}
	}
	if p.r.AsOf != "" {
		p.line("- waivers as of %s", Escape(p.r.AsOf))
	}
}

func sum(sha256 string) string {
	if len(sha256) < 12 {
		return ""
	}
	return ", SHA-256 " + Code(sha256[:12])
}

func code(text, otherwise string) string { return cmp.Or(Code(text), otherwise) }

func (p *page) findings() {
	severity := report.Severity(0)
	for _, group := range p.r.Groups(true, p.most()) {
		if group.Severity != severity {
			severity = group.Severity
			p.line("\n### %s", cmp.Or(strings.ToUpper(severity.String()), "NO SEVERITY"))
		}
		p.rule(group.Rule, "")
		p.entries(&group, "What is wrong")
		p.mends(group)
	}
}

func (p *page) unknowns() {
	groups := p.r.Groups(false, p.most())
	if len(groups) == 0 {
		return
	}
	p.line("\n### NOT KNOWN\n\nThese could not be judged; that is not a pass.")
	for _, group := range groups {
		p.rule(group.Rule, " ("+group.Severity.String()+")")
		p.entries(&group, "Why")
	}
}

func (p *page) rule(rule *report.Rule, more string) {
	title := strings.Join(report.Paragraphs(rule.Title), " ")
	p.line("\n#### %s %s%s\n", Escape(rule.ID), Escape(title), more)
}

// entries writes a table of findings or of unknowns.
func (p *page) entries(group *report.Group, title string) {
	p.table(len(group.Entries), group.Count, []string{"#", "Resource", title, "Where"}, func(i int) []string {
		e := group.Entries[i]
		what := cmp.Or(e.Msg, "the evidence does not settle it")
		if group.Alike(&e) {
			what += " (" + words.About(&e.Finding) + ")"
		}
		what = Cell(what)
		if e.Baseline == report.BaselineNew || e.Baseline == report.BaselineWorse {
			what += " **(" + e.Baseline + ")**"
		}
		return []string{strconv.Itoa(i + 1), Cell(cmp.Or(e.Resource, "the account")), what, Cell(words.Place(e.Place))}
	})
}

// table writes n rows, and how many of all it leaves out.
func (p *page) table(n, all int, titles []string, row func(i int) []string) {
	p.line("| %s |", strings.Join(titles, " | "))
	p.line("|%s", strings.Repeat(" --- |", len(titles)))
	for i := range n {
		p.line("| %s |", strings.Join(row(i), " | "))
	}
	p.rest(n, all)
}

// most is how many rows a list has.
func (p *page) most() int {
	if p.all {
		return math.MaxInt
	}
	return shown
}

func (p *page) rest(most, n int) {
	if most < n {
		p.line("\nand %d more (`--all` shows them)", n-most)
	}
}

// mends writes the rule's advice, and each concrete mend once.
func (p *page) mends(group report.Group) {
	if paragraphs := report.Paragraphs(group.Rule.Remediation); len(paragraphs) > 0 {
		p.line("")
		p.line("%s", Escape("To mend: "+strings.Join(paragraphs, " ")))
	}
	entries := group.Entries
	texts := make([]string, len(entries))
	for i := range entries {
		texts[i] = words.Mend(&entries[i].Finding)
	}
	for _, numbers := range words.Alike(texts) {
		title := "Mend for " + words.Ranges(numbers)
		if len(entries) == 1 {
			title = "Mend"
		}
		p.line("\n<details><summary>%s</summary>\n", title)
		p.mend(&entries[numbers[0]-1].Finding)
		p.line("\n</details>")
	}
}

func (p *page) mend(f *report.Finding) {
	mends, ok := f.Mends()
	if !ok {
		p.line("%s", strings.TrimSuffix(Block("", words.Copyable(f.Mend)), "\n"))
		return
	}
	for i, m := range mends {
		if i > 0 {
			p.line("")
		}
		p.line("%s", Escape(words.MendTitle(m)))
		if m.Command != "" {
			p.line("\n%s", strings.TrimSuffix(Block("sh", report.Inert(m.Command)), "\n"))
		}
		if m.Statement != nil {
			p.line("\n%s", strings.TrimSuffix(Block("json", words.Copyable(m.Statement)), "\n"))
		}
	}
}
