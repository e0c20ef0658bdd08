package access

import (
	little "encoding/binary"
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
	own := &Census{account: a, spread: pairsPer}
	own.list(keys)
	return a.usesOf(own, keys, actions, stance, few, aside)
}

// usesOf is Uses of the keys of a census.
func (a *Account) usesOf(own *Census, keys, actions []string, stance Stance, few int, aside func(Principal) (all bool, on []string)) Uses {
	u := &usage{
		account: a, stance: stance, few: few, aside: aside, arns: keys, none: newSet(len(keys)), by: map[Verdict]*gatherer{},
	}
	for _, v := range usageVerdicts() {
		u.by[v] = newGatherer(keys, func(Principal) bool { return false })
		u.by[v].decide, u.by[v].policies = u.decide, true
	}
	u.numbers = own.number
	u.covers = newKeyCovers(own)
	u.shared, u.alone, u.depends, u.key = newSet(len(keys)), newSet(len(keys)), newSet(len(keys)), newSet(len(keys))
	classes := a.powerClasses(actions)
	for range classes {
		u.rests = append(u.rests, newSet(len(keys)))
	}
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
	// Of the person who is looked at.
	now                         reached // by one verdict
	rests                       []set   // by class
	shared, alone, depends, key set
	text                        []byte
}

// usageClass is what people can do with one class of actions.
type usageClass struct {
	census  *Census
	actions []string
	reached []*reached    // by person, without what is aside; nil for those who can do nothing
	own     map[int][]int // keys, by person, where its reach is not that of its class
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
	class.own = map[int][]int{}
	part := func(p, i int) *reached {
		class.own[p] = append(class.own[p], i)
		if len(class.own[p]) == 1 {
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
				part(p, i).put(i, v)
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
				part(p, i).put(i, 0)
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
	groups := usageGroups{}
	for p, one := range u.classes[0].census.people {
		alone, unsure := u.left(p, one, wide)
		if unsure != nil {
			found.Unsure = append(found.Unsure, *unsure)
		}
		all := u.shared
		clear(all)
		for _, rest := range u.rests {
			all.join(rest)
		}
		for i := range all.all() {
			if alone.has(i) {
				found.Others[u.arns[i]] = append(found.Others[u.arns[i]], one.ARN)
			}
		}
		switch all.less(alone); {
		case all.first() < 0:
		case alone.first() < 0:
			groups.add(u.kinds(p, -1), all, one.ARN)
		default: // like others on some keys
			for i := range all.all() {
				clear(u.key)
				u.key.add(i)
				groups.add(u.kinds(p, i), u.key, one.ARN)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(groups)) {
		for i := range groups[id].on.all() {
			found.Alike[u.arns[i]] = append(found.Alike[u.arns[i]], groups[id].people)
		}
	}
	return found
}

// usageGroups are people who can use the same keys, alike, by an id of how.
type usageGroups map[string]*usageGroup

type usageGroup struct {
	on     set
	people Alike
}

func (g usageGroups) add(id []byte, on set, arn string) {
	group := g[string(id)]
	if group == nil {
		group = &usageGroup{on: slices.Clone(on)}
		g[string(id)] = group
	}
	group.people = append(group.people, arn)
}

// kinds is equal for people who are alike in what is left of them: of key i, or of
// all keys where i is negative.
func (u *usage) kinds(p, i int) []byte {
	u.text = little.AppendVarint(u.text[:0], int64(i))
	for n, class := range u.classes {
		u.text = little.AppendVarint(u.text, int64(class.census.class[p]))
		if class.reached[p] == nil {
			u.text = append(u.text, '-')
			continue
		}
		if u.text = append(u.text, '+'); i >= 0 {
			u.text = strconv.AppendBool(u.text, u.rests[n].has(i))
			continue
		}
		for _, word := range u.rests[n] {
			u.text = little.LittleEndian.AppendUint64(u.text, word)
		}
	}
	return u.text
}

// left puts into rests what no wide policy tells of what a person can use, by class.
// Where it is alone it is like nobody else: a policy of its own gives it the key, or
// what the key's does is by its name. Both hold until the next is asked for.
func (u *usage) left(p int, one *actor, wide map[Verdict]map[string]bool) (alone set, unsure *Unsure) {
	alone = u.alone
	clear(alone)
	for n, class := range u.classes {
		rest, r := u.rests[n], class.reached[p]
		clear(rest)
		if r == nil {
			continue
		}
		depends := u.depends
		copy(rest, r.allowed)
		copy(depends, r.depends)
		u.gives(class, one, func(policy *Policy, _ *statement, on set) {
			if wide[Allowed][policy.pointer] {
				rest.less(on)
			}
			if wide[Depends][policy.pointer] {
				depends.less(on)
			}
		})
		if rest.join(depends); rest.first() >= 0 {
			u.gives(class, one, func(_ *Policy, _ *statement, on set) {
				copy(depends, rest)
				depends.limit(on)
				alone.join(depends)
			})
		}
		if class.census.class[p] < 0 || r.unknown.first() >= 0 {
			alone.join(u.covers.whole)
		}
		for _, i := range class.own[p] {
			alone.add(i)
		}
		switch {
		case r.unknown.count() <= u.few:
			rest.join(r.unknown)
		case unsure == nil:
			unsure = &Unsure{Principal: one.ARN, Unread: u.decide(one, class.actions[0], r.unknown.first()).Unread}
		}
	}
	return alone, unsure
}
