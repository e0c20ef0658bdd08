package access

import "slices"

// settle looks at the open tests of a request together. Tests that are tied may
// leave no way to an allowed request, or none to a denied one: that is the verdict
// then (U4). Else the decision says when the request is allowed, and names each test
// that matters to it once (U5).
func (e *explainer) settle(d *Decision, p *Policies, o *outcome) {
	v := Depends
	if p.tied(e.at) {
		v = e.settled(p, o)
	}
	switch v {
	case Allowed:
		d.Verdict, d.DependsOn = Allowed, nil
		d.Notes = append(d.Notes, "U4: whatever the open tests say, some Allow holds and no Deny does")
		slices.Sort(d.Notes)
		return
	case ImplicitlyDenied:
		d.Verdict, d.DependsOn, d.DecidedBy = ImplicitlyDenied, nil, nil
		d.Missing = e.openLayers()
		d.Notes = append(d.Notes, "U4: no outcome of the open tests gives an Allow without a Deny")
		slices.Sort(d.Notes)
		return
	default:
	}
	l := &literals{}
	short := e.condition(l, p, o).reduced()
	when := l.formula(&short)
	d.When = &when
	matters := make([]bool, len(l.tests))
	short.leaves(func(leaf *node) { matters[leaf.leaf] = true })
	d.DependsOn = slices.DeleteFunc(d.DependsOn, func(t Test) bool {
		m := meaningOf(&t)
		number := l.numbers[m.name()]
		wanted := matters[number]
		matters[number] = false
		return !wanted
	})
}

// settledAlone is the verdict that settle comes to, without evidence. It has
// copies, so that those of its caller stay off the heap.
func settledAlone(req Request, o outcome, p *Policies) Verdict {
	at := newSituation(&req, p)
	e := explainer{at: &at}
	e.gather(p)
	return e.settled(p, &o)
}

// settled is the verdict that settle comes to.
func (e *explainer) settled(p *Policies, o *outcome) Verdict {
	l := &literals{byValue: true}
	whole := e.condition(l, p, o)
	if len(l.tests) > mostTried {
		l = &literals{}
		whole = e.condition(l, p, o)
	}
	switch l.truth(&whole) {
	case yes:
		return Allowed
	case no:
		return ImplicitlyDenied
	}
	return Depends
}

// condition says of an open request when it is allowed: some path is, at every
// level some SCP allows, and no Deny applies.
func (e *explainer) condition(l *literals, p *Policies, o *outcome) node {
	paths := anyOf()
	for _, path := range o.paths[:o.count] {
		if o.truthOf(path) != no {
			paths.kids = append(paths.kids, e.pathCondition(l, o, path))
		}
	}
	whole := all(paths)
	if o.scp == maybe {
		for i, level := range p.SCP {
			if identityEffect(level, e.at).allow == maybe {
				whole.kids = append(whole.kids, e.allows(l, func(w *witness) bool { return w.scp && w.level == i }))
			}
		}
	}
	for i := range e.witnesses {
		if w := &e.witnesses[i]; w.deny && w.truth == maybe {
			whole.kids = append(whole.kids, w.holds(l).opposite())
		}
	}
	return whole
}

func (e *explainer) pathCondition(l *literals, o *outcome, p path) node {
	condition := all()
	for one := range partCount {
		if p.has(one) && o.parts[one] == maybe {
			condition.kids = append(condition.kids, e.allows(l, func(w *witness) bool { return !w.scp && w.part == one }))
		}
	}
	return condition
}

// allows says when any of the Allows does.
func (e *explainer) allows(l *literals, of func(*witness) bool) node {
	ways := anyOf()
	for i := range e.witnesses {
		if w := &e.witnesses[i]; !w.deny && of(w) {
			ways.kids = append(ways.kids, w.holds(l))
		}
	}
	return ways
}

// holds says when the statement applies.
func (w *witness) holds(l *literals) node {
	n := all()
	for i := range w.tests {
		n.kids = append(n.kids, l.of(&w.tests[i]))
	}
	return n
}

// openLayers are the layers in which only an open Allow was found.
func (e *explainer) openLayers() []Layer {
	var layers []Layer
	for _, w := range e.witnesses {
		if !w.deny && w.truth == maybe && !slices.Contains(layers, w.ref.Layer) {
			layers = append(layers, w.ref.Layer)
		}
	}
	return layers
}
