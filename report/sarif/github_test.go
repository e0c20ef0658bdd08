package sarif_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The part of a file that GitHub reads, as GitHub's documentation names it.
type document struct {
	Schema  string `json:"$schema"`
	Version string `json:"version"`
	Runs    []struct {
		Tool struct {
			Driver struct {
				Name  string `json:"name"`
				Rules []struct {
					ID                   string                 `json:"id"`
					Name                 string                 `json:"name"`
					ShortDescription     text                   `json:"shortDescription"`
					FullDescription      text                   `json:"fullDescription"`
					Help                 text                   `json:"help"`
					DefaultConfiguration struct{ Level string } `json:"defaultConfiguration"`
					Properties           struct {
						Tags             []string `json:"tags"`
						Precision        string   `json:"precision"`
						ProblemSeverity  string   `json:"problem.severity"`
						SecuritySeverity *string  `json:"security-severity"`
					} `json:"properties"`
				} `json:"rules"`
			} `json:"driver"`
		} `json:"tool"`
		AutomationDetails struct {
			ID string `json:"id"`
		} `json:"automationDetails"`
		ColumnKind  string `json:"columnKind"`
		Invocations []struct {
			ExecutionSuccessful bool `json:"executionSuccessful"`
			Notifications       []struct {
				Level   string `json:"level"`
				Message text   `json:"message"`
			} `json:"toolExecutionNotifications"`
		} `json:"invocations"`
		Results []struct {
			RuleID    string `json:"ruleId"`
			RuleIndex *int   `json:"ruleIndex"`
			Kind      string `json:"kind"`
			Level     string `json:"level"`
			Message   text   `json:"message"`
			Locations []struct {
				PhysicalLocation *struct {
					ArtifactLocation struct {
						URI string `json:"uri"`
					} `json:"artifactLocation"`
					Region struct{ StartLine, StartColumn, EndLine, EndColumn int } `json:"region"`
				} `json:"physicalLocation"`
			} `json:"locations"`
			PartialFingerprints map[string]string `json:"partialFingerprints"`
			Suppressions        []any             `json:"suppressions"`
			Properties          struct {
				Severity string `json:"severity"`
			} `json:"properties"`
		} `json:"results"`
	} `json:"runs"`
}

type text struct{ Text, Markdown string }

func decode(t *testing.T, s string) document {
	t.Helper()
	var doc document
	if err := json.Unmarshal([]byte(s), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

var rfc3986 = regexp.MustCompile(`^(?:[A-Za-z0-9\-._~:/@!$&'()*+,;=]|%[0-9A-F]{2})+$`)

// github lists what GitHub would refuse, drop or not show.
func github(t *testing.T, s string) []string {
	t.Helper()
	doc := decode(t, s)
	var problems []string
	want := func(ok bool, format string, values ...any) {
		if !ok {
			problems = append(problems, fmt.Sprintf(format, values...))
		}
	}
	want(strings.Contains(doc.Schema, "sarif-schema-2.1.0"), "$schema is %q", doc.Schema)
	want(doc.Version == "2.1.0", "version is %q", doc.Version)
	want(len(doc.Runs) > 0 && len(doc.Runs) <= 20, "%d runs", len(doc.Runs))
	categories := map[string]bool{}
	for _, run := range doc.Runs {
		category := run.AutomationDetails.ID
		want(strings.HasSuffix(category, "/") && !categories[category], "category %q is taken or has a run id", category)
		categories[category] = true
		driver := run.Tool.Driver
		want(driver.Name != "", "driver without name")
		want(len(driver.Rules) <= 25000, "%d rules", len(driver.Rules))
		want(len(run.Results) <= 25000, "%d results", len(run.Results))
		want(run.ColumnKind == "unicodeCodePoints", "columnKind %q", run.ColumnKind)
		want(len(run.Invocations) == 1, "%d invocations", len(run.Invocations))
		ids := map[string]bool{}
		for i, rule := range driver.Rules {
			want(rule.ID != "" && !ids[rule.ID], "rule id %q is empty or taken", rule.ID)
			want(i == 0 || driver.Rules[i-1].ID < rule.ID, "rule %s is not in order", rule.ID)
			ids[rule.ID] = true
			want(len([]rune(rule.Name)) <= 255, "%s: name too long", rule.ID)
			for _, one := range []string{rule.ShortDescription.Text, rule.FullDescription.Text} {
				want(one != "" && len([]rune(one)) <= 1024, "%s: description of %d characters", rule.ID, len([]rune(one)))
			}
			want(rule.Help.Text != "" && rule.Help.Markdown != "", "%s: no help", rule.ID)
			want(len(rule.Properties.Tags) <= 10 && len(rule.Properties.Tags) > 0, "%s: %d tags", rule.ID, len(rule.Properties.Tags))
			want(oneOf(rule.Properties.Precision, "very-high", "high", "medium", "low"), "%s: precision", rule.ID)
			want(oneOf(rule.Properties.ProblemSeverity, "error", "warning", "recommendation"), "%s: problem.severity", rule.ID)
			want(oneOf(rule.DefaultConfiguration.Level, "note", "warning", "error"), "%s: default level", rule.ID)
			if score := rule.Properties.SecuritySeverity; score != nil {
				n, err := strconv.ParseFloat(*score, 64)
				want(err == nil && n > 0 && n <= 10, "%s: security-severity %q", rule.ID, *score)
			}
		}
		for i, one := range run.Results {
			want(one.RuleIndex != nil && *one.RuleIndex < len(driver.Rules) && driver.Rules[*one.RuleIndex].ID == one.RuleID,
				"result %d: ruleIndex is not that of %s", i, one.RuleID)
			want(oneOf(one.Level, "note", "warning", "error"), "result %d: level %q", i, one.Level)
			want(one.Kind == "", "result %d: kind %q", i, one.Kind)
			want(one.Message.Text != "", "result %d: no message", i)
			want(len(one.PartialFingerprints["primaryLocationLineHash"]) > 0, "result %d: no fingerprint", i)
			want(one.PartialFingerprints["kmsauditFingerprint/v1"] == one.PartialFingerprints["primaryLocationLineHash"],
				"result %d: fingerprints differ", i)
			want(len(one.Locations) > 0 && len(one.Locations) <= 1000, "result %d: %d locations", i, len(one.Locations))
			for _, location := range one.Locations {
				at := location.PhysicalLocation
				if at == nil {
					want(false, "result %d: no physical location", i)
					continue
				}
				uri := at.ArtifactLocation.URI
				_, err := url.Parse(uri)
				want(err == nil && rfc3986.MatchString(uri) && !strings.HasPrefix(uri, "/"), "result %d: URI %q", i, uri)
				region := at.Region
				want(region.StartLine > 0 && region.StartColumn > 0 && region.EndLine == region.StartLine && region.EndColumn > region.StartColumn,
					"result %d: region %+v", i, region)
			}
		}
	}
	var v any
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		t.Fatal(err)
	}
	walk("", v, func(path, s string) { want(s != "", "%s is empty", path) })
	return problems
}

// walk visits every string, and every list and object that is empty as "".
// Mends are as rules wrote them; an empty list of results says that there are none.
func walk(path string, v any, visit func(path, s string)) {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			visit(path, "")
		}
		for key, one := range v {
			visit(path+" key", key)
			if key != "mend" {
				walk(path+"/"+key, one, visit)
			}
		}
	case []any:
		if len(v) == 0 && !strings.HasSuffix(path, "/results") {
			visit(path, "")
		}
		for i, one := range v {
			walk(fmt.Sprintf("%s/%d", path, i), one, visit)
		}
	case string:
		visit(path, v)
	}
}

func oneOf(s string, all ...string) bool {
	for _, one := range all {
		if s == one {
			return true
		}
	}
	return false
}
