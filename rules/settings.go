package rules

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// Settings say what an account is meant to be and which rules judge it how.
type Settings struct {
	// Intent is that of every account, or of all together where Particular says more.
	Intent facts.Intent
	// Particular says what holds for the account of a snapshot; nil where nothing does.
	Particular func(*snapshot.Snapshot) Particular
	Params     map[string]map[string]any  // by rule id
	Severities map[string]report.Severity // by rule id
	Disabled   map[string]bool            // by rule id
	// Release says that an audit may let go of each snapshot when the facts of it
	// are made (snapshot.File.Release), and of the facts when they are judged, which
	// takes a good deal less memory.
	Release bool
	// Sandbox bounds the rules that users brought along.
	Sandbox Sandbox
	// Profile collects where the time goes, nil for nothing.
	Profile *Profile
}

// Particular is what holds for one account.
type Particular struct {
	Intent facts.Intent
	// Others are excerpts of accounts that it has to do with (see facts.BuildAmong).
	Others []*snapshot.Snapshot
}

// particular is what holds for the account of a snapshot.
func (s Settings) particular(of *snapshot.Snapshot) Particular {
	if s.Particular == nil {
		return Particular{Intent: s.Intent}
	}
	return s.Particular(of)
}

// Check holds the settings to the catalogue: an unknown rule or parameter, or a
// parameter of another type than its default, is an error.
func (c *Catalogue) Check(s Settings) error {
	for _, id := range slices.Sorted(maps.Keys(s.Params)) {
		rule, ok := c.byID(id)
		if !ok {
			return fmt.Errorf("rules: there is no rule %q", id)
		}
		for _, name := range slices.Sorted(maps.Keys(s.Params[id])) {
			standard, ok := rule.Defaults[name]
			if !ok {
				has := strings.Join(slices.Sorted(maps.Keys(rule.Defaults)), ", ")
				return fmt.Errorf("rules: %s has no parameter %q (it has %s)", id, name, cmp.Or(has, "none"))
			}
			if given := s.Params[id][name]; jsonType(given) != jsonType(standard) {
				return fmt.Errorf("rules: %s: parameter %q has to be a %s", id, name, jsonType(standard))
			}
		}
	}
	for id := range s.Severities {
		if _, ok := c.byID(id); !ok {
			return fmt.Errorf("rules: there is no rule %q", id)
		}
	}
	for id := range s.Disabled {
		if _, ok := c.byID(id); !ok {
			return fmt.Errorf("rules: there is no rule %q", id)
		}
	}
	return nil
}

// byID finds a rule by its id as written: settings are looked up by it.
func (c *Catalogue) byID(id string) (*Rule, bool) {
	rule, ok := c.Rule(id)
	return rule, ok && rule.ID == id
}

// Params are the parameters in force: the defaults, under those of the settings.
func (c *Catalogue) Params(s Settings) map[string]map[string]any {
	params := map[string]map[string]any{}
	for _, rule := range c.rules {
		params[rule.ID] = map[string]any{}
		maps.Copy(params[rule.ID], rule.Defaults)
		maps.Copy(params[rule.ID], s.Params[rule.ID])
	}
	return params
}

// waits lists what a rule needs the configuration to say and it does not.
func (s Settings) waits(rule *Rule) []string {
	says := s.Intent.Says()
	return slices.DeleteFunc(slices.Clone(rule.NeedsIntent), func(need string) bool { return says[need] })
}

// Runs tells whether a rule is enabled and has the intent that it needs.
func (s Settings) Runs(rule *Rule) bool {
	return !s.Disabled[rule.ID] && len(s.waits(rule)) == 0
}

// severity is that of a finding: the configured one, else the finding's own, else
// the rule's.
func (s Settings) severity(rule *Rule, own report.Severity) report.Severity {
	if configured, ok := s.Severities[rule.ID]; ok {
		return configured
	}
	if own != 0 {
		return own
	}
	return rule.Severity
}
