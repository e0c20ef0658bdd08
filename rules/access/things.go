package access

import (
	"iter"
	"math/bits"
	"slices"
)

// Things are keys or buckets. A set of them is small where many are in many.
type Things struct {
	arns []string // sorted: all that there are
	in   set
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

// Join is both together; they have to come from one question, or one to be empty.
func (t Things) Join(other Things) Things {
	if t.arns == nil {
		return other
	}
	both := Things{t.arns, slices.Clone(t.in)}
	both.in.join(other.in)
	return both
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
