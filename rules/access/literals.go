package access

import (
	"slices"
	"strconv"
	"strings"
)

// literals numbers the open tests of a decision. Tests that are always true
// together, or never, have one number (U4).
type literals struct {
	// byValue takes a test of several values apart: any of them may match.
	byValue  bool
	numbers  map[string]int
	tests    []Test // the first of each number
	meanings []meaning
	uses     int
}

// of is the formula for a test.
func (l *literals) of(t *Test) node {
	m := meaningOf(t)
	if !l.byValue || !m.anyValue() {
		return l.leaf(t, m)
	}
	some := anyOf()
	values := m.values
	for i := range values {
		one := m
		one.negated, one.values = false, values[i:i+1]
		some.kids = append(some.kids, l.leaf(t, one))
	}
	if m.negated {
		return some.opposite()
	}
	return some
}

func (l *literals) leaf(t *Test, m meaning) node {
	name := m.name()
	number, known := l.numbers[name]
	if !known {
		if l.numbers == nil {
			l.numbers = map[string]int{}
		}
		number = len(l.tests)
		l.numbers[name] = number
		l.tests, l.meanings = append(l.tests, *t), append(l.meanings, m)
	}
	l.uses++
	return node{kind: isLeaf, leaf: number, negated: m.negated}
}

// meaning is what a test asks, in one form for a test and its opposite, which
// differ in negated.
type meaning struct {
	key      string
	kind     operatorKind
	compare  comparison
	set      setKind
	ifExists bool
	values   []string // sorted
	negated  bool
}

func meaningOf(t *Test) meaning {
	operator := parseOperator(t.Operator)
	plural := operator.set == setNone && operator.kind != opNull && multivalued(strings.ToLower(t.Key))
	single := operator.set == setAny && operator.ifExists && operator.negated
	if plural || single || operator.kind == opUnknown || slices.ContainsFunc(t.Values, func(v string) bool { return strings.Contains(v, "${") }) {
		// A Resource, a Principal; variables, which count in some documents only; a
		// plain operator on a multivalued key, which is never true (C21), nor is its
		// opposite; an operator without an opposite. It means the same in its statement
		// alone.
		ref := &t.Statement
		return meaning{key: strings.Join([]string{
			t.Key, t.Operator, string(ref.Layer), ref.Policy, ref.Pointer, strconv.Itoa(ref.Index), ref.Identity,
		}, "\x00"), values: t.Values}
	}
	m := meaning{
		key: strings.ToLower(t.Key), kind: operator.kind, compare: operator.compare, set: operator.set, ifExists: operator.ifExists,
		negated: opposite(&operator, t),
	}
	switch {
	case m.kind == opNull:
		return m
	case m.negated && m.set == setNone:
		m.ifExists = false // true when the key is missing, with IfExists or without
	case m.negated && m.set == setAll:
		m.set, m.ifExists = setAny, false
	case m.negated && m.set == setAny:
		m.set = setAll
	case m.set == setAll:
		m.ifExists = false // likewise
	}
	m.values = slices.Compact(slices.Sorted(slices.Values(t.Values)))
	return m
}

// anyValue reports tests that hold if they do for one of the values alone.
func (m *meaning) anyValue() bool { return m.kind != opUnknown && m.set != setAll && len(m.values) > 1 }

func (m *meaning) name() string {
	return strings.Join(append([]string{
		m.key, strconv.Itoa(int(m.kind)), strconv.Itoa(int(m.compare)), strconv.Itoa(int(m.set)), strconv.FormatBool(m.ifExists),
	}, m.values...), "\x00")
}

// opposite reports tests that stand for the opposite of a positive one: a negated
// operator holds just when the positive one does not, over all values or any (C3,
// C21).
func opposite(o *operator, t *Test) bool {
	if o.kind == opNull {
		return len(t.Values) > 0 && !slices.ContainsFunc(t.Values, func(v string) bool { return strings.EqualFold(v, "true") })
	}
	return o.negated
}
