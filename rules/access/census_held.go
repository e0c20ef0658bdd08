package access

import (
	"iter"
	"slices"
)

// Holdings is a census asked the other way round, for some principals: which keys they
// have the action on.
type Holdings struct {
	census *Census
	near   map[int][]int // by person: keys that the two were looked at for, in order
	wide   []bool        // by class of people: some class of keys does not deny it
}

// Holdings prepares to ask for those principals, in one walk over the census.
func (c *Census) Holdings(principals []string) *Holdings {
	h := &Holdings{census: c, near: make(map[int][]int, len(principals)), wide: make([]bool, len(c.members))}
	if c.set == 0 {
		return h
	}
	for _, principal := range principals {
		if p, known := c.index[principal]; known {
			h.near[p] = nil
		}
	}
	for k := range c.pairs {
		for _, p := range c.pairs[k].people {
			if keys, asked := h.near[p]; asked {
				h.near[p] = append(keys, k)
			}
		}
	}
	for _, row := range c.dense {
		for class, v := range row {
			h.wide[class] = h.wide[class] || v > 0
		}
	}
	return h
}

// Of yields the keys on which one of the principals is not denied the action, by ARN,
// with what Census.Of says of them.
func (h *Holdings) Of(principal string) iter.Seq2[string, Verdict] {
	return func(yield func(string, Verdict) bool) {
		c := h.census
		p, known := c.index[principal]
		if !known || c.set == 0 {
			return
		}
		class := c.class[p]
		if class < 0 || !h.wide[class] {
			for _, k := range h.near[p] {
				if v, _ := c.pairs[k].of(p); c.keyClass[k] >= 0 && v > 0 && !yield(c.keys[k].at.ARN, v.verdict()) {
					return
				}
			}
			return
		}
		for k, of := range c.keyClass {
			if of < 0 {
				continue
			}
			v := c.dense[of][class]
			if _, paired := slices.BinarySearch(h.near[p], k); paired {
				v, _ = c.pairs[k].of(p)
			}
			if v > 0 && !yield(c.keys[k].at.ARN, v.verdict()) {
				return
			}
		}
	}
}
