package rules

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

func (a *audit) finding(rule *Rule, f Finding) report.Finding {
	region := regionOf(f.Resource)
	return report.Finding{
		Rule: rule.ID, Severity: a.settings.severity(rule, f.Severity), Resource: f.Resource, Account: a.account, Region: region,
		Statement: f.Statement, About: f.About, Msg: f.Msg, Evidence: f.Evidence, Mend: f.Mend,
		Place:       report.Place{Pointer: f.Place},
		Fingerprint: report.Fingerprint(rule.ID, a.account, region, f.Resource, f.Statement, f.About),
	}
}

// unknown turns the unknown of a rule into that of the report. One about the
// stand-in of a listing is about the account, the Region and the operation.
func (a *audit) unknown(rule *Rule, u Unknown) (report.Unknown, error) {
	entry := report.Unknown{
		Rule: rule.ID, Severity: a.settings.severity(rule, 0), Resource: u.Resource, Account: a.account,
		Region: regionOf(u.Resource), About: u.About, Why: u.Why, Place: report.Place{Pointer: a.places[u.Subject]},
	}
	why, err := a.why(u.Why)
	if err != nil {
		return entry, fmt.Errorf("read why %s is unknown to %s: %w", u.Subject, rule.ID, err)
	}
	entry.Msg = why.words
	if u.Defect {
		entry.Msg += "; the rule did not ask for it, which is a defect of the rule"
	}
	for _, l := range a.listings {
		if l.StandIn != "" && l.StandIn == u.Resource {
			entry.Resource, entry.Region = a.root, l.Region
			entry.About = map[string]string{"listing": l.Operation}
			entry.Msg = "the listing is not complete, so that nobody knows what there is: " + entry.Msg
		}
	}
	entry.Fingerprint = report.Fingerprint(rule.ID, a.account, entry.Region, entry.Resource, "unknown", entry.About)
	return entry, nil
}

// why reads a reason. Many unknowns have the same: it is read once.
func (a *audit) why(text json.RawMessage) (*why, error) {
	if known := a.whys[string(text)]; known != nil {
		return known, nil
	}
	w := &why{}
	if err := json.Unmarshal(text, w); err != nil {
		return nil, err
	}
	w.words = w.String()
	if a.whys == nil {
		a.whys = map[string]*why{}
	}
	a.whys[string(text)] = w
	return w, nil
}

// why is the reason of an unknown in either of its forms: a reading that is not
// there, or decisions that are open.
type why struct {
	State     string            `json:"state"`
	Operation string            `json:"operation"`
	Code      string            `json:"code"`
	Depends   []facts.Depends   `json:"depends"`
	Undecided []facts.Undecided `json:"undecided"`
	words     string            // that say it
}

func (w *why) String() string {
	var reasons []string
	say := func(reason string) {
		if !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
	}
	if w.State != "" {
		say(facts.Unread{State: w.State, Operation: w.Operation, Code: w.Code}.Words())
	}
	for _, u := range w.Undecided {
		for _, unread := range u.Unread {
			say(unread.Words())
		}
	}
	for _, d := range w.Depends {
		for _, t := range d.Tests {
			say(fmt.Sprintf("%s depends on %s %s %s", d.What, t.Key, t.Operator, strings.Join(t.Values, ", ")))
		}
	}
	return strings.Join(reasons, "; ")
}

// refused are single readings that rules of this run asked for and AWS did not
// answer: one entry for each operation, Region and reason, which says how many
// resources it is about. They have no severity: what they hide is unknown, and
// that counts.
func (a *audit) refused(unknown []report.Unknown) []report.Gap {
	type slot struct{ operation, region, state, code string }
	resources := map[slot]map[string]bool{}
	entries := map[slot]*report.Gap{}
	for _, u := range unknown {
		w, err := a.why(u.Why)
		if err != nil || u.About["listing"] != "" {
			continue
		}
		state, operation, code := w.State, w.Operation, w.Code
		for _, open := range w.Undecided {
			for _, unread := range open.Unread {
				if state == "" {
					state, operation, code = unread.State, unread.Operation, unread.Code
				}
			}
		}
		if state == "" {
			continue
		}
		if slices.ContainsFunc(a.listings, func(l facts.Listing) bool { return l.Operation == operation }) {
			continue // said of the listing
		}
		at := slot{operation, u.Region, state, code}
		if entries[at] == nil {
			service, _, _ := strings.Cut(operation, ":")
			entries[at] = &report.Gap{
				Account: a.account, Service: service, Region: u.Region, Operation: operation, State: state, Code: code,
				Resource: u.Resource, Place: report.Place{Pointer: u.Place.Pointer},
			}
			resources[at] = map[string]bool{}
		}
		resources[at][u.Resource] = true
		if !slices.Contains(entries[at].Rules, u.Rule) {
			entries[at].Rules = append(entries[at].Rules, u.Rule)
		}
	}
	var gaps []report.Gap
	for at, gap := range entries {
		if n := len(resources[at]); n > 1 {
			gap.Resource, gap.Message = "", fmt.Sprintf("on %d resources", n)
		}
		slices.Sort(gap.Rules)
		gaps = append(gaps, *gap)
	}
	return gaps
}

// gaps are the listings that rules of this run read and that are not complete.
func (a *audit) gaps() []report.Gap {
	gaps := []report.Gap{}
	for _, l := range a.listings {
		gap := report.Gap{
			Account: a.account, Service: l.Service, Region: l.Region, Operation: l.Operation, State: l.State, Code: l.Code,
			Message: l.Message, Listing: true, Place: report.Place{Pointer: l.Place},
		}
		for _, rule := range a.engine.Rules() {
			if use := a.engine.uses[rule.ID]; use.needs(l.Collections) {
				gap.Rules = append(gap.Rules, rule.ID)
				gap.Severity = max(gap.Severity, a.settings.severity(rule, 0))
			}
		}
		if len(gap.Rules) > 0 {
			gaps = append(gaps, gap)
		}
	}
	if s := a.file.Snapshot; s.Interrupted {
		gap := report.Gap{
			Account: a.account, Service: "kmsaudit", Operation: "collect", State: "failed", Code: "Interrupted",
			Message: "the collection was interrupted", Listing: true, Place: report.Place{Pointer: "/interrupted"},
		}
		for _, rule := range a.engine.Rules() {
			gap.Rules = append(gap.Rules, rule.ID)
			gap.Severity = max(gap.Severity, a.settings.severity(rule, 0))
		}
		gaps = append(gaps, gap)
	}
	return gaps
}

// failed are the users' rules that did not answer: what they would have judged
// nobody knows.
func (a *audit) failed(failures []Failure) []report.Gap {
	var gaps []report.Gap
	for _, f := range failures {
		rule, _ := a.engine.catalogue.Rule(f.Rule)
		gaps = append(gaps, report.Gap{
			Account: a.account, Service: "kmsaudit", Operation: report.Evaluate, State: "failed", Code: f.Code,
			Message: fmt.Sprintf("rule %s (%s) %s; it judged nothing", f.Rule, rule.Where(), f.Msg), Listing: true,
			Rules: []string{f.Rule}, Severity: a.settings.severity(rule, 0), Place: report.Place{Pointer: "/account"},
		})
	}
	return gaps
}

// regionOf is the fourth part of an ARN, if it has all six.
func regionOf(arn string) string {
	if strings.Count(arn, ":") < 5 {
		return ""
	}
	_, rest, _ := strings.Cut(arn, ":")
	_, rest, _ = strings.Cut(rest, ":")
	_, rest, _ = strings.Cut(rest, ":")
	region, _, _ := strings.Cut(rest, ":")
	return region
}
