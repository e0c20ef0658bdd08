package access

import (
	"iter"
	"math/bits"
	"slices"
)

// Things are keys or buckets. A set of them is small where many are in many.
type Things struct {
	arns []string // sorted: all that there are
	in   some
}

// Count counts them.
func (t Things) Count() int { return t.in.count() }

// First are the ARNs of the first n, sorted; less if there are less.
func (t Things) First(n int) []string {
	var list []string
	for i := range t.in.all() {
		if len(list) == n {
			break
		}
		list = append(list, t.arns[i])
	}
	return list
}

// Add puts the others in; they have to come from one question, or t to be empty.
func (t *Things) Add(other Things) {
	t.arns = other.arns
	if other.in.many == nil {
		t.in.add(len(t.arns), other.in.few)
		return
	}
	t.in.spread(len(t.arns))
	t.in.many.join(other.in.many)
}

// some is a set of things, which are listed while they are few: many policies give
// somebody one key of thousands.
type some struct {
	few  []int // in order
	many set   // then there are none in few
}

// fewOf is how many of n are few: what is listed takes no more room than a set.
func fewOf(n int) int { return n / 64 }

// join adds a set of n things at most.
func (s *some) join(n int, other set) {
	if s.many == nil && len(s.few)+other.count() > fewOf(n) {
		s.spread(n)
	}
	if s.many != nil {
		s.many.join(other)
		return
	}
	for i := range other.all() {
		s.put(i)
	}
}

// add adds some of n things, in order.
func (s *some) add(n int, list []int) {
	if s.many == nil && len(s.few)+len(list) > fewOf(n) {
		s.spread(n)
	}
	for _, i := range list {
		if s.many != nil {
			s.many.add(i)
		} else {
			s.put(i)
		}
	}
}

func (s *some) put(i int) {
	if at, found := slices.BinarySearch(s.few, i); !found {
		s.few = slices.Insert(s.few, at, i)
	}
}

// spread makes a set of what was listed.
func (s *some) spread(n int) {
	if s.many != nil {
		return
	}
	s.many = newSet(n)
	for _, i := range s.few {
		s.many.add(i)
	}
	s.few = nil
}

func (s *some) count() int { return len(s.few) + s.many.count() }

// all yields what is in the set, in order.
func (s *some) all() iter.Seq[int] {
	if s.many != nil {
		return s.many.all()
	}
	return slices.Values(s.few)
}

// set is a set of keys or buckets, by number.
type set []uint64

func newSet(n int) set        { return make(set, (n+63)/64) }
func (s set) add(i int)       { s[i/64] |= 1 << (i % 64) }
func (s set) has(i int) bool  { return s[i/64]&(1<<(i%64)) != 0 }
func (s set) take(i int)      { s[i/64] &^= 1 << (i % 64) }
func (s set) less(other set)  { s.each(other, func(x, y uint64) uint64 { return x &^ y }) }
func (s set) join(other set)  { s.each(other, func(x, y uint64) uint64 { return x | y }) }
func (s set) limit(other set) { s.each(other, func(x, y uint64) uint64 { return x & y }) }

func (s set) each(other set, change func(x, y uint64) uint64) {
	for i := range s {
		s[i] = change(s[i], other[i])
	}
}

// all yields what is in the set, in order.
func (s set) all() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, word := range s {
			for ; word != 0; word &= word - 1 {
				if !yield(64*i + bits.TrailingZeros64(word)) {
					return
				}
			}
		}
	}
}

// first is the first of the set, -1 of an empty one.
func (s set) first() int {
	for i, word := range s {
		if word != 0 {
			return 64*i + bits.TrailingZeros64(word)
		}
	}
	return -1
}

func (s set) meets(other set) bool {
	for i := range s {
		if s[i]&other[i] != 0 {
			return true
		}
	}
	return false
}

func (s set) count() int {
	n := 0
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
}
