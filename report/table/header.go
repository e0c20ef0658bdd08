package table

import (
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/internal/words"
)

// header says what was audited: without it no report can be told from one about
// an old or a foreign snapshot.
func (p *page) header() {
	p.text("", bold, strings.TrimSpace(words.Or(p.r.Tool.Name, "kmsaudit")+" "+report.Inert(p.r.Tool.Version)))
	for _, snapshot := range p.r.Snapshots {
		p.line("")
		p.facts(p.snapshot(snapshot))
	}
	if len(p.r.Snapshots) == 0 {
		p.line("")
		p.text("  ", warn, "no snapshot was audited")
	}
	if p.r.AsOf != "" {
		p.line("")
		p.text("  ", dim, "waivers as of "+report.Inert(p.r.AsOf))
	}
}

func (p *page) snapshot(s report.Snapshot) []fact {
	account := words.Or(s.Account, "not named")
	if s.Partition != "" {
		account += " (" + report.Inert(s.Partition) + ")"
	}
	collected := words.Or(s.CollectedAt, "at a time not named")
	by := "by " + words.Or(s.CollectedBy, "an identity not named")
	if s.CollectedVia != "" {
		by += " with " + report.Inert(s.CollectedVia)
	}
	sum := words.Or(s.SHA256, "not computed")
	if len(sum) > 12 {
		sum = sum[:12]
	}
	facts := []fact{
		{"Account", bold, []string{account}},
		{"Snapshot", plain, []string{report.Inert(s.Path)}},
		{"SHA-256", plain, []string{sum}},
		{"Collected", plain, []string{collected, by}},
	}
	if s.Interrupted {
		facts = append(facts, fact{"Partial", warn, []string{"collecting was interrupted; what follows it was not read"}})
	}
	return facts
}
