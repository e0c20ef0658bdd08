package access

import (
	"maps"
	"slices"
	"strings"
)

// Power is what one policy gives: actions that its holders can perform on keys or
// buckets of the account, whatever else gives them the same.
type Power struct {
	// By is the first statement that gives it. What policies of keys and buckets,
	// and grants, give somebody by name is a Power of its own for each who has it,
	// and Direct is true: By decided on the first of On.
	By      StatementRef
	Direct  bool
	Actions []string
	Holders []PowerHolder // by ARN
	// On are the keys or buckets, of those holders who are not aside; Whole are those
	// of all holders.
	On, Whole Things
	// Tests are those that are open for one of the holders who have it under
	// conditions only.
	Tests []Test
}

// PowerHolder is somebody who has a power.
type PowerHolder struct {
	Principal Principal
	Verdict   Verdict // Allowed or Depends
	Aside     bool    // is expected to have it
	Bounded   bool    // has a permissions boundary
}

// Unsure is somebody of whom it is not known whether he has a power.
type Unsure struct {
	Principal string
	Unread    []UnreadRef
}

// Powers are the powers over something, by what gives them.
type Powers struct {
	List   []Power
	Unsure []Unsure
	// Unread is what was not read and could add to both.
	Unread []UnreadRef
}

// reached is what one principal can do, by verdict.
type reached struct{ allowed, depends, unknown set }

func newReached(n int) *reached { return &reached{newSet(n), newSet(n), newSet(n)} }

func (r *reached) put(i int, v verdict) {
	r.allowed.take(i)
	r.depends.take(i)
	r.unknown.take(i)
	if of := r.of(v); of != nil {
		of.add(i)
	}
}

// of are the things of a verdict, nil of a denial.
func (r *reached) of(v verdict) set {
	switch v.verdict() {
	case Allowed:
		return r.allowed
	case Depends:
		return r.depends
	case Unknown:
		return r.unknown
	case ExplicitlyDenied, ImplicitlyDenied:
	}
	return nil
}

func (r *reached) clone() *reached {
	return &reached{slices.Clone(r.allowed), slices.Clone(r.depends), slices.Clone(r.unknown)}
}

// gatherer gathers powers over the things of the ARNs.
type gatherer struct {
	arns  []string
	aside func(Principal) bool
	by    map[string]*gathered // policies by pointer
	own   map[string]*gathered // what is given to somebody by name, by its ARN
	found Powers
	// policies leaves out what is given to somebody by name.
	policies bool
	// decide gives the evidence of a request.
	decide func(one *actor, action string, on int) Decision

	can, left, got set // of whom is added now
}

// gathered is a power on the way. Its holders come in order, but once for every class
// of actions: then those that were not met before are late.
type gathered struct {
	Power
	on, whole some
	late      map[string]PowerHolder
	rep       func() Decision // of one who has it under conditions
}

func newGatherer(arns []string, aside func(Principal) bool) *gatherer {
	return &gatherer{arns: arns, aside: aside, by: map[string]*gathered{}, own: map[string]*gathered{}}
}

func power(of map[string]*gathered, id string, ref func() StatementRef) *gathered {
	p := of[id]
	if p == nil {
		p = &gathered{Power: Power{By: ref()}}
		of[id] = p
	}
	return p
}

// holder is somebody who holds the power already, nil for nobody.
func (p *gathered) holder(arn string) *PowerHolder {
	if n := len(p.Holders); n == 0 || p.Holders[n-1].Principal.ARN < arn {
		return nil
	}
	if i, found := slices.BinarySearchFunc(p.Holders, arn, func(h PowerHolder, arn string) int { return strings.Compare(h.Principal.ARN, arn) }); found {
		return &p.Holders[i]
	}
	if h, late := p.late[arn]; late {
		return &h
	}
	return nil
}

// file puts somebody among the holders, in the place that it has if it is one.
func (p *gathered) file(h PowerHolder, known *PowerHolder) {
	arn := h.Principal.ARN
	switch n := len(p.Holders); {
	case n == 0 || p.Holders[n-1].Principal.ARN < arn:
		p.Holders = append(p.Holders, h)
		return
	case known != nil:
		*known = h
	}
	if _, late := p.late[arn]; late || known == nil {
		if p.late == nil {
			p.late = map[string]PowerHolder{}
		}
		p.late[arn] = h
	}
}

// add files what a principal can do under the policies that give it. gives calls
// see for each of its own statements that allow it, with what that is on.
func (g *gatherer) add(one *actor, r *reached, actions []string, gives func(see func(*Policy, *statement, set))) {
	if g.can == nil {
		g.can, g.left, g.got = newSet(len(g.arns)), newSet(len(g.arns)), newSet(len(g.arns))
	}
	can, left, got := g.can, g.left, g.got
	copy(can, r.allowed)
	can.join(r.depends)
	if can.first() < 0 {
		if on := r.unknown.first(); on >= 0 && !g.aside(one.Principal) {
			g.found.Unsure = append(g.found.Unsure, Unsure{Principal: one.ARN, Unread: g.decide(one, actions[0], on).Unread})
		}
		return
	}
	copy(left, can)
	gives(func(p *Policy, st *statement, on set) {
		copy(got, can)
		if got.limit(on); got.first() < 0 {
			return
		}
		left.less(on)
		g.hold(power(g.by, p.pointer, func() StatementRef { return *p.ref(st) }), one, r, got, actions)
	})
	if on := left.first(); on >= 0 && !g.policies {
		p := power(g.own, one.ARN, func() StatementRef {
			if refs := g.decide(one, actions[0], on).DecidedBy; len(refs) > 0 {
				return refs[0]
			}
			return StatementRef{Layer: LayerResource, Policy: g.arns[on]}
		})
		p.Direct = true
		g.hold(p, one, r, left, actions)
	}
}

func (g *gatherer) hold(p *gathered, one *actor, r *reached, got set, actions []string) {
	h := PowerHolder{Principal: one.Principal, Verdict: Depends, Aside: g.aside(one.Principal), Bounded: one.hasBoundary}
	known := p.holder(one.ARN)
	if got.meets(r.allowed) || known != nil && known.Verdict == Allowed {
		h.Verdict = Allowed
	} else if p.rep == nil {
		decide, action, on := g.decide, actions[0], got.first()
		p.rep = func() Decision { return decide(one, action, on) }
	}
	p.file(h, known)
	if p.whole.join(len(g.arns), got); !h.Aside {
		p.on.join(len(g.arns), got)
	}
	for _, action := range actions {
		if !slices.Contains(p.Actions, action) {
			p.Actions = append(p.Actions, action)
		}
	}
}

// powers are what was gathered, by what gives them.
func (g *gatherer) powers() Powers {
	g.found.List = make([]Power, 0, len(g.own)+len(g.by))
	for _, of := range []map[string]*gathered{g.own, g.by} {
		for _, id := range slices.Sorted(maps.Keys(of)) {
			p := of[id]
			slices.Sort(p.Actions)
			if len(p.late) > 0 {
				p.Holders = slices.AppendSeq(p.Holders, maps.Values(p.late))
				slices.SortFunc(p.Holders, func(x, y PowerHolder) int { return strings.Compare(x.Principal.ARN, y.Principal.ARN) })
			}
			p.On, p.Whole = Things{g.arns, p.on}, Things{g.arns, p.whole}
			if p.rep != nil {
				p.Tests = p.rep().DependsOn
			}
			g.found.List = append(g.found.List, p.Power)
		}
	}
	g.found.Unread = unique(g.found.Unread)
	return g.found
}
