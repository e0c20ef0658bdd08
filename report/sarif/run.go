package sarif

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/kmsaudit/kmsaudit/report"
)

// runner makes one run.
type runner struct {
	part
	opt   options
	rules []report.Rule
	index map[string]int // of a rule by id
}

func newRun(r *report.Results, p *part, o options) run {
	b := runner{part: *p, opt: o, rules: rules(r, p), index: map[string]int{}}
	for i, rule := range b.rules {
		b.index[rule.ID] = i
	}
	results := b.results()
	out := run{
		Tool: tool{driver{
			Name:           cmp.Or(report.Inert(r.Tool.Name), "kmsaudit"),
			Version:        report.Inert(r.Tool.Version),
			InformationURI: "https://github.com/kmsaudit/kmsaudit",
			Notifications:  notificationKinds(),
		}},
		AutomationDetails: automationDetails{b.category()},
		Invocations:       []invocation{b.invocation(len(results))},
		ColumnKind:        "unicodeCodePoints",
		Results:           results,
	}
	for _, rule := range b.rules {
		out.Tool.Driver.Rules = append(out.Tool.Driver.Rules, descriptorOf(rule))
	}
	b.snapshotsInto(&out)
	return out
}

// rules are the enabled rules, sorted by id, and any others that something was
// reported under: a result must have its rule.
func rules(r *report.Results, p *part) []report.Rule {
	all := slices.Clone(r.Rules)
	known := map[string]bool{}
	for _, rule := range all {
		known[rule.ID] = true
	}
	need := func(id string, severity report.Severity) {
		if !known[id] {
			known[id] = true
			all = append(all, report.Rule{ID: id, Severity: severity})
		}
	}
	for _, f := range p.findings {
		need(f.Rule, f.Severity)
	}
	for _, u := range p.unknown {
		need(u.Rule, u.Severity)
	}
	slices.SortStableFunc(all, func(a, b report.Rule) int { return cmp.Compare(a.ID, b.ID) })
	return slices.CompactFunc(all, func(a, b report.Rule) bool { return a.ID == b.ID })
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
