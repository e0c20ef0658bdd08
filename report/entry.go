package report

import "iter"

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
