package drift

import (
	"reflect"
	"slices"

	"github.com/kmsaudit/kmsaudit/report"
)

// restated takes out the findings that are new, and those that are resolved, only
// because a statement is written otherwise or in other pieces: the policy of the other
// side says the same, and a finding of the same rule on the same resource is there
// about some of it, or says the same of another statement.
func (d *Diff) restated(p *pair, before, after *report.Results) {
	then, now := p.told(0, before), p.told(1, after)
	d.Findings.New = slices.DeleteFunc(d.Findings.New, func(f report.Finding) bool {
		was, same := p.same(1, &f, then)
		if same && was < f.Severity {
			d.Findings.Worse = append(d.Findings.Worse, f)
		}
		return same
	})
	d.Findings.Resolved = slices.DeleteFunc(d.Findings.Resolved, func(f report.Finding) bool {
		_, same := p.same(0, &f, now)
		return same
	})
}

// subject is what a finding is about, its statement aside.
type subject struct{ rule, region, resource, owner string }

// told are the findings that are about statements.
type told map[subject][]toldOf

type toldOf struct {
	severity report.Severity
	msg      string
	atoms    map[string]bool
}

// told lists the findings of one side.
func (p *pair) told(side int, r *report.Results) told {
	all := told{}
	for i := range r.Findings {
		f := &r.Findings[i]
		owner, atoms := p.policies[side].statementAt(f.Place.Pointer)
		if f.Waived != nil || owner == "" {
			continue
		}
		of := toldOf{f.Severity, f.Msg, map[string]bool{}}
		for _, atom := range atoms {
			of.atoms[atom] = true
		}
		about := subject{f.Rule, f.Region, f.Resource, owner}
		all[about] = append(all[about], of)
	}
	return all
}

// same reports that the other side says all of the statement of a finding, and has
// the finding about some of it, or in the same words; with the gravest severity that it has there.
func (p *pair) same(side int, f *report.Finding, other told) (worst report.Severity, same bool) {
	owner, atoms := p.policies[side].statementAt(f.Place.Pointer)
	if owner == "" || !p.policies[1-side].says(owner, atoms) {
		return 0, false
	}
	for _, of := range other[subject{f.Rule, f.Region, f.Resource, owner}] {
		if of.msg == f.Msg || slices.ContainsFunc(atoms, func(atom string) bool { return of.atoms[atom] }) {
			worst, same = max(worst, of.severity), true
		}
	}
	return worst, same
}

// reworded takes out the findings that have other words, where all that differs in
// the account is how policies are written: the words are of their statements.
func (d *Diff) reworded(p *pair) {
	alone := *d
	alone.Findings.Changed = nil
	if len(d.Findings.Changed) == 0 || !alone.Empty() || len(p.policies[0].documents) != len(p.policies[1].documents) {
		return
	}
	written := false // otherwise
	for owner, doc := range p.policies[0].documents {
		other := p.policies[1].documents[owner]
		switch {
		case other == nil:
			return
		case reflect.DeepEqual(doc, other):
			continue
		case len(statements(doc, other))+len(statements(other, doc)) > 0:
			return
		}
		written = true
	}
	if written {
		d.Findings.Changed = []report.Finding{}
	}
}
