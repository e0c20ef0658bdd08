package access

import (
	"fmt"
	"slices"
	"strings"
)

// Formula says what has to be so for an open request to be allowed (U5): a test
// that has to hold, or to fail; or formulas of which all, or any, have to be true.
type Formula struct {
	Test *Test `json:"test,omitzero"`
	// Fails says that the test must not hold: a Deny waits for it.
	Fails bool      `json:"fails,omitzero"`
	All   []Formula `json:"all,omitempty"`
	Any   []Formula `json:"any,omitempty"`
}

// String writes the formula on one line.
func (f *Formula) String() string {
	switch {
	case f == nil:
		return ""
	case f.Test != nil && f.Fails:
		return "not " + f.Test.String()
	case f.Test != nil:
		return f.Test.String()
	}
	list, word := f.All, " and "
	if f.Any != nil {
		list, word = f.Any, " or "
	}
	parts := make([]string, len(list))
	for i := range list {
		parts[i] = list[i].String()
		if list[i].Test == nil {
			parts[i] = "(" + parts[i] + ")"
		}
	}
	return strings.Join(parts, word)
}

// String writes the test as key, operator and values.
func (t *Test) String() string {
	text := t.Operator + " " + strings.Join(t.Values, " | ")
	if t.Key != t.Operator {
		text = t.Key + " " + text
	}
	return text
}

// formula turns a reduced node into what is shown.
func (l *literals) formula(n *node) Formula {
	switch n.kind {
	case isLeaf:
		test := l.tests[n.leaf]
		// A test stands for its opposite too: show it as a policy has it.
		if m := meaningOf(&test); m.negated {
			return Formula{Test: &test, Fails: !n.negated}
		}
		return Formula{Test: &test, Fails: n.negated}
	case isAll:
		return Formula{All: l.formulas(n.kids)}
	}
	return Formula{Any: l.formulas(n.kids)}
}

func (l *literals) formulas(kids []node) []Formula {
	list := make([]Formula, len(kids))
	for i := range kids {
		list[i] = l.formula(&kids[i])
	}
	return list
}

// canonical writes the formula in one way only, in which no order shows.
func (f *Formula) canonical() string {
	if t := f.Test; t != nil {
		values := slices.Compact(slices.Sorted(slices.Values(t.Values)))
		return fmt.Sprintf("%t %s %s %q", !f.Fails, strings.ToLower(t.Operator), strings.ToLower(t.Key), values)
	}
	var parts []string
	for _, kid := range slices.Concat(f.All, f.Any) {
		parts = append(parts, kid.canonical())
	}
	slices.Sort(parts)
	return fmt.Sprintf("any %t: (%s)", f.Any != nil, strings.Join(slices.Compact(parts), ", "))
}
