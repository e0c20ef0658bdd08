package access

import (
	"iter"
	"maps"
	"math/bits"
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

// Things are keys or buckets. A set of them is small where many are in many.
type Things struct {
	arns []string // sorted: all that there are
	in   set
}

// Count counts them.
func (t Things) Count() int { return t.in.count() }

// First are the ARNs of the first n, sorted; less if there are less.
func (t Things) First(n int) []string {
	var list []string
	for i := range t.in.all() {
		if len(list) == n {
			break
		}
		list = append(list, t.arns[i])
	}
	return list
}

// Join is both together; they have to come from one question, or one to be empty.
func (t Things) Join(other Things) Things {
	if t.arns == nil {
		return other
	}
	both := Things{t.arns, slices.Clone(t.in)}
	both.in.join(other.in)
	return both
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

// set is a set of keys or buckets, by number.
type set []uint64

func newSet(n int) set        { return make(set, (n+63)/64) }
func (s set) add(i int)       { s[i/64] |= 1 << (i % 64) }
func (s set) has(i int) bool  { return s[i/64]&(1<<(i%64)) != 0 }
func (s set) take(i int)      { s[i/64] &^= 1 << (i % 64) }
func (s set) less(other set)  { s.each(other, func(x, y uint64) uint64 { return x &^ y }) }
func (s set) join(other set)  { s.each(other, func(x, y uint64) uint64 { return x | y }) }
func (s set) limit(other set) { s.each(other, func(x, y uint64) uint64 { return x & y }) }

func (s set) each(other set, change func(x, y uint64) uint64) {
	for i := range s {
		s[i] = change(s[i], other[i])
	}
}

// all yields what is in the set, in order.
func (s set) all() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, word := range s {
			for ; word != 0; word &= word - 1 {
				if !yield(64*i + bits.TrailingZeros64(word)) {
					return
				}
			}
		}
	}
}

// first is the first of the set, -1 of an empty one.
func (s set) first() int {
	for i, word := range s {
		if word != 0 {
			return 64*i + bits.TrailingZeros64(word)
		}
	}
	return -1
}

// reached is what one principal can do, by verdict.
type reached struct{ allowed, depends, unknown set }

func newReached(n int) *reached { return &reached{newSet(n), newSet(n), newSet(n)} }

func (r *reached) put(i int, v verdict) {
	r.allowed.take(i)
	r.depends.take(i)
	r.unknown.take(i)
	switch v.verdict() {
	case Allowed:
		r.allowed.add(i)
	case Depends:
		r.depends.add(i)
	case Unknown:
		r.unknown.add(i)
	case ExplicitlyDenied, ImplicitlyDenied:
	}
}

func (r *reached) clone() *reached {
	return &reached{slices.Clone(r.allowed), slices.Clone(r.depends), slices.Clone(r.unknown)}
}

// gatherer gathers powers over the things of the ARNs.
type gatherer struct {
	arns  []string
	aside func(Principal) bool
	by    map[string]*gathered
	found Powers
	// decide gives the evidence of a request.
	decide func(one *actor, action string, on int) Decision

	can, left, got set // of whom is added now
}

type gathered struct {
	Power
	on      set
	whole   set
	actions map[string]bool
	holders map[string]PowerHolder
	rep     func() Decision // of one who has it under conditions
}

func (g *gatherer) power(id string, ref func() StatementRef) *gathered {
	p := g.by[id]
	if p == nil {
		p = &gathered{Power: Power{By: ref()}, on: newSet(len(g.arns)), whole: newSet(len(g.arns)), actions: map[string]bool{}, holders: map[string]PowerHolder{}}
		g.by[id] = p
	}
	return p
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
		g.hold(g.power(p.pointer, func() StatementRef { return *p.ref(st) }), one, r, got, actions)
	})
	if on := left.first(); on >= 0 {
		p := g.power("\x00"+one.ARN, func() StatementRef {
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
	if got.meets(r.allowed) || p.holders[one.ARN].Verdict == Allowed {
		h.Verdict = Allowed
	} else if p.rep == nil {
		decide, action, on := g.decide, actions[0], got.first()
		p.rep = func() Decision { return decide(one, action, on) }
	}
	p.holders[one.ARN] = h
	if p.whole.join(got); !h.Aside {
		p.on.join(got)
	}
	for _, action := range actions {
		p.actions[action] = true
	}
}

// powers are what was gathered, by what gives them.
func (g *gatherer) powers() Powers {
	for _, id := range slices.Sorted(maps.Keys(g.by)) {
		p := g.by[id]
		p.Actions = slices.Sorted(maps.Keys(p.actions))
		for _, arn := range slices.Sorted(maps.Keys(p.holders)) {
			p.Holders = append(p.Holders, p.holders[arn])
		}
		p.On, p.Whole = Things{g.arns, p.on}, Things{g.arns, p.whole}
		if p.rep != nil {
			p.Tests = p.rep().DependsOn
		}
		g.found.List = append(g.found.List, p.Power)
	}
	g.found.Unread = unique(g.found.Unread)
	return g.found
}

// KeyPowers finds who can perform any of the actions of each kind on keys of the
// account that customers manage, by the policies that give it. Principals that
// aside takes are expected to. A request to create a grant is taken to be made for
// a call of one's own, not for a service, with a grantee whom no condition names
// (K13); actions on aliases need an alias besides (M8).
func (a *Account) KeyPowers(kinds [][]string, aside func(Principal) bool) []Powers {
	gatherers := make([]*gatherer, len(kinds))
	for i := range kinds {
		gatherers[i] = &gatherer{aside: aside, by: map[string]*gathered{}}
	}
	classes := a.powerClasses(slices.Concat(kinds...))
	grants, rest := 0, firstOf(classes)
	if grants = slices.Index(rest, createGrant); grants >= 0 {
		rest = slices.Delete(rest, grants, grants+1)
	}
	censuses := a.censuses(rest, MustNotBeAble, directCall(), nil)
	if grants >= 0 {
		var like *Census
		if len(censuses) > 0 {
			like = censuses[0]
		}
		censuses = slices.Insert(censuses, grants, a.censuses([]string{createGrant}, MustNotBeAble, grantOfOnesOwn(), like)...)
	}
	for n, class := range classes {
		k := a.keyPowers(censuses[n])
		for i, g := range gatherers {
			actions := slices.DeleteFunc(slices.Clone(class), func(action string) bool { return !slices.Contains(kinds[i], action) })
			if len(actions) > 0 {
				k.add(g, actions)
			}
		}
	}
	list := make([]Powers, len(kinds))
	for i, g := range gatherers {
		list[i] = g.powers()
	}
	return list
}

// powerClasses puts actions together that nothing in the account tells apart.
func (a *Account) powerClasses(actions []string) [][]string {
	all := actionSet(0)
	names := map[actionSet]string{}
	for _, action := range actions {
		one := setOf(strings.ToLower(action))
		all |= one
		names[one] = action
	}
	classes := all.classes(a.kinds)
	met := map[*Policy]bool{}
	see := func(policies ...*Policy) {
		for _, p := range policies {
			if p != nil && !met[p] {
				met[p] = true
				classes = splitBy(classes, []*Policy{p})
			}
		}
	}
	for _, one := range a.sorted {
		see(one.identity...)
		see(one.boundary...)
	}
	for _, k := range a.keys {
		see(k.policy)
		for i := range k.grants {
			for _, operation := range k.grants[i].Operations {
				classes = split(classes, setOf("kms:"+strings.ToLower(operation)))
			}
		}
	}
	for _, level := range slices.Concat(a.org.scp[MustNotBeAble], a.org.rcp[MustNotBeAble]) {
		see(level...)
	}
	var list [][]string
	for _, class := range classes {
		var plain []string
		for ; class != 0; class &= class - 1 {
			name := names[class&-class]
			if name == createGrant {
				list = append(list, []string{name})
			} else {
				plain = append(plain, name)
			}
		}
		if plain != nil {
			list = append(list, plain)
		}
	}
	slices.SortFunc(list, slices.Compare)
	return list
}

// firstOf are the first actions of classes: what is true of one is true of its class.
func firstOf(classes [][]string) []string {
	list := make([]string, len(classes))
	for i, class := range classes {
		list[i] = class[0]
	}
	return list
}

const createGrant = "kms:CreateGrant"

func aliasEdit(action string) bool { return strings.HasSuffix(action, "Alias") }

// grantOfOnesOwn is what a request has that creates a grant for nobody in
// particular (K13).
func grantOfOnesOwn() *facts {
	f := directCall()
	f.set("kms:GrantIsForAWSResource", "false")
	f.set("kms:GranteePrincipal", "\x00")
	f.setMany("kms:GrantOperations", []string{"\x00"})
	f.mark(absent, "kms:GranteeServicePrincipal", "kms:RetiringPrincipal", "kms:RetiringServicePrincipal",
		"kms:GrantConstraintType", "kms:GrantConstraintSourceArn")
	return f
}

// keyPowers are the powers of one class of actions.
type keyPowers struct {
	account *Account
	census  *Census
	with    *facts
	whole   set
	ours    set
	dense   []*reached          // by class of people
	pairs   map[int][]personKey // by person
	now     *reached            // of the person who is looked at
	sorted  *sorter
	covers  map[string]set
	aliases map[string][]query
}

// personKey is a key that makes a pair with a person.
type personKey struct {
	key     int
	verdict verdict
}

func (a *Account) keyPowers(c *Census) *keyPowers {
	k := &keyPowers{account: a, with: c.with, covers: map[string]set{}, pairs: map[int][]personKey{}}
	k.aliases = k.aliasQueries()
	k.census, k.sorted = c, &sorter{Census: c, byID: byID(c.keys)}
	k.ours, k.whole, k.now = newSet(len(c.keys)), newSet(len(c.keys)), newReached(len(c.keys))
	kinds := make([]set, len(c.patterns))
	for i := range kinds {
		kinds[i] = newSet(len(c.keys))
	}
	for i, one := range c.keys {
		if k.whole.add(i); !one.aws && c.keyClass[i] >= 0 {
			k.ours.add(i)
			kinds[c.keyClass[i]].add(i)
		}
	}
	k.dense = make([]*reached, len(c.members))
	for class := range k.dense {
		k.dense[class] = newReached(len(c.keys))
		for kind, on := range kinds {
			k.dense[class].join(on, c.dense[kind][class])
		}
	}
	for i, people := range c.pairs {
		for p, v := range people {
			if k.ours.has(i) {
				k.pairs[p] = append(k.pairs[p], personKey{i, v})
			}
		}
	}
	return k
}

// join puts the verdict on things that had none.
func (r *reached) join(on set, v verdict) {
	switch v.verdict() {
	case Allowed:
		r.allowed.join(on)
	case Depends:
		r.depends.join(on)
	case Unknown:
		r.unknown.join(on)
	case ExplicitlyDenied, ImplicitlyDenied:
	}
}

// of is what a person can do, nil for nothing; it holds until it is asked of the next.
func (k *keyPowers) of(p int) *reached {
	class, pairs := k.census.class[p], k.pairs[p]
	switch {
	case class < 0 && len(pairs) == 0:
		return nil
	case len(pairs) == 0:
		return k.dense[class]
	case class < 0:
		k.now.clear()
	default:
		copy(k.now.allowed, k.dense[class].allowed)
		copy(k.now.depends, k.dense[class].depends)
		copy(k.now.unknown, k.dense[class].unknown)
	}
	for _, pair := range pairs {
		k.now.put(pair.key, pair.verdict)
	}
	return k.now
}

func (r *reached) clear() {
	clear(r.allowed)
	clear(r.depends)
	clear(r.unknown)
}

// add gathers the powers of everybody to perform the actions.
func (k *keyPowers) add(g *gatherer, actions []string) {
	a, c := k.account, k.census
	g.arns = c.Keys()
	g.decide = func(one *actor, action string, on int) Decision {
		x := query{one: one, action: action, resource: g.arns[on], stance: MustNotBeAble, fixed: k.with}
		a.find(&x)
		x.policies.Grants = readGrants(x.policies.Grants, one.Kind)
		return a.decide(&x)
	}
	g.found.Unread = append(g.found.Unread, c.unread...)
	for p, one := range c.people {
		r := k.of(p)
		if r == nil || r.none() {
			continue
		}
		able := slices.DeleteFunc(slices.Clone(actions), func(action string) bool { return aliasEdit(action) && !k.onAliases(one, action) })
		if len(able) == 0 {
			continue
		}
		g.add(one, r, able, func(see func(*Policy, *statement, set)) {
			for _, policy := range one.identity {
				if policy == nil || policy.allows&serviceKMS == 0 {
					continue
				}
				for i := range policy.statements {
					if st := &policy.statements[i]; st.kms&c.set != 0 && !st.deny && !st.hasPrincipal {
						see(policy, st, st.keysOf(k.sorted, k.whole, k.covers))
					}
				}
			}
		})
	}
}

// keysOf are the keys that the resources of a statement may cover.
func (s *statement) keysOf(sorted *sorter, whole set, met map[string]set) set {
	if len(s.resources) == 1 && s.resources[0].any && !s.notResource {
		return whole
	}
	all := newSet(len(sorted.keys))
	for i := range s.resources {
		r := &s.resources[i]
		if r.any {
			all = slices.Clone(whole)
			break
		}
		if s.notResource && r.hasVariables() {
			continue // what it leaves out depends on who asks
		}
		one := met[r.text]
		if one == nil {
			one = newSet(len(sorted.keys))
			if k, found := sorted.number[r.text]; found && r.exact() {
				one.add(k)
			} else if !r.exact() {
				for _, k := range sorted.covered(r) {
					one.add(k)
				}
			}
			met[r.text] = one
		}
		all.join(one)
	}
	if s.notResource {
		left := slices.Clone(whole)
		left.less(all)
		return left
	}
	return all
}

// aliasQueries ask for the actions on aliases, in each Region.
func (k *keyPowers) aliasQueries() map[string][]query {
	a := k.account
	asked := map[string][]query{}
	for _, action := range keyActions() {
		for _, region := range a.regions() {
			if aliasEdit(action) {
				asked[action] = append(asked[action], query{
					action: strings.ToLower(action), open: true, chosen: true, stance: MustNotBeAble, fixed: k.with, owner: a, from: a,
					resource: "arn:" + a.s.Account.Partition + ":kms:" + region + ":" + a.id + ":alias/", resources: a.ownFacts(region),
				})
			}
		}
	}
	return asked
}

// onAliases reports whether somebody may perform an action on some alias (M8).
func (k *keyPowers) onAliases(one *actor, action string) bool {
	for _, x := range k.aliases[action] {
		x.one = one
		x.own(k.account)
		if !k.account.verdict(&x).Denied() {
			return true
		}
	}
	return false
}
