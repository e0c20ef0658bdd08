package access

import (
	"maps"
	"slices"
	"strconv"
)

// Uses is who can use some keys, told by what gives it.
type Uses struct {
	// Wide are the policies that let their holders use many of the keys, each told
	// once for all of them: not by key, which would be as many as policies times keys.
	// What holders can do for certain is one, and what they can under conditions is
	// another.
	Wide []Power
	// Unsure are those of whom it is not known whether they can use many of the keys.
	Unsure []Unsure
	// Others are the principals, by key and sorted, whom WhoCanAmong has to be asked
	// about: it tells what nothing of Wide and Unsure does.
	Others map[string][]string
	// Alike are further ones: what is true of one of them is true of all.
	Alike map[string][]Alike
}

// Alike are principals, by ARN, who can use a key alike, all by statements that are
// of none of them: those of the key and of the organization.
type Alike []string

// Uses finds who can perform any of the actions on each of the keys, which have to
// be of the account, and sorted. Many keys are more than few. Of a principal aside says on
// which of the keys, or that on all, it is expected to.
func (a *Account) Uses(keys, actions []string, stance Stance, few int, aside func(Principal) (all bool, on []string)) Uses {
	u := &usage{
		account: a, stance: stance, few: few, aside: aside, arns: keys, none: newSet(len(keys)), by: map[Verdict]*gatherer{},
	}
	for _, v := range usageVerdicts() {
		u.by[v] = newGatherer(keys, func(Principal) bool { return false })
		u.by[v].decide, u.by[v].policies = u.decide, true
	}
	own := &Census{account: a, spread: pairsPer}
	own.list(keys)
	u.numbers = own.number
	u.covers = newKeyCovers(own)
	classes := a.powerClasses(actions)
	for i, c := range a.censuses(firstOf(classes), stance, nil, own) {
		u.add(c, classes[i])
	}
	return u.told()
}

// usage gathers uses. The keys are numbered by their place in arns, and in every census.
type usage struct {
	account *Account
	arns    []string
	by      map[Verdict]*gatherer
	stance  Stance
	few     int
	aside   func(Principal) (all bool, on []string)
	numbers map[string]int
	none    set
	covers  *keyCovers
	classes []*usageClass
	now     reached // of the person who is looked at, by one verdict
}

// usageClass is what people can do with one class of actions.
type usageClass struct {
	census  *Census
	actions []string
	reached []*reached   // by person, without what is aside; nil for those who can do nothing
	own     map[int]bool // people whose reach is not that of their class
}

func (u *usage) add(c *Census, actions []string) {
	class := &usageClass{census: c, actions: actions, reached: make([]*reached, len(c.people))}
	u.classes = append(u.classes, class)
	class.reach(u)
	for p, one := range c.people {
		if r := class.reached[p]; r != nil {
			gives := func(see func(*Policy, *statement, set)) { u.gives(class, one, see) }
			u.now = reached{r.allowed, u.none, u.none}
			u.by[Allowed].add(one, &u.now, actions, gives)
			u.now = reached{u.none, r.depends, u.none}
			u.by[Depends].add(one, &u.now, actions, gives)
		}
	}
}

func (u *usage) decide(one *actor, action string, on int) Decision {
	return u.account.decideOnKey(query{one: one, action: action, resource: u.arns[on], stance: u.stance})
}

func usageVerdicts() []Verdict { return []Verdict{Allowed, Depends} }

// reach spreads the census over the people.
func (class *usageClass) reach(u *usage) {
	c := class.census
	dense := make([]*reached, len(c.members))
	for j := range c.members {
		r := newReached(len(u.arns))
		for i := range u.arns {
			if kind := c.keyClass[i]; kind >= 0 {
				r.put(i, c.dense[kind][j])
			}
		}
		dense[j] = r
	}
	for p, j := range c.class {
		if j >= 0 {
			class.reached[p] = dense[j]
		}
	}
	class.own = map[int]bool{}
	part := func(p int) *reached {
		if !class.own[p] {
			class.own[p] = true
			if class.reached[p] == nil {
				class.reached[p] = newReached(len(u.arns))
			} else {
				class.reached[p] = class.reached[p].clone()
			}
		}
		return class.reached[p]
	}
	for i := range u.arns {
		for p, v := range c.pairs[i].all() {
			if v > 0 || class.reached[p] != nil {
				part(p).put(i, v)
			}
		}
	}
	for p, one := range c.people {
		r := class.reached[p]
		if r == nil || r.none() {
			class.reached[p] = nil
			continue
		}
		all, on := u.aside(one.Principal)
		for _, arn := range on {
			if i, found := u.numbers[arn]; found {
				part(p).put(i, 0)
			}
		}
		if all || class.reached[p].none() {
			class.reached[p] = nil
		}
	}
}

func (r *reached) none() bool {
	return r.allowed.first() < 0 && r.depends.first() < 0 && r.unknown.first() < 0
}

// gives calls see for the person's statements that allow the actions of the class.
func (u *usage) gives(class *usageClass, one *actor, see func(*Policy, *statement, set)) {
	one.eachGiving(class.census.set, func(p *Policy, st *statement) { see(p, st, u.covers.of(st)) })
}

// told tells what was gathered.
func (u *usage) told() Uses {
	found := Uses{Others: map[string][]string{}, Alike: map[string][]Alike{}}
	wide := map[Verdict]map[string]bool{}
	for _, v := range usageVerdicts() {
		wide[v] = map[string]bool{}
		for id, p := range u.by[v].by {
			if p.on.count() > u.few {
				wide[v][id] = true
			} else {
				delete(u.by[v].by, id)
			}
		}
		found.Wide = append(found.Wide, u.by[v].powers().List...)
	}
	groups := map[string]*usageGroup{}
	for p, one := range u.classes[0].census.people {
		left, unsure, id := u.left(p, one, wide)
		if unsure != nil {
			found.Unsure = append(found.Unsure, *unsure)
		}
		if left.first() < 0 {
			continue
		}
		if id == "" {
			for i := range left.all() {
				found.Others[u.arns[i]] = append(found.Others[u.arns[i]], one.ARN)
			}
			continue
		}
		if groups[id] == nil {
			groups[id] = &usageGroup{on: left}
		}
		groups[id].people = append(groups[id].people, one.ARN)
	}
	for _, id := range slices.Sorted(maps.Keys(groups)) {
		for i := range groups[id].on.all() {
			found.Alike[u.arns[i]] = append(found.Alike[u.arns[i]], groups[id].people)
		}
	}
	return found
}

// usageGroup are people who can use the same keys, alike.
type usageGroup struct {
	on     set
	people Alike
}

// left is what no wide policy tells of what a person can use. The id is equal for
// people who are alike in that, and "" for one who is like nobody else.
func (u *usage) left(p int, one *actor, wide map[Verdict]map[string]bool) (left set, unsure *Unsure, id string) {
	left = newSet(len(u.arns))
	alone := false
	for _, class := range u.classes {
		kind := class.census.class[p]
		id += strconv.Itoa(kind) + " "
		r := class.reached[p]
		if r == nil {
			id += "- "
			continue
		}
		allowed, depends := slices.Clone(r.allowed), slices.Clone(r.depends)
		u.gives(class, one, func(policy *Policy, _ *statement, on set) {
			if wide[Allowed][policy.pointer] {
				allowed.less(on)
			}
			if wide[Depends][policy.pointer] {
				depends.less(on)
			}
		})
		rest := allowed
		if rest.join(depends); rest.first() >= 0 {
			u.gives(class, one, func(_ *Policy, _ *statement, on set) { alone = alone || rest.meets(on) })
		}
		alone = alone || kind < 0 || class.own[p] || r.unknown.first() >= 0
		switch {
		case r.unknown.count() <= u.few:
			rest.join(r.unknown)
		case unsure == nil:
			unsure = &Unsure{Principal: one.ARN, Unread: u.decide(one, class.actions[0], r.unknown.first()).Unread}
		}
		left.join(rest)
		for _, word := range rest {
			id += strconv.FormatUint(word, 16) + " "
		}
	}
	if alone {
		id = ""
	}
	return left, unsure, id
}
