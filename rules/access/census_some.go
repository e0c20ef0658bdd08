package access

import (
	"slices"
)

// Some lists the first few, by ARN, of the principals that pick takes among those
// who have the action on a key by one of the verdicts.
func (c *Census) Some(keyARN string, n int, pick func(Principal) bool, verdicts ...Verdict) []string {
	k, found := c.number[keyARN]
	if !found || c.set == 0 || n < 1 || c.keyClass[k] < 0 {
		return nil
	}
	var first []int
	add := func(p int) (more bool) {
		if len(first) == n && p > first[n-1] {
			return false
		}
		if pick(c.people[p].Principal) {
			at, _ := slices.BinarySearch(first, p)
			if first = slices.Insert(first, at, p); len(first) > n {
				first = first[:n]
			}
		}
		return true
	}
	for p, v := range c.pairs[k].all() {
		if v > 0 && slices.Contains(verdicts, v.verdict()) {
			add(p)
		}
	}
	for class, v := range c.dense[c.keyClass[k]] {
		if v == 0 || !slices.Contains(verdicts, v.verdict()) {
			continue
		}
		for _, p := range c.members[class] { // in order
			if _, paired := c.pairs[k].of(p); !paired && !add(p) {
				break
			}
		}
	}
	list := make([]string, 0, len(first))
	for _, p := range first {
		list = append(list, c.people[p].ARN)
	}
	return list
}

// NamedIn lists the principals whom the Allows of a key's policy name, in its
// order.
func (a *Account) NamedIn(keyARN string) []Principal {
	k := a.keys[keyARN]
	if k == nil || k.policy == nil || k.policy.doc == nil {
		return nil
	}
	var list []Principal
	for i := range k.policy.statements {
		s := &k.policy.statements[i]
		if s.deny || s.notPrincipal {
			continue
		}
		for _, n := range s.principals {
			one := a.subjects[a.canonical(n.text)]
			if one == nil {
				one = a.byID[n.text]
			}
			if one != nil && !slices.Contains(list, one.Principal) {
				list = append(list, one.Principal)
			}
		}
	}
	return list
}
