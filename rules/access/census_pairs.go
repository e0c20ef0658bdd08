package access

import (
	"iter"
	"slices"
	"strings"
)

// pairs are the people who make pairs with a key, in order, and the verdict of each.
type pairs struct {
	people   []int
	verdicts []verdict
}

// of is what the pair of the key and a person has, if they make one.
func (s *pairs) of(p int) (v verdict, paired bool) {
	if i, found := slices.BinarySearch(s.people, p); found {
		return s.verdicts[i], true
	}
	return 0, false
}

// all yields the people in order.
func (s *pairs) all() iter.Seq2[int, verdict] {
	return func(yield func(int, verdict) bool) {
		for i, p := range s.people {
			if !yield(p, s.verdicts[i]) {
				return
			}
		}
	}
}

// decidePairs decides the pairs of every key. What nothing tells from the action of an
// earlier census is as it is there.
func (c *Census) decidePairs(s *sorter, earlier []*Census) {
	count := 0
	for _, people := range s.near {
		count += len(people)
	}
	c.pairs = make([]pairs, len(c.keys))
	room := make([]verdict, count)
	for k, people := range s.near {
		if len(people) == 0 {
			continue
		}
		c.pairs[k], room = pairs{people, room[:len(people):len(people)]}, room[len(people):]
		if c.keyClass[k] < 0 {
			continue
		}
		key, doors := c.keys[k], s.doorsOf(k)
		doors.actions = c.set
		lets := s.lets(key)
		ofKey := parts(0)
		if len(earlier) > 0 {
			ofKey = s.partsOfKey(key)
		}
		for i, p := range people {
			if ofKey != 0 {
				if known := ofKey.like(s.partsOf(p), len(earlier)); known >= 0 {
					c.pairs[k].verdicts[i] = earlier[known].pairs[k].verdicts[i]
					continue
				}
			}
			if one := c.people[p]; (lets || s.counts(one)) && doors.open(one, c.account.id) {
				c.pairs[k].verdicts[i] = c.grade(one, key)
			}
		}
	}
}

// parts says which of the actions of censuses policies treat alike: a byte for each
// action, equal for those. It is 0 where there are too many.
type parts uint64

const (
	mostParts = 8
	partBits  = 8
)

// like is the first action before number i that is like it in both, -1 if none is.
func (a parts) like(b parts, i int) int {
	of := func(p parts, i int) parts { return p >> (partBits * i) & (1<<partBits - 1) }
	for j := 0; j < i && i < mostParts; j++ {
		if of(a, i) != 0 && of(a, i) == of(a, j) && of(b, i) != 0 && of(b, i) == of(b, j) {
			return j
		}
	}
	return -1
}

// parts divides the actions as the classes do.
func (s *sorter) parts(classes []actionSet) (p parts) {
	if len(s.asks) > mostParts {
		return 0
	}
	for i, one := range s.asks {
		for n, class := range classes {
			if class&one != 0 {
				p |= parts(n+1) << (partBits * i)
			}
		}
	}
	return p
}

// partsOfKey are those by what a key and the organization say, and by kind.
func (s *sorter) partsOfKey(k *key) parts {
	s.classes = append(s.classes[:0], s.set.classes(s.account.kinds)...)
	s.classes = splitBy(s.classes, []*Policy{k.policy})
	for _, st := range s.shared {
		s.classes = split(s.classes, st.kms)
	}
	for i := range k.grants {
		for _, operation := range k.grants[i].Operations {
			s.classes = split(s.classes, setOf("kms:"+strings.ToLower(operation)))
		}
	}
	return s.parts(s.classes)
}

// partsOf are those by what a person's own policies say.
func (s *sorter) partsOf(p int) parts {
	if s.byPerson == nil {
		s.byPerson = make([]parts, len(s.people))
	}
	if s.byPerson[p] == 0 {
		s.classes = splitBy(splitBy(append(s.classes[:0], s.set), s.people[p].identity), s.people[p].boundary)
		s.byPerson[p] = s.parts(s.classes)
	}
	return s.byPerson[p]
}

// doorsOf are the doors of a key, made when they are first asked for.
func (s *sorter) doorsOf(k int) *doors {
	if s.opens == nil {
		s.opens = make([]*doors, len(s.keys))
	}
	if s.opens[k] == nil {
		d := s.keys[k].doors(s.account.id)
		d.key, _ = splitARN(s.keys[k].at.ARN)
		s.opens[k] = &d
	}
	return s.opens[k]
}

// Refused are those, as in Principals, to whom a block gives a key that is denied to
// the single pair.
func (c *Census) Refused(keyARN string) []int {
	k, found := c.number[keyARN]
	if !found || c.set == 0 || c.keyClass[k] < 0 {
		return nil
	}
	var refused []int
	row := c.dense[c.keyClass[k]]
	for p, v := range c.pairs[k].all() {
		if class := c.class[p]; v == 0 && class >= 0 && row[class] > 0 {
			refused = append(refused, p)
		}
	}
	return refused
}
