// Package ocsf writes results as events of the Open Cybersecurity Schema Framework:
// Compliance Finding (class 2003) of version 1.6.0 with the cloud profile.
//
// It promises one event for each finding and each unknown, whose finding_info.uid
// stays the same from run to run; a finding fails its check, an unknown is a
// warning, what a waiver covers is suppressed. Times are those of the snapshot.
//
// It refuses to write events about missing evidence: what is unknown for want of it
// has events of its own.
package ocsf

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/internal/resource"
	"github.com/kmsaudit/kmsaudit/report/internal/words"
)

// Version is that of the schema.
const Version = "1.6.0"

// Write writes a JSON array with an event on each line.
func Write(w io.Writer, r *report.Results) error {
	m := maker{r: r, rules: r.RulesByID(), times: map[string]int64{}}
	for _, s := range r.Snapshots {
		at, err := time.Parse(time.RFC3339, s.CollectedAt)
		if err == nil {
			m.times[s.Account] = at.UnixMilli()
		}
	}
	if err := report.WriteLines(w, report.Array(), r.Entries(), m.event); err != nil {
		return fmt.Errorf("ocsf: %w", err)
	}
	return nil
}

type maker struct {
	r     *report.Results
	rules map[string]*report.Rule
	times map[string]int64 // by account
}

func (m *maker) event(e *report.Entry) any {
	rule := m.rules[e.Rule]
	if rule == nil {
		rule = &report.Rule{ID: e.Rule}
	}
	title := cmp.Or(line(rule.Title), line(rule.Name), report.Inert(e.Rule), "finding")
	kind, partition := resource.Of(e.Resource)
	out := event{
		ActivityID: 1, ActivityName: "Create", CategoryUID: 2, CategoryName: "Findings",
		ClassUID: 2003, ClassName: "Compliance Finding", TypeUID: 200301, TypeName: "Compliance Finding: Create",
		Time: m.times[e.Account], Message: words.Or(e.Msg, title), StatusID: 1, Status: "New",
		Metadata: metadata{
			Version: Version, Profiles: []string{"cloud"}, EventCode: report.Inert(e.Rule),
			Product: product{Name: words.Or(m.r.Tool.Name, "kmsaudit"), VendorName: "kmsaudit", Version: report.Inert(m.r.Tool.Version)},
		},
		Cloud: cloud{Provider: "AWS", Region: report.Inert(e.Region)},
		FindingInfo: findingInfo{
			UID: words.Or(e.Fingerprint, "none"), Title: title, Desc: line(rule.Description),
			Analytic: analytic{Name: words.Or(rule.Name, title), UID: report.Inert(e.Rule), TypeID: 1, Type: "Rule"},
		},
		Compliance: compliance(rule),
		Resources: []details{{
			UID: report.Inert(e.Resource), Name: words.Or(name(e.Resource), "the account"), Type: kind.CloudFormation,
			Region: report.Inert(e.Region), CloudPartition: report.Inert(partition),
		}},
		Unmapped: unmapped(e),
	}
	out.SeverityID, out.Severity = severity(e.Severity)
	if e.Account != "" {
		out.Cloud.Account = &account{UID: report.Inert(e.Account), TypeID: 10, Type: "AWS Account"}
	}
	out.Compliance.StatusID, out.Compliance.Status = 3, "Fail"
	if !e.Known {
		out.Compliance.StatusID, out.Compliance.Status = 2, "Warning"
		out.Compliance.StatusDetails = []string{"could not be judged, which is not a pass: " + out.Message}
	}
	if e.Waived != nil {
		out.StatusID, out.Status = 3, "Suppressed"
		out.StatusDetail = "waived " + words.Waived(e.Waived) + ": " + report.Inert(e.Waived.Reason)
	}
	text := strings.Join(words.Present(line(rule.Remediation), strings.TrimSpace(words.Mend(&e.Finding))), "\n")
	if text != "" {
		out.Remediation = &remediation{Desc: text, References: rule.WebAddresses()}
	}
	return out
}

// compliance names the published mappings. A rule without any is held against
// kmsaudit's own catalogue, for readers want a standard.
func compliance(rule *report.Rule) check {
	out := check{Control: report.Inert(rule.ID)}
	for _, framework := range slices.Sorted(maps.Keys(rule.Compliance)) {
		out.Standards = append(out.Standards, report.Inert(framework))
		for _, control := range rule.Compliance[framework] {
			out.Requirements = append(out.Requirements, report.Inert(framework)+" "+report.Inert(control))
		}
	}
	if len(out.Standards) == 0 {
		out.Standards = []string{"kmsaudit"}
	}
	return out
}

func severity(s report.Severity) (int, string) {
	switch s {
	case report.Info:
		return 1, "Informational"
	case report.Low:
		return 2, "Low"
	case report.Medium:
		return 3, "Medium"
	case report.High:
		return 4, "High"
	case report.Critical:
		return 5, "Critical"
	}
	return 0, "Unknown"
}

// unmapped is what the schema has no attribute for.
func unmapped(e *report.Entry) extra {
	out := extra{
		Statement: report.Inert(e.Statement), Place: words.Place(e.Place), Pointer: report.Inert(e.Place.Pointer),
	}
	for key, value := range e.About {
		if out.About == nil {
			out.About = map[string]string{}
		}
		out.About[report.Inert(key)] = report.Inert(value)
	}
	if json.Valid(e.Evidence) {
		out.Evidence = e.Evidence
	}
	return out
}

func line(prose string) string { return strings.Join(report.Paragraphs(prose), " ") }

// name is the last part of an ARN.
func name(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	return parts[len(parts)-1]
}
