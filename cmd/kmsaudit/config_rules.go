package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules"
)

// settings turns what the file says of rules into what the engine takes.
func (s *source) settings(c *config, catalogue *rules.Catalogue) rules.Settings {
	out := rules.Settings{
		Intent: c.together(), Params: map[string]map[string]any{}, Severities: map[string]report.Severity{}, Disabled: map[string]bool{},
	}
	for _, id := range slices.Sorted(maps.Keys(c.Rules)) {
		path, one := "rules."+id, c.Rules[id]
		if !s.checkRule(path, id, catalogue) {
			continue
		}
		if one.Enabled != nil && !*one.Enabled {
			out.Disabled[id] = true
		}
		if one.Severity != 0 {
			out.Severities[id] = one.Severity
		}
		for _, name := range slices.Sorted(maps.Keys(one.Params)) {
			single := rules.Settings{Params: map[string]map[string]any{id: {name: one.Params[name]}}}
			if err := catalogue.Check(single); err != nil {
				s.wrong(path+".params."+name, "%s", strings.TrimPrefix(err.Error(), "rules: "))
				continue
			}
			if out.Params[id] == nil {
				out.Params[id] = map[string]any{}
			}
			out.Params[id][name] = one.Params[name]
		}
	}
	if len(s.problems) == 0 {
		if err := catalogue.Check(out); err != nil {
			s.wrong("rules", "%v", err)
		}
	}
	return out
}

// checkRule wants the permanent id of a rule that there is.
func (s *source) checkRule(path, id string, catalogue *rules.Catalogue) bool {
	rule, ok := catalogue.Rule(id)
	switch {
	case ok && rule.ID == id:
		return true
	case ok:
		s.wrong(path, "rules are named by their id, which is %s here", rule.ID)
	default:
		s.wrong(path, "%v", noRule(id, catalogue))
	}
	return false
}

// noRule says that a rule does not exist, and which one may be meant.
func noRule(id string, catalogue *rules.Catalogue) error {
	var known []string
	for _, rule := range catalogue.Rules() {
		known = append(known, rule.ID, rule.Name)
	}
	mend := didYouMean(id, known)
	if mend == "" {
		mend = "; kmsaudit rules list shows all"
	}
	return fmt.Errorf("there is no rule %q%s", id, mend)
}

// waivers turns what the file says into waivers that are fit for use.
func (s *source) waivers(written []waiver, catalogue *rules.Catalogue) []report.Waiver {
	var out []report.Waiver
	for i, w := range written {
		path := fmt.Sprintf("waivers[%d]", i)
		line, column := s.line(path)
		one := w.waiver(report.Place{File: s.name, Line: line, Column: column})
		err := one.Validate()
		for _, problem := range parts(err) {
			s.wrong(path, "%v", problem)
		}
		if err == nil && w.Rule != "" {
			s.checkRule(path+".rule", w.Rule, catalogue)
		}
		out = append(out, one)
	}
	return out
}

func (w *waiver) waiver(at report.Place) report.Waiver {
	return report.Waiver{
		Rule: w.Rule, Account: w.Account, Region: w.Region, Resource: w.Resource, Fingerprint: w.Fingerprint,
		Reason: w.Reason, Owner: w.Owner, Expires: w.Expires, Ticket: w.Ticket, Place: at,
	}
}

// parts are the errors that were joined into one.
func parts(err error) []error {
	var joined interface{ Unwrap() []error }
	switch {
	case err == nil:
		return nil
	case errors.As(err, &joined):
		return joined.Unwrap()
	}
	return []error{err}
}
