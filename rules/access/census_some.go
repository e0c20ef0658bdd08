package access

import (
	"slices"
)

// Some lists the first few, by ARN, of the principals that pick takes among those
// who are not denied the action on a key.
func (c *Census) Some(keyARN string, n int, pick func(Principal, Verdict) bool) []string {
	k, found := c.number[keyARN]
	if !found || c.set == 0 || n < 1 {
		return nil
	}
	var first []int
	for p, v := range c.all(k) {
		if len(first) == n && p > first[n-1] || !pick(c.people[p].Principal, v.verdict()) {
			continue
		}
		at, _ := slices.BinarySearch(first, p)
		if first = slices.Insert(first, at, p); len(first) > n {
			first = first[:n]
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
