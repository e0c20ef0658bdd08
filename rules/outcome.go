package rules

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"golang.org/x/sync/errgroup"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// Outcome is how one rule fared on one account.
type Outcome struct {
	Rule     *Rule
	Passed   []string // subjects, sorted
	Findings []Finding
	Unknown  []Unknown
}

// Finding is what a rule's deny holds.
type Finding struct {
	Subject   string            `json:"subject"`
	Resource  string            `json:"resource"`
	Place     string            `json:"place"`
	Statement string            `json:"statement"`
	About     map[string]string `json:"about"`
	Msg       string            `json:"msg"`
	Evidence  json.RawMessage   `json:"evidence"`
	Mend      json.RawMessage   `json:"mend"`
	Severity  report.Severity   `json:"severity"`
}

// Unknown is what a rule's unknown holds.
type Unknown struct {
	Subject  string            `json:"subject"`
	Resource string            `json:"resource"`
	About    map[string]string `json:"about"`
	Why      json.RawMessage   `json:"why"`
	// Defect says that the rule passed the subject without asking for a reading
	// that is not there, and the engine did not let it.
	Defect bool `json:"-"`
}

// Evaluate runs the rules over the facts of one account. The outcomes are sorted
// by rule id, and everything in them is sorted too. Of the rules that users
// brought along, those that failed have no outcome. With Settings.Release the facts
// of resources may be gone afterwards.
func (e *Engine) Evaluate(ctx context.Context, document *facts.Document, s Settings) ([]Outcome, []Failure, error) {
	return e.outcomes(ctx, document, s, shardSize)
}

func (e *Engine) outcomes(ctx context.Context, document *facts.Document, s Settings, size int) ([]Outcome, []Failure, error) {
	missing := unreadOf(document)
	found, err := evaluate(ctx, document, e.queries, size, s.Profile, s.Release && len(e.foreign) == 0)
	if err != nil {
		return nil, nil, err
	}
	more, failures, err := e.judgeForeign(ctx, document, s.Sandbox, size, s.Profile)
	if err != nil {
		return nil, nil, err
	}
	maps.Copy(found, more)
	answered := slices.DeleteFunc(e.Rules(), func(rule *Rule) bool {
		_, answered := found[rule.ID]
		return !answered && rule.Foreign() // it failed, and judged nothing
	})
	outcomes := make([]Outcome, len(answered))
	beside(len(answered), func(i int) {
		rule := answered[i]
		outcomes[i] = outcomeOf(rule, found[rule.ID])
		outcomes[i].floor(e.uses[rule.ID].readings, missing)
	})
	return outcomes, failures, nil
}

// beside calls do with each number below n, as many at once as there are processors.
func beside(n int, do func(i int)) {
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		group.Go(func() error {
			do(i)
			return nil
		})
	}
	_ = group.Wait() // nothing fails
}

// Rules lists the rules that the engine runs, sorted by id.
func (e *Engine) Rules() []*Rule {
	return slices.DeleteFunc(slices.Clone(e.catalogue.rules), func(r *Rule) bool {
		_, runs := e.uses[r.ID]
		return !runs
	})
}

// read adds the elements of one of the published sets.
func (a *answer) read(rule *Rule, set string, elements ast.Set, texts *jsonTexts) error {
	switch set {
	case "deny":
		a.findings = make([]Finding, 0, elements.Len())
	case "unknown":
		a.unknown = make([]Unknown, 0, elements.Len())
	case "subjects":
		a.subjects = make([]string, 0, elements.Len())
	}
	return elements.Iter(func(term *ast.Term) error {
		switch set {
		case "deny":
			f, err := findingOf(term, texts)
			switch {
			case err != nil:
				return fmt.Errorf("read a finding: %w", err)
			case f.Resource == "" || f.Msg == "" || f.Place == "":
				return fmt.Errorf("a finding needs resource, msg and place: %s", term)
			case f.Severity != 0 && !slices.Contains(rule.Severities, f.Severity):
				return fmt.Errorf("a finding is %s, which custom.severities does not list", f.Severity)
			}
			f.Subject = cmp.Or(f.Subject, f.Resource)
			a.findings = append(a.findings, f)
		case "unknown":
			u, err := unknownOf(term, texts)
			switch {
			case err != nil:
				return fmt.Errorf("read an unknown: %w", err)
			case u.Resource == "" || len(u.Why) == 0:
				return fmt.Errorf("an unknown needs resource and why: %s", term)
			}
			u.Subject = cmp.Or(u.Subject, u.Resource)
			a.unknown = append(a.unknown, u)
		case "subjects":
			subject, ok := term.Value.(ast.String)
			if !ok {
				return fmt.Errorf("subjects holds %s, which is no string", term)
			}
			a.subjects = append(a.subjects, string(subject))
		}
		return nil
	})
}

// outcomeOf merges the three sets: a finding beats an unknown, and both beat a
// pass. A subject that only unknown names is counted as unknown all the same. The
// subjects may be those of other rules too, and stay as they are.
func outcomeOf(rule *Rule, a answer) Outcome {
	o := Outcome{Rule: rule, Findings: a.findings}
	slices.SortStableFunc(o.Findings, compareFindings)
	// Several readings of one subject may be unread: the first reason, in order, stands for all.
	slices.SortStableFunc(a.unknown, func(a, b Unknown) int {
		return cmp.Or(strings.Compare(a.Subject, b.Subject), bytes.Compare(a.Why, b.Why))
	})
	denied := walk[Finding]{o.Findings, func(f *Finding) string { return f.Subject }}
	for i := range a.unknown {
		subject := a.unknown[i].Subject
		if denied.reach(subject) || i > 0 && a.unknown[i-1].Subject == subject {
			continue
		}
		o.Unknown = append(o.Unknown, a.unknown[i])
	}
	subjects := a.subjects
	if !slices.IsSorted(subjects) {
		subjects = slices.Sorted(slices.Values(subjects))
	}
	o.Passed = make([]string, 0, max(0, len(subjects)-len(o.Unknown)))
	denied.list = o.Findings
	open := walk[Unknown]{o.Unknown, func(u *Unknown) string { return u.Subject }}
	for i, subject := range subjects {
		if twice := i > 0 && subjects[i-1] == subject; !twice && !denied.reach(subject) && !open.reach(subject) {
			o.Passed = append(o.Passed, subject)
		}
	}
	return o
}

// walk goes once along a list that is sorted by subject.
type walk[T any] struct {
	list    []T
	subject func(*T) string
}

// reach tells whether the list has a subject; those that are asked for come sorted.
func (w *walk[T]) reach(subject string) bool {
	for len(w.list) > 0 {
		switch order := strings.Compare(w.subject(&w.list[0]), subject); {
		case order == 0:
			return true
		case order > 0:
			return false
		}
		w.list = w.list[1:]
	}
	return false
}

func compareFindings(a, b Finding) int {
	if order := cmp.Or(strings.Compare(a.Subject, b.Subject), strings.Compare(a.Statement, b.Statement)); order != 0 {
		return order
	}
	return cmp.Or(compareAbout(a.About, b.About), strings.Compare(a.Place, b.Place), strings.Compare(a.Msg, b.Msg))
}

func compareAbout(a, b map[string]string) int {
	if maps.Equal(a, b) {
		return 0
	}
	first, _ := json.Marshal(a) // a map of strings cannot fail
	second, _ := json.Marshal(b)
	return bytes.Compare(first, second)
}

// floor turns a pass into an unknown where a reading of the rule is not there:
// a rule that forgot to ask must not pass the subject.
func (o *Outcome) floor(readings []string, missing map[string]map[string]facts.Unread) {
	o.Passed = slices.DeleteFunc(o.Passed, func(subject string) bool {
		reasons := missing[subject]
		if len(reasons) == 0 {
			return false
		}
		for _, reading := range readings {
			if why, unread := reasons[reading]; unread && !slices.Contains(o.Rule.MayLack, reading) {
				text, _ := json.Marshal(why) // three strings cannot fail
				o.Unknown = append(o.Unknown, Unknown{Subject: subject, Resource: subject, Why: text, Defect: true})
				return true
			}
		}
		return false
	})
}

// unreadOf finds the unread readings of each resource, by its id.
func unreadOf(document *facts.Document) map[string]map[string]facts.Unread {
	missing := map[string]map[string]facts.Unread{}
	document.Resources(func(r facts.Resource) {
		switch other := missing[r.ID]; {
		case len(r.Unread) == 0:
		case other == nil:
			missing[r.ID] = r.Unread
		default: // one of the same name
			missing[r.ID] = maps.Clone(other)
			maps.Copy(missing[r.ID], r.Unread)
		}
	})
	return missing
}
