package access

import (
	"slices"
	"strings"
)

// KeyPowers finds who can perform any of the actions of each kind on keys of the
// account that customers manage, by the policies that give it. Principals that
// aside takes are expected to. A request to create a grant is taken to be made for
// a call of one's own, not for a service, with a grantee whom no condition names
// (K13); actions on aliases need an alias besides (M8).
func (a *Account) KeyPowers(kinds [][]string, aside func(Principal) bool) []Powers {
	gatherers := make([]*gatherer, len(kinds))
	for i := range kinds {
		gatherers[i] = newGatherer(nil, aside)
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
	var covers *keyCovers
	for n, class := range classes {
		if covers == nil {
			covers = newKeyCovers(censuses[n])
		}
		k := a.keyPowers(censuses[n], covers)
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
	ours    set
	dense   []*reached    // by class of people
	pairs   [][]personKey // by person
	now     *reached      // of the person who is looked at
	covers  *keyCovers
	aliases map[string][]query
}

// personKey is a key that makes a pair with a person.
type personKey struct {
	key     int
	verdict verdict
}

func (a *Account) keyPowers(c *Census, covers *keyCovers) *keyPowers {
	k := &keyPowers{account: a, with: c.with, covers: covers, census: c}
	k.aliases = k.aliasQueries()
	k.ours, k.now = newSet(len(c.keys)), newReached(len(c.keys))
	kinds := make([]set, len(c.patterns))
	for i := range kinds {
		kinds[i] = newSet(len(c.keys))
	}
	for i, one := range c.keys {
		if !one.aws && c.keyClass[i] >= 0 {
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
	k.pairs = personKeys(c, k.ours)
	return k
}

// personKeys are the keys of a set that make a pair with each person, in order.
func personKeys(c *Census, of set) [][]personKey {
	counts, count := make([]int, len(c.people)), 0
	for i := range of.all() {
		for _, p := range c.pairs[i].people {
			counts[p]++
			count++
		}
	}
	by, room := make([][]personKey, len(c.people)), make([]personKey, count)
	for p, n := range counts {
		by[p], room = room[:0:n], room[n:]
	}
	for i := range of.all() {
		for p, v := range c.pairs[i].all() {
			by[p] = append(by[p], personKey{i, v})
		}
	}
	return by
}

// join puts the verdict on things that had none.
func (r *reached) join(on set, v verdict) {
	if of := r.of(v); of != nil {
		of.join(on)
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
		return a.decideOnKey(query{one: one, action: action, resource: g.arns[on], stance: MustNotBeAble, fixed: k.with})
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
			one.eachGiving(c.set, func(p *Policy, st *statement) { see(p, st, k.covers.of(st)) })
		})
	}
}

// decideOnKey decides a request as WhoCan does: grants that were not read, and those
// that stand for a service, are left out.
func (a *Account) decideOnKey(x query) Decision {
	a.find(&x)
	x.policies.Grants = readGrants(x.policies.Grants, x.one.Kind)
	return a.decide(&x)
}

// eachGiving calls see for the statements of the person's own policies that allow one
// of the actions.
func (one *actor) eachGiving(actions actionSet, see func(*Policy, *statement)) {
	for _, p := range one.identity {
		if p == nil || p.allows&serviceKMS == 0 {
			continue
		}
		for i := range p.statements {
			if st := &p.statements[i]; st.kms&actions != 0 && !st.deny && !st.hasPrincipal {
				see(p, st)
			}
		}
	}
}

// keyCovers finds the keys that the resources of statements may cover.
type keyCovers struct {
	sorted *sorter
	whole  set
	now    set              // that of tells
	met    map[string][]int // by pattern
}

// newKeyCovers looks among the keys of the census.
func newKeyCovers(c *Census) *keyCovers {
	k := &keyCovers{
		sorted: &sorter{Census: c, byID: byID(c.keys)}, whole: newSet(len(c.keys)), now: newSet(len(c.keys)), met: map[string][]int{},
	}
	for i := range c.keys {
		k.whole.add(i)
	}
	return k
}

// of are those of a statement; it holds until the next is asked about.
func (k *keyCovers) of(st *statement) set {
	if len(st.resources) == 1 && st.resources[0].any && !st.notResource {
		return k.whole
	}
	clear(k.now)
	for i := range st.resources {
		r := &st.resources[i]
		switch {
		case r.any:
			copy(k.now, k.whole)
		case st.notResource && r.hasVariables(): // what it leaves out depends on who asks
		case r.exact():
			if one, found := k.sorted.number[r.text]; found {
				k.now.add(one)
			}
		default:
			for _, one := range k.covered(r) {
				k.now.add(one)
			}
		}
	}
	if st.notResource {
		k.now.each(k.whole, func(x, y uint64) uint64 { return y &^ x })
	}
	return k.now
}

func (k *keyCovers) covered(r *arnPattern) []int {
	list, met := k.met[r.text]
	if !met {
		list = k.sorted.covered(r)
		k.met[r.text] = list
	}
	return list
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
