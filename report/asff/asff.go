// Package asff writes results in the AWS Security Finding Format, which
// BatchImportFindings of Security Hub CSPM takes.
//
// It promises a finding of the default product of the account for each finding and
// each unknown, under an id that stays the same from run to run, within the lengths
// that AWS allows; a finding has failed its check, an unknown is a warning, what a
// waiver covers is suppressed. Times are those of the snapshot.
//
// It refuses to send anything: the file is imported by whoever has the right to, from
// the account that the findings are of, 100 at a time.
package asff

import (
	"cmp"
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

// The lengths that AWS allows, in characters, and the numbers of items.
const (
	maxID           = 512
	maxTitle        = 256
	maxDescription  = 1024
	maxText         = 512
	maxRequirement  = 64
	maxRequirements = 32
	maxName         = 128
	maxValue        = 2048
	maxRegion       = 16
	maxFields       = 50
)

// Write writes a JSON array with a finding on each line. They are for the Security
// Hub of that Region; "" is the Region of each finding, and for what has none the
// first Region of its partition.
func Write(w io.Writer, r *report.Results, region string) error {
	m := maker{rules: r.RulesByID(), times: map[string]string{}, region: region}
	for _, s := range r.Snapshots {
		m.times[s.Account] = s.CollectedAt
	}
	if err := report.WriteLines(w, report.Array(), r.Entries(), m.finding); err != nil {
		return fmt.Errorf("asff: %w", err)
	}
	return nil
}

type maker struct {
	rules  map[string]*report.Rule
	times  map[string]string // by account
	region string
}

func (m *maker) finding(e *report.Entry) any {
	rule := m.rules[e.Rule]
	if rule == nil {
		rule = &report.Rule{ID: e.Rule}
	}
	kind, partition := resource.Of(e.Resource)
	if !slices.Contains([]string{"aws", "aws-cn", "aws-us-gov"}, partition) {
		partition = "aws"
	}
	region := cmp.Or(m.region, regionOf(e), firstRegion(partition))
	title := cmp.Or(line(rule.Title), line(rule.Name), report.Inert(e.Rule), "finding")
	at := stamp(m.times[e.Account])
	account := digits(e.Account)
	out := finding{
		SchemaVersion: "2018-10-08",
		ID:            report.Cut("kmsaudit/"+report.Inert(e.Fingerprint), maxID),
		ProductARN:    fmt.Sprintf("arn:%s:securityhub:%s:%s:product/%s/default", partition, region, account, account),
		ProductName:   "kmsaudit",
		GeneratorID:   report.Cut("kmsaudit/"+report.Inert(e.Rule), maxID),
		AWSAccountID:  account,
		Region:        region,
		Types:         types(),
		CreatedAt:     at,
		UpdatedAt:     at,
		Severity:      severity(e.Severity),
		Title:         report.Cut(title, maxTitle),
		Description:   report.Cut(words.Or(e.Msg, title), maxDescription),
		ProductFields: fields(e),
		Resources: []details{{
			ID: report.Cut(words.Or(e.Resource, "AWS::::Account:"+account), maxID), Type: kind.ASFF, Partition: partition,
			Region: regionOf(e),
		}},
		Compliance:  compliance{Status: "FAILED", RelatedRequirements: requirements(rule)},
		RecordState: "ACTIVE",
	}
	out.FindingProviderFields = providerFields{out.Severity, out.Types}
	if !e.Known {
		out.Compliance.Status = "WARNING"
		out.Compliance.StatusReasons = []reason{{"COULD_NOT_BE_JUDGED", report.Cut("not a pass: "+out.Description, maxDescription)}}
	}
	if w := e.Waived; w != nil {
		out.Workflow = &workflow{"SUPPRESSED"}
		out.Note = &note{report.Cut("waived "+words.Waived(w)+": "+report.Inert(w.Reason), maxText), "kmsaudit", at}
	}
	text := strings.Join(words.Present(line(rule.Remediation), strings.TrimSpace(words.Mend(&e.Finding))), " ")
	if text != "" {
		out.Remediation = &remediation{recommendation{Text: report.Cut(text, maxText)}}
		if urls := rule.WebAddresses(); len(urls) > 0 {
			out.Remediation.Recommendation.URL = report.Cut(urls[0], maxValue)
		}
	}
	return out
}

func types() []string {
	return []string{"Software and Configuration Checks/AWS Security Best Practices"}
}

// regionOf is the Region of what was found, "" for none.
func regionOf(e *report.Entry) string {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789-"
	if len(e.Region) > maxRegion || strings.Trim(e.Region, letters) != "" {
		return ""
	}
	return e.Region
}

// firstRegion is where a partition has its global services.
func firstRegion(partition string) string {
	switch partition {
	case "aws-cn":
		return "cn-north-1"
	case "aws-us-gov":
		return "us-gov-west-1"
	}
	return "us-east-1"
}

func severity(s report.Severity) severityOf {
	label := strings.ToUpper(s.String())
	switch s {
	case report.Info:
		label = "INFORMATIONAL"
	case report.Low, report.Medium, report.High, report.Critical:
	default:
		label = "INFORMATIONAL"
	}
	return severityOf{Label: label, Original: s.String()}
}

// requirements are the published mappings.
func requirements(rule *report.Rule) []string {
	var out []string
	for _, framework := range slices.Sorted(maps.Keys(rule.Compliance)) {
		for _, control := range rule.Compliance[framework] {
			out = append(out, report.Cut(report.Inert(framework)+"/"+report.Inert(control), maxRequirement))
		}
	}
	return out[:min(len(out), maxRequirements)]
}

// fields are what the format has no attribute for.
func fields(e *report.Entry) map[string]string {
	out := map[string]string{}
	put := func(key, value string) {
		if value != "" && len(out) < maxFields {
			out[report.Cut(report.Inert(key), maxName)] = report.Cut(report.Inert(value), maxValue)
		}
	}
	put("kmsaudit/rule", e.Rule)
	put("kmsaudit/fingerprint", e.Fingerprint)
	put("kmsaudit/statement", e.Statement)
	put("kmsaudit/place", words.Place(e.Place))
	put("kmsaudit/pointer", e.Place.Pointer)
	for _, key := range slices.Sorted(maps.Keys(e.About)) {
		put("kmsaudit/about/"+key, e.About[key])
	}
	return out
}

// stamp is a time that AWS takes, that of the snapshot where it is one.
func stamp(text string) string {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		at = time.Unix(0, 0).UTC()
	}
	return at.UTC().Format(time.RFC3339)
}

// digits is an account id, or zeros for what is none: AWS takes nothing else.
func digits(account string) string {
	if len(account) == 12 && strings.Trim(account, "0123456789") == "" {
		return account
	}
	return strings.Repeat("0", 12)
}

func line(prose string) string { return strings.Join(report.Paragraphs(prose), " ") }
