package report

import (
	"cmp"
	"iter"
	"slices"
)

// Entry is a finding, or an unknown in the form of one, for whoever lists both
// alike.
type Entry struct {
	Finding
	// Known is false where the rule could not judge. Evidence is then what would
	// settle it.
	Known bool
}

// Entries are the findings and then the unknowns, in their order.
func (r *Results) Entries() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for i := range r.Findings {
			if !yield(Entry{Finding: r.Findings[i], Known: true}) {
				return
			}
		}
		for i := range r.Unknown {
			u := &r.Unknown[i]
			if !yield(Entry{Finding: Finding{
				Rule: u.Rule, Severity: u.Severity, Resource: u.Resource, Account: u.Account, Region: u.Region,
				About: u.About, Msg: u.Msg, Evidence: u.Why, Place: u.Place, Fingerprint: u.Fingerprint, Waived: u.Waived,
			}}) {
				return
			}
		}
	}
}

// RulesByID are the rules of the results, each under its id.
func (r *Results) RulesByID() map[string]*Rule {
	rules := make(map[string]*Rule, len(r.Rules))
	for i := range r.Rules {
		rules[r.Rules[i].ID] = &r.Rules[i]
	}
	return rules
}

// Group is what one rule says at one severity.
type Group struct {
	Severity Severity
	Rule     *Rule // with nothing but its id where the results do not describe it
	Entries  []Entry
}

// Groups are the findings, or else the unknowns, that are not waived: the worst
// severity first, within a severity by rule.
func (r *Results) Groups(known bool) []Group {
	type key struct {
		severity Severity
		rule     string
	}
	rules := r.RulesByID()
	at := map[key]int{}
	var groups []Group
	for e := range r.Entries() {
		if e.Known != known || e.Waived != nil {
			continue
		}
		k := key{e.Severity, e.Rule}
		i, seen := at[k]
		if !seen {
			i = len(groups)
			at[k] = i
			rule := rules[e.Rule]
			if rule == nil {
				rule = &Rule{ID: e.Rule, Severity: e.Severity}
			}
			groups = append(groups, Group{Severity: e.Severity, Rule: rule})
		}
		groups[i].Entries = append(groups[i].Entries, e)
	}
	slices.SortStableFunc(groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Rule.ID, b.Rule.ID))
	})
	return groups
}
