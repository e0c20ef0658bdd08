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

// EachFinding are the findings in their order, wherever they are held. They are not
// to be changed.
func (r *Results) EachFinding() iter.Seq[*Finding] {
	if r.Stored != nil {
		return r.Stored.findings.each
	}
	return pointers(r.Findings)
}

// EachUnknown are the unknowns in their order.
func (r *Results) EachUnknown() iter.Seq[*Unknown] {
	if r.Stored != nil {
		return r.Stored.unknown.each
	}
	return pointers(r.Unknown)
}

// EachGap are the gaps in their order.
func (r *Results) EachGap() iter.Seq[*Gap] {
	if r.Stored != nil {
		return r.Stored.gaps.each
	}
	return pointers(r.Gaps)
}

func pointers[T any](list []T) iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for i := range list {
			if !yield(&list[i]) {
				return
			}
		}
	}
}

// FirstGaps are the first n gaps, and how many there are altogether.
func (r *Results) FirstGaps(n int) (gaps []Gap, all int) {
	for g := range r.EachGap() {
		if all++; all <= n {
			gaps = append(gaps, *g)
		}
	}
	return gaps, all
}

// Entries are the findings and then the unknowns, in their order.
func (r *Results) Entries() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for f := range r.EachFinding() {
			if !yield(Entry{Finding: *f, Known: true}) {
				return
			}
		}
		for u := range r.EachUnknown() {
			if !yield(u.entry()) {
				return
			}
		}
	}
}

func (u *Unknown) entry() Entry {
	return Entry{Finding: Finding{
		Rule: u.Rule, Severity: u.Severity, Resource: u.Resource, Account: u.Account, Region: u.Region,
		About: u.About, Msg: u.Msg, Evidence: u.Why, Place: u.Place, Fingerprint: u.Fingerprint, Waived: u.Waived,
	}}
}

// ByRule gives the Entries of each rule.
func (r *Results) ByRule() func(rule string) iter.Seq[Entry] {
	findings, unknown := by(r.Findings, ruleOfFinding), by(r.Unknown, ruleOfUnknown)
	if s := r.Stored; s != nil {
		findings = func(rule string, yield func(*Finding) bool) bool { return s.findings.of(ruleOfFinding, rule, yield) }
		unknown = func(rule string, yield func(*Unknown) bool) bool { return s.unknown.of(ruleOfUnknown, rule, yield) }
	}
	return func(rule string) iter.Seq[Entry] {
		return func(yield func(Entry) bool) {
			_ = findings(rule, func(f *Finding) bool { return yield(Entry{Finding: *f, Known: true}) }) &&
				unknown(rule, func(u *Unknown) bool { return yield(u.entry()) })
		}
	}
}

func ruleOfFinding(f *Finding) string { return f.Rule }

func ruleOfUnknown(u *Unknown) string { return u.Rule }

// by gives those of each key, in their order, and reports whether all were wanted.
func by[T any](list []T, key func(*T) string) func(key string, yield func(*T) bool) bool {
	at := map[string][]int{}
	for i := range list {
		k := key(&list[i])
		at[k] = append(at[k], i)
	}
	return func(key string, yield func(*T) bool) bool {
		for _, i := range at[key] {
			if !yield(&list[i]) {
				return false
			}
		}
		return true
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
	Rule     *Rule   // with nothing but its id where the results do not describe it
	Count    int     // of all
	Entries  []Entry // the first of them
	alike    map[[2]string]int
}

// Alike reports whether others of the group, listed or not, say the same of the same
// resource, so that only what they are about tells them apart.
func (g *Group) Alike(e *Entry) bool { return g.alike[[2]string{e.Resource, e.Msg}] > 1 }

// Groups are the findings, or else the unknowns, that are not waived: the worst
// severity first, within a severity by rule. Of each no more than most entries are
// listed.
func (r *Results) Groups(known bool, most int) []Group {
	type key struct {
		severity Severity
		rule     string
	}
	rules := r.RulesByID()
	at := map[key]int{}
	var groups []Group
	add := func(e Entry) {
		if e.Waived != nil {
			return
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
			groups = append(groups, Group{Severity: e.Severity, Rule: rule, alike: map[[2]string]int{}})
		}
		groups[i].add(e, most)
	}
	if known {
		for f := range r.EachFinding() {
			add(Entry{Finding: *f, Known: true})
		}
	} else {
		for u := range r.EachUnknown() {
			add(u.entry())
		}
	}
	slices.SortStableFunc(groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Rule.ID, b.Rule.ID))
	})
	return groups
}

// add counts an entry. Whether others are like it is wanted of listed ones only.
func (g *Group) add(e Entry, most int) {
	g.Count++
	said := [2]string{e.Resource, e.Msg}
	if len(g.Entries) < most {
		g.Entries = append(g.Entries, e)
		g.alike[said]++
	} else if g.alike[said] > 0 {
		g.alike[said]++
	}
}
