package access

import (
	"iter"
	"maps"
	"slices"
	"strings"
)

// Census says of every key of an account who can perform one action on it.
//
// It is not worked out principal by key. Statements that name keys exactly, and
// key policies and grants that name principals, make single pairs, which are
// decided one by one. What is left of the policies sorts principals into classes
// that every key treats alike, and keys into classes that treat every principal
// alike; of each two classes one pair is decided. So it grows with the principals,
// the keys and the different policies, and not with principals times keys. It
// agrees with WhoCan.
type Census struct {
	account *Account
	stance  Stance
	set     actionSet
	action  string
	lower   string // its name in lower case
	with    *facts // that the request has besides, whoever makes it

	people  []*actor // by ARN
	index   map[string]int
	roll    *roll   // of people
	class   []int   // by person; -1 where only pairs count
	members [][]int // people by class
	models  []*actor
	allows  []actionSet // by class: what Allows on keys by a pattern are about

	keys     []*key // by ARN
	number   map[string]int
	keyClass []int
	patterns []*key      // a key of each class, with what its pairs leave of its policies
	dense    [][]verdict // by class of keys: verdicts by class of people
	pairs    []pairs     // by key; they go before classes
	unread   []UnreadRef
	decided  int // pairs of classes
	spread   int // bounds the pairs that a pattern makes, by the people and keys that it joins
}

// verdict is a Verdict, by its grade; 0 is a denial.
type verdict uint8

// Tally counts principals by verdict.
type Tally struct {
	Allowed int `json:"allowed"`
	Depends int `json:"depends"`
	Unknown int `json:"unknown"`
}

// Census takes the census of an action of KMS on keys; of other actions it is empty.
func (a *Account) Census(action string, stance Stance) *Census {
	return a.censuses([]string{action}, stance, nil, nil)[0]
}

// censuses takes a census of each action, on requests that have some facts besides.
// People and keys are sorted once, into classes that are alike for all of the actions;
// like is another census of the people and keys, or nil to ask about all of the account.
func (a *Account) censuses(actions []string, stance Stance, with *facts, like *Census) []*Census {
	whole := &Census{account: a, stance: stance, with: with, spread: pairsPer}
	for _, action := range actions {
		whole.set |= setOf(strings.ToLower(action))
	}
	if len(actions) == 1 {
		whole.action = actions[0]
	}
	if like != nil {
		whole.keys, whole.number, whole.people, whole.index, whole.roll, whole.spread = like.keys, like.number, like.people, like.index, like.roll, like.spread
	} else {
		whole.list(slices.Sorted(maps.Keys(a.keys)))
	}
	whole.keyClass, whole.class = make([]int, len(whole.keys)), make([]int, len(whole.people))
	var s *sorter
	if whole.set != 0 {
		whole.unread = a.unlistedKeys()
		s = newSorter(whole)
		s.sortPeople()
		s.sortKeys()
		for _, action := range actions {
			s.asks = append(s.asks, setOf(strings.ToLower(action)))
		}
		whole.unread = unique(whole.unread)
	}
	list := make([]*Census, len(actions))
	for i, action := range actions {
		c := *whole
		c.action, c.lower = action, strings.ToLower(action)
		c.set = setOf(c.lower)
		if c.set != 0 {
			c.decidePairs(s, list[:i])
			c.decideClasses(s)
		}
		list[i] = &c
	}
	return list
}

// list lists the people, and the keys that are asked about, by their sorted ARNs.
func (c *Census) list(arns []string) {
	c.number = make(map[string]int, len(arns))
	c.keys = make([]*key, len(arns))
	for i, arn := range arns {
		c.number[arn], c.keys[i] = i, c.account.keys[arn]
	}
	c.roll = c.account.listed()
	c.people, c.index = c.roll.people, c.roll.index
}

// grade decides a pair. The key and the person may be models of classes.
func (c *Census) grade(one *actor, k *key) verdict {
	x := query{one: one, action: c.lower, resource: k.at.ARN, stance: c.stance, fixed: c.with}
	c.account.find(&x)
	x.policies.Resource, x.policies.Grants = k.policy, readGrants(k.grants, one.Kind)
	return verdict(grade(c.account.verdict(&x)))
}

// Keys are the keys of the account, sorted by ARN.
func (c *Census) Keys() []string {
	list := make([]string, len(c.keys))
	for i, k := range c.keys {
		list[i] = k.at.ARN
	}
	return list
}

// Unread is what was not read and could add holders: keys whose policies or grants
// were not, and listings. Of a key whose policy was not read nobody is told.
func (c *Census) Unread() []UnreadRef { return c.unread }

// all yields the people who are not denied, in no order.
func (c *Census) all(k int) iter.Seq2[int, verdict] {
	return func(yield func(int, verdict) bool) {
		for p, v := range c.pairs[k].all() {
			if v > 0 && !yield(p, v) {
				return
			}
		}
		if c.keyClass[k] < 0 {
			return
		}
		for class, v := range c.dense[c.keyClass[k]] {
			if v == 0 {
				continue
			}
			for _, p := range c.members[class] {
				if _, paired := c.pairs[k].of(p); !paired && !yield(p, v) {
					return
				}
			}
		}
	}
}

// Holders are the principals who are not denied the action on a key, sorted by
// ARN, with Allowed, Depends or Unknown.
func (c *Census) Holders(keyARN string) iter.Seq2[Principal, Verdict] {
	return func(yield func(Principal, Verdict) bool) {
		k, found := c.number[keyARN]
		if !found || c.set == 0 {
			return
		}
		held := map[int]verdict{}
		for p, v := range c.all(k) {
			held[p] = v
		}
		for _, p := range slices.Sorted(maps.Keys(held)) {
			if !yield(c.people[p].Principal, held[p].verdict()) {
				return
			}
		}
	}
}

func (v verdict) verdict() Verdict {
	return [...]Verdict{ImplicitlyDenied, Unknown, Depends, Allowed}[v]
}

// Count counts the principals who are not denied the action on a key, without
// going through them.
func (c *Census) Count(keyARN string) Tally {
	var counts [4]int
	k, found := c.number[keyARN]
	if !found || c.set == 0 || c.keyClass[k] < 0 {
		return Tally{}
	}
	row := c.dense[c.keyClass[k]]
	for class, v := range row {
		counts[v] += len(c.members[class])
	}
	for p, v := range c.pairs[k].all() {
		if class := c.class[p]; class >= 0 {
			if of := row[class]; of > 0 {
				counts[of]--
			}
		}
		if v > 0 {
			counts[v]++
		}
	}
	return Tally{Allowed: counts[3], Depends: counts[2], Unknown: counts[1]}
}

// Of says what the census has of a principal and a key.
func (c *Census) Of(principal, keyARN string) Verdict {
	p, known := c.index[principal]
	k, found := c.number[keyARN]
	if !known || !found || c.set == 0 || c.keyClass[k] < 0 {
		return ImplicitlyDenied
	}
	if v, paired := c.pairs[k].of(p); paired {
		return v.verdict()
	}
	if c.class[p] < 0 {
		return ImplicitlyDenied
	}
	return c.dense[c.keyClass[k]][c.class[p]].verdict()
}

// Decisions counts the pairs that were decided: single ones, and those of classes.
func (c *Census) Decisions() int {
	n := c.decided
	for k := range c.pairs {
		n += len(c.pairs[k].people)
	}
	return n
}
