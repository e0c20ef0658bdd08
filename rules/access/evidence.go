package access

import (
	"fmt"
	"math/bits"
	"slices"
)

// witness is a statement or grant that is not false, and what keeps it open.
type witness struct {
	part  part
	scp   bool // an SCP's or RCP's statement, outside of the parts
	deny  bool
	truth tri
	// everybody says that the statement reaches the caller by naming everybody.
	everybody bool
	level     int // of an SCP
	ref       *StatementRef
	tests     []Test
}

// explainer gathers the evidence of one decision.
type explainer struct {
	at        *situation
	witnesses []witness
	notes     []string
}

// explain computes the evidence of an outcome. It walks the policies a second
// time, so that deciding alone stays cheap. It can be called again and again: it
// keeps the room that it made.
func (e *explainer) explain(at *situation, p *Policies, o *outcome) Decision {
	e.at, e.witnesses, e.notes = at, e.witnesses[:0], nil
	e.gather(p)
	var d Decision
	unread := p.anyUnread(at, o, func(ref UnreadRef) { d.Unread = append(d.Unread, ref) })
	d.Verdict = o.verdict(!unread)
	if d.Verdict != Unknown {
		d.Unread = nil
	}
	switch d.Verdict {
	case ExplicitlyDenied:
		for _, w := range e.witnesses {
			if w.deny && w.truth == yes {
				d.DecidedBy = append(d.DecidedBy, *w.ref)
			}
		}
	case ImplicitlyDenied:
		d.Missing = o.missing()
		e.denialNotes(o)
	default:
		e.open(&d, o)
		e.pathNotes(o)
	}
	slices.Sort(e.notes)
	d.Notes = slices.Compact(e.notes)
	d.Unread = unique(d.Unread)
	return d
}

func unique(refs []UnreadRef) []UnreadRef {
	var out []UnreadRef
	for _, ref := range refs {
		if !slices.Contains(out, ref) {
			out = append(out, ref)
		}
	}
	return out
}

// open names the statements of the paths that are not closed, and the tests that
// are open in them and in Denies.
func (e *explainer) open(d *Decision, o *outcome) {
	var used path
	for i := range o.count {
		if t := o.truthOf(o.paths[i]); t == yes || t == maybe && o.pathsTruth() != yes {
			used |= o.paths[i]
		}
	}
	d.DecidedBy = make([]StatementRef, 0, len(e.witnesses))
	for i := range e.witnesses {
		w := &e.witnesses[i]
		switch {
		case w.deny:
			if w.truth != maybe {
				continue
			}
		case w.scp:
			if w.truth != maybe || o.scp == yes {
				continue
			}
		case !used.has(w.part), w.truth == maybe && o.parts[w.part] == yes:
			continue
		}
		if !containsRef(d.DecidedBy, w.ref) {
			d.DecidedBy = append(d.DecidedBy, *w.ref)
		}
		for _, t := range w.tests {
			if !slices.ContainsFunc(d.DependsOn, func(o Test) bool {
				return o.Key == t.Key && o.Operator == t.Operator && o.Statement == t.Statement
			}) {
				d.DependsOn = append(d.DependsOn, t)
			}
		}
	}
}

func containsRef(refs []StatementRef, ref *StatementRef) bool {
	return slices.Contains(refs, *ref)
}

func (o *outcome) pathsTruth() tri {
	result := no
	for i := range o.count {
		result = max(result, o.truthOf(o.paths[i]))
	}
	return result
}

// missing are the layers in which an Allow is missing: those of the path that is
// nearest, counting paths whose resource side speaks for the caller, and the main
// one. Where these are equally near, what speaks for the caller counts.
func (o *outcome) missing() []Layer {
	var layers []Layer
	if o.scp == no {
		layers = append(layers, LayerSCP)
	}
	if o.blocked != noObstacle {
		return append(layers, LayerResource)
	}
	best, silent := 0, false
	var missing path
	for i := range o.count {
		var none path
		speaks := false
		for one := range partCount {
			switch {
			case !o.paths[i].has(one):
			case o.parts[one] == no:
				none |= 1 << one
			case one < identity:
				speaks = true
			}
		}
		count := bits.OnesCount16(uint16(none)) // a path has one part of a layer
		if i == 0 || speaks && (count < best || silent && count == best) {
			best, missing, silent = count, none, !speaks
		}
	}
	for one := range partCount {
		if layer := one.layer(); missing.has(one) && !slices.Contains(layers, layer) {
			layers = append(layers, layer)
		}
	}
	return layers
}

func (e *explainer) gather(p *Policies) {
	at := e.at
	if at.who.iam() {
		e.identitySide(p.Identity, identity, false)
		e.identitySide(p.Boundary, boundary, false)
		if p.Session != nil {
			e.identitySide([]*Policy{p.Session}, session, false)
		}
	}
	if !at.identityOnly() && !at.retire {
		e.resourceSide(p.Resource, false)
	}
	if at.service == serviceKMS && !at.identityOnly() {
		for i := range p.Grants {
			e.grant(&p.Grants[i])
		}
	}
	if !at.scpFree {
		for i, level := range p.SCP {
			from := len(e.witnesses)
			e.identitySide(level, identity, true)
			for j := range e.witnesses[from:] {
				e.witnesses[from+j].level = i
			}
		}
	}
	if !at.rcpFree {
		for _, level := range p.RCP {
			for _, policy := range level {
				e.resourceSide(policy, true)
			}
		}
	}
}

func (e *explainer) identitySide(policies []*Policy, where part, organization bool) {
	for _, p := range policies {
		if p == nil || p.doc == nil {
			continue
		}
		for i := range p.statements {
			s := &p.statements[i]
			e.statementNotes(p, s)
			if s.hasPrincipal {
				continue
			}
			if t := s.applies(e.at); t != no {
				e.add(p, s, where, organization, t)
			}
		}
	}
}

func (e *explainer) resourceSide(p *Policy, organization bool) {
	if p == nil || p.doc == nil {
		return
	}
	for i := range p.statements {
		s := &p.statements[i]
		e.statementNotes(p, s)
		r := s.reachOf(e.at)
		if r.any() == no {
			continue
		}
		t := s.applies(e.at)
		if t == no {
			if e.at.isKey && !s.noResource && s.services&e.at.service != 0 && s.on(e.at) && s.onResource(e.at) == no && !organization {
				e.notes = append(e.notes, "K6: the Resource does not match this key, so the statement is ineffective "+p.place(s))
			}
			continue
		}
		switch {
		case s.deny:
			e.add(p, s, resourceDirect, organization, min(t, r.any()))
		case !organization:
			for f, one := range [...]part{resourceAccount, resourceRole, resourceDirect} {
				if reached := [...]tri{r.account, r.role, r.direct}[f]; reached != no {
					e.add(p, s, one, false, min(t, reached))
					e.witnesses[len(e.witnesses)-1].everybody = s.everybody()
				}
			}
		}
		if s.notPrincipal {
			e.notPrincipalNotes(p, s, r)
		}
	}
}

func (e *explainer) grant(g *Grant) {
	if g.Unread != nil {
		return
	}
	r := g.effect(e.at)
	for f, one := range [...]part{grantAccount, grantRole, grantDirect} {
		t := [...]tri{r.account, r.role, r.direct}[f]
		if t == no {
			continue
		}
		w := witness{part: one, truth: t, ref: new(g.ref())}
		if t == maybe {
			w.tests = g.openTests(e.at)
		}
		e.witnesses = append(e.witnesses, w)
	}
	pairs := len(g.EncryptionContextEquals) + len(g.EncryptionContextSubset)
	if r.any() != no && pairs > 0 && !e.at.retire && e.at.action != "kms:describekey" {
		e.notes = append(e.notes, "G4: names of the encryption context of a grant are compared without regard to case")
	}
}

func (e *explainer) add(p *Policy, s *statement, where part, organization bool, t tri) {
	w := witness{part: where, scp: organization, deny: s.deny, truth: t, ref: p.ref(s)}
	if t == maybe {
		w.tests = s.openTests(e.at, w.ref)
	}
	e.witnesses = append(e.witnesses, w)
}

// place names a statement in a note.
func (p *Policy) place(s *statement) string {
	name := p.doc.Statements[s.index].Sid
	if name == "" {
		name = fmt.Sprintf("statement %d", s.index)
	}
	if p.name == "" {
		return fmt.Sprintf("(%s policy, %s)", p.layer, name)
	}
	return fmt.Sprintf("(%s policy %s, %s)", p.layer, p.name, name)
}
