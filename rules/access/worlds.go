package access

import "strings"

// most literals that are tried in all ways; more are reduced only.
const mostTried = 12

// truth is yes or no if the formula is true, or false, in every world that can be.
func (l *literals) truth(n *node) tri {
	if !l.tied() {
		return maybe
	}
	if len(l.tests) > mostTried {
		switch short := n.reduced(); {
		case short.constant(isAll):
			return yes
		case short.constant(isAny):
			return no
		}
		return maybe
	}
	settled := l.consequences()
	seen := [2]bool{}
	for world := range uint(1) << len(l.tests) {
		if settled.allow(world) {
			if n.under(world) {
				seen[1] = true
			} else {
				seen[0] = true
			}
		}
		if seen[0] && seen[1] {
			return maybe
		}
	}
	return truth(seen[1])
}

// tied reports whether a literal stands twice, or two ask for one key. Else every
// literal can be true or false by itself, and so can the formula.
func (l *literals) tied() bool {
	if l.uses > len(l.tests) {
		return true
	}
	for i := range l.meanings {
		for j := range l.meanings[:i] {
			if l.meanings[i].key == l.meanings[j].key {
				return true
			}
		}
	}
	return false
}

// consequence says of a literal that, if it holds, others hold or do not.
type consequence struct{ holds, fails uint }

type consequences []consequence

func (c consequences) allow(world uint) bool {
	for i := range c {
		if world>>i&1 == 1 && (world&c[i].holds != c[i].holds || world&c[i].fails != 0) {
			return false
		}
	}
	return true
}

// consequences are those of literals that leave nothing open of their key: it has
// one value, or is missing.
func (l *literals) consequences() consequences {
	all := make(consequences, len(l.meanings))
	for i := range l.meanings {
		ctx, pinned := l.meanings[i].pins()
		if !pinned {
			continue
		}
		for j := range l.meanings {
			if l.meanings[j].key != l.meanings[i].key {
				continue
			}
			switch t := l.meanings[j].test(); t.eval(&ctx) {
			case yes:
				all[i].holds |= 1 << j
			case no:
				all[i].fails |= 1 << j
			case maybe:
			}
		}
	}
	return all
}

// pins is the context in which the test holds, if there is but one.
func (m *meaning) pins() (Context, bool) {
	ctx := NewContext()
	switch {
	case m.kind == opNull:
		return ctx, true
	case m.kind != opString || m.set != setNone || m.ifExists || len(m.values) != 1:
		return ctx, false
	}
	return ctx.With(m.key, m.values[0]), true
}

// test is the positive test of the meaning.
func (m *meaning) test() test {
	values := m.values
	if m.kind == opNull {
		values = []string{"true"}
	}
	return newTest(operator{kind: m.kind, compare: m.compare, set: m.set, ifExists: m.ifExists}, strings.ToLower(m.key), values, false)
}
