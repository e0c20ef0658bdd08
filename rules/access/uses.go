package access

import (
	"math/bits"
	"slices"
	"strings"
)

// Uses is who can use some keys, told by what gives it.
type Uses struct {
	// Wide are the policies that let their holders use many of the keys, each told
	// once for all of them: by statement and not by key, which would be as many as
	// policies times keys.
	Wide []Power
	// Unsure are those of whom it is not known whether they can use many of the keys.
	Unsure []Unsure
	// Others are the principals, by key and sorted, whom WhoCanAmong has to be asked
	// about: it tells what nothing of Wide and Unsure does.
	Others map[string][]string
}

// Uses finds who can perform any of the actions on each of the keys, which have to
// be of the account. Many keys are more than few. Of a principal aside says on
// which of the keys, or that on all, it is expected to.
func (a *Account) Uses(keys, actions []string, stance Stance, few int, aside func(Principal) (all bool, on []string)) Uses {
	u := &usage{
		account: a, stance: stance, few: few, aside: aside, numbers: map[string]int{},
		gatherer: gatherer{arns: keys, by: map[string]*gathered{}, aside: func(Principal) bool { return false }},
	}
	own := &Census{number: u.numbers}
	for i, arn := range keys {
		u.numbers[arn] = i
		own.keys = append(own.keys, a.keys[arn])
	}
	u.sorted = &sorter{Census: own, byID: byID(own.keys)}
	u.every = newSet(len(keys))
	for i := range keys {
		u.every.add(i)
	}
	var last *Census
	for _, class := range a.powerClasses(actions) {
		last = a.census(class[0], stance, nil, last)
		u.add(last, class)
	}
	return u.told()
}

// usage gathers uses. The keys are numbered by their place in arns.
type usage struct {
	gatherer
	account *Account
	stance  Stance
	few     int
	aside   func(Principal) (all bool, on []string)
	numbers map[string]int
	every   set
	sorted  *sorter
	covers  map[string]set
	classes []*usageClass
}

// usageClass is what people can do with one class of actions.
type usageClass struct {
	census  *Census
	actions []string
	reached []*reached // by person, without what is aside; nil for those who can do nothing
}

func (u *usage) add(c *Census, actions []string) {
	class := &usageClass{census: c, actions: actions, reached: make([]*reached, len(c.people))}
	u.classes = append(u.classes, class)
	u.decide = func(one *actor, action string, on int) Decision {
		x := query{one: one, action: action, resource: u.arns[on], stance: u.stance}
		u.account.find(&x)
		x.policies.Grants = readGrants(x.policies.Grants, one.Kind)
		return u.account.decide(&x)
	}
	class.reach(u)
	u.covers = map[string]set{}
	for p, one := range c.people {
		if r := class.reached[p]; r != nil {
			u.gatherer.add(one, r, actions, func(see func(*Policy, *statement, set)) { u.gives(class, one, see) })
		}
	}
}

// reach spreads the census over the people.
func (class *usageClass) reach(u *usage) {
	c := class.census
	dense := make([]*reached, len(c.members))
	for j := range c.members {
		r := newReached(len(u.arns))
		for i, arn := range u.arns {
			if kind := c.keyClass[c.number[arn]]; kind >= 0 {
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
	own := map[int]bool{} // whose reach is no longer that of their class
	part := func(p int) *reached {
		if !own[p] {
			own[p] = true
			if class.reached[p] == nil {
				class.reached[p] = newReached(len(u.arns))
			} else {
				class.reached[p] = class.reached[p].clone()
			}
		}
		return class.reached[p]
	}
	for i, arn := range u.arns {
		for p, v := range c.pairs[c.number[arn]] {
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
	for _, p := range one.identity {
		if p == nil || p.allows&serviceKMS == 0 {
			continue
		}
		for i := range p.statements {
			if st := &p.statements[i]; st.kms&class.census.set != 0 && !st.deny && !st.hasPrincipal {
				see(p, st, st.keysOf(u.sorted, u.every, u.covers))
			}
		}
	}
}

func (s set) count() int {
	n := 0
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
}

// told tells what was gathered.
func (u *usage) told() Uses {
	found := Uses{Others: map[string][]string{}}
	wide := map[string]bool{}
	for id, p := range u.by {
		if !p.Direct && p.on.count() > u.few {
			wide[id] = true
		} else {
			delete(u.by, id)
		}
	}
	found.Wide = u.powers().List
	unsure := map[string]bool{}
	for _, class := range u.classes {
		for p, one := range class.census.people {
			r := class.reached[p]
			if r == nil {
				continue
			}
			left := slices.Clone(r.allowed)
			left.join(r.depends)
			u.gives(class, one, func(p *Policy, _ *statement, on set) {
				if wide[p.pointer] {
					left.less(on)
				}
			})
			if r.unknown.count() <= u.few {
				left.join(r.unknown)
			} else if !unsure[one.ARN] {
				unsure[one.ARN] = true
				found.Unsure = append(found.Unsure, Unsure{Principal: one.ARN, Unread: u.decide(one, class.actions[0], r.unknown.first()).Unread})
			}
			for i, arn := range u.arns {
				if left.has(i) {
					found.Others[arn] = append(found.Others[arn], one.ARN)
				}
			}
		}
	}
	for arn, people := range found.Others {
		slices.Sort(people)
		found.Others[arn] = slices.Compact(people)
	}
	slices.SortFunc(found.Unsure, func(x, y Unsure) int { return strings.Compare(x.Principal, y.Principal) })
	return found
}
