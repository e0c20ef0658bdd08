package sarif

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
)

// descriptorOf describes a rule. GitHub wants every text to be there.
func descriptorOf(rule report.Rule) descriptor {
	title := cmp.Or(line(rule.Title), line(rule.Name), ruleID(rule.ID))
	description := cmp.Or(line(rule.Description), title)
	return descriptor{
		ID:                   ruleID(rule.ID),
		Name:                 report.Cut(line(rule.Name), maxName),
		ShortDescription:     message{Text: report.Cut(title, maxText)},
		FullDescription:      &message{Text: report.Cut(description, maxText)},
		Help:                 help(rule, title),
		HelpURI:              helpURI(&rule),
		DefaultConfiguration: &configuration{level(rule.Severity)},
		Properties: &ruleProperties{
			Tags:             tags(rule),
			Precision:        "high",
			ProblemSeverity:  problem(rule.Severity),
			SecuritySeverity: score(rule.Severity),
		},
	}
}

func ruleID(id string) string { return cmp.Or(report.Inert(id), "unnamed") }

// line is prose in one line.
func line(prose string) string { return strings.Join(report.Paragraphs(prose), " ") }

// tags are those that GitHub filters by: ten at most, the published mappings
// after the two that are always there.
func tags(rule report.Rule) []string {
	out := []string{"security", "kms"}
	for _, framework := range slices.Sorted(maps.Keys(rule.Compliance)) {
		for _, control := range rule.Compliance[framework] {
			tag := "compliance/" + report.Inert(framework) + "/" + report.Inert(control)
			if !slices.Contains(out, tag) {
				out = append(out, tag)
			}
		}
	}
	return out[:min(len(out), maxTags)]
}

// score is the security-severity: a number in the middle of GitHub's band for
// the severity, written as a string. Info has none.
func score(s report.Severity) string {
	switch s {
	case report.Critical:
		return "9.5"
	case report.High:
		return "8.0"
	case report.Medium:
		return "5.5"
	case report.Low:
		return "2.0"
	case report.Info:
	}
	return ""
}

func problem(s report.Severity) string {
	switch l := level(s); l {
	case "note":
		return "recommendation"
	default:
		return l
	}
}

// helpURI is the first related address that a browser can open.
func helpURI(rule *report.Rule) string {
	for _, address := range rule.WebAddresses() {
		return address
	}
	return ""
}
