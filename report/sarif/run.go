package sarif

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/kmsaudit/kmsaudit/report"
)

// runner writes one run.
type runner struct {
	*part
	all     *split
	opt     options
	rules   []report.Rule
	index   map[string]int // of a rule by id
	results int
}

func newRunner(s *split, p *part, o options) *runner {
	b := &runner{part: p, all: s, opt: o, index: map[string]int{}}
	b.describe(s.r.Rules)
	for f := range s.findings(p) {
		if b.wanted(f.Waived) {
			b.results++
		}
	}
	return b
}

// wanted says whether something goes into the file, by the waiver that covers it.
func (b *runner) wanted(w *report.Waived) bool { return w == nil || b.opt.waived }

// write writes what is not a list at once, and then notifications and results as
// it goes.
func (b *runner) write(w io.Writer) error {
	head := b.head()
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("    ", "  ")
	if err := encoder.Encode(head); err != nil {
		return err
	}
	opened := bytes.TrimSuffix(text.Bytes(), []byte("\n    }\n"))
	if _, err := w.Write(report.EscapeJSON(opened)); err != nil {
		return err
	}
	if err := b.invocation(w); err != nil {
		return err
	}
	if _, err := io.WriteString(w, ",\n      \"results\": "); err != nil {
		return err
	}
	wanted := func(yield func(*report.Finding) bool) {
		left := b.written()
		for f := range b.all.findings(b.part) {
			if !b.wanted(f.Waived) {
				continue
			}
			if left == 0 || !yield(f) {
				return
			}
			left--
		}
	}
	form := report.Lines{Open: "[\n        ", Between: ",\n        ", Close: "\n      ]", Empty: "[]"}
	if err := report.WriteLines(w, form, wanted, func(f **report.Finding) any { return b.result(*f) }); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n    }")
	return err
}

// written is how many results go into the file.
func (b *runner) written() int {
	if b.opt.most > 0 {
		return min(b.opt.most, b.results)
	}
	return b.results
}

func (b *runner) head() run {
	r := b.all.r
	out := run{
		Tool: tool{driver{
			Name:           cmp.Or(report.Inert(r.Tool.Name), "kmsaudit"),
			Version:        report.Inert(r.Tool.Version),
			InformationURI: "https://github.com/kmsaudit/kmsaudit",
			Notifications:  notificationKinds(),
		}},
		AutomationDetails: automationDetails{b.category()},
		ColumnKind:        "unicodeCodePoints",
	}
	for i := range b.rules {
		out.Tool.Driver.Rules = append(out.Tool.Driver.Rules, descriptorOf(b.rules[i]))
	}
	b.snapshotsInto(&out)
	return out
}

// describe collects the enabled rules, sorted by id, and any others that something
// was reported under: a result must have its rule.
func (b *runner) describe(enabled []report.Rule) {
	b.rules = slices.Clone(enabled)
	known := map[string]bool{}
	for i := range enabled {
		known[enabled[i].ID] = true
	}
	need := func(id string, severity report.Severity) {
		if !known[id] {
			known[id] = true
			b.rules = append(b.rules, report.Rule{ID: id, Severity: severity})
		}
	}
	for f := range b.all.findings(b.part) {
		need(f.Rule, f.Severity)
	}
	for u := range b.all.unknown(b.part) {
		need(u.Rule, u.Severity)
	}
	slices.SortStableFunc(b.rules, func(a, b report.Rule) int { return cmp.Compare(a.ID, b.ID) })
	b.rules = slices.CompactFunc(b.rules, func(a, b report.Rule) bool { return a.ID == b.ID })
	for i := range b.rules {
		b.index[b.rules[i].ID] = i
	}
}

// category names the analysis by account, so that the alerts of one account do
// not close those of another. What follows the last slash would be a run id; it
// is left empty, since runs of an account replace one another.
func (b *runner) category() string {
	if b.account == "" {
		return "kmsaudit/"
	}
	return fmt.Sprintf("kmsaudit/%s/%s/", segment(cmp.Or(b.partition, "aws")), segment(b.account))
}

// snapshotsInto names the files audited: as artifacts, each once, and with what
// SARIF has no words for.
func (b *runner) snapshotsInto(out *run) {
	var properties runProperties
	named := map[string]bool{}
	for _, s := range b.snapshots {
		if s.Path == "" || named[s.Path] {
			continue
		}
		named[s.Path] = true
		properties.Snapshots = append(properties.Snapshots, snapshot{
			Path: report.Inert(s.Path), SHA256: report.Inert(s.SHA256), CollectedAt: report.Inert(s.CollectedAt),
			CollectedBy: report.Inert(s.CollectedBy), Interrupted: s.Interrupted,
		})
		a := artifact{Location: artifactLocation{uri(s.Path)}, Roles: []string{"analysisTarget"}}
		if s.SHA256 != "" {
			a.Hashes = map[string]string{"sha-256": report.Inert(s.SHA256)}
		}
		out.Artifacts = append(out.Artifacts, a)
	}
	if len(properties.Snapshots) > 0 {
		out.Properties = &properties
	}
}
