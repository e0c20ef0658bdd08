package access

import (
	"iter"
	"slices"
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

// decidePairs decides the pairs of every key.
func (c *Census) decidePairs(s *sorter) {
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
		for i, p := range people {
			if one := c.people[p]; (lets || s.counts(one)) && doors.open(one, c.account.id) {
				c.pairs[k].verdicts[i] = c.grade(one, key)
			}
		}
	}
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
