package access

import (
	"slices"
	"strconv"
	"strings"
)

type nodeKind uint8

const (
	isLeaf nodeKind = iota
	isAll           // without kids: true
	isAny           // without kids: false
)

// node is a formula over numbered literals.
type node struct {
	kind    nodeKind
	leaf    int
	negated bool
	kids    []node
}

func all(kids ...node) node { return node{kind: isAll, kids: kids} }

func anyOf(kids ...node) node { return node{kind: isAny, kids: kids} }

func (n node) constant(kind nodeKind) bool { return n.kind == kind && len(n.kids) == 0 }

// opposite is the formula that is true just when this one is not.
func (n node) opposite() node {
	if n.kind == isLeaf {
		n.negated = !n.negated
		return n
	}
	out := node{kind: isAll + isAny - n.kind}
	for _, kid := range n.kids {
		out.kids = append(out.kids, kid.opposite())
	}
	return out
}

// under is the truth of the formula where bit i of world says whether literal i
// holds.
func (n *node) under(world uint) bool {
	if n.kind == isLeaf {
		return (world>>n.leaf&1 == 1) != n.negated
	}
	for i := range n.kids {
		if n.kids[i].under(world) != (n.kind == isAll) {
			return n.kind == isAny
		}
	}
	return n.kind == isAll
}

// reduced is the same formula, shorter: what is true or false anyway is gone, what
// is said twice is said once, and what follows from the rest is left out
// (absorption: a or (a and b) is a).
func (n node) reduced() node {
	if n.kind == isLeaf {
		return n
	}
	other := isAll + isAny - n.kind
	var kids []node
	for _, kid := range n.kids {
		kid = kid.reduced()
		switch {
		case kid.constant(other):
			return node{kind: other} // false in all of them, true in any
		case kid.kind == n.kind:
			kids = append(kids, kid.kids...)
		default:
			kids = append(kids, kid)
		}
	}
	kids = absorbed(kids)
	for i, kid := range kids {
		if kid.kind == isLeaf && slices.ContainsFunc(kids[:i], func(k node) bool {
			return k.kind == isLeaf && k.leaf == kid.leaf && k.negated != kid.negated
		}) {
			return node{kind: other} // a and not a, a or not a
		}
	}
	if changed := resolveKids(kids); changed {
		return node{kind: n.kind, kids: kids}.reduced()
	}
	if len(kids) == 1 {
		return kids[0]
	}
	return node{kind: n.kind, kids: kids}
}

// resolveKids takes out of compound kids what a leaf beside them contradicts: in a
// and (not a or b), only b is left of the second.
func resolveKids(kids []node) (changed bool) {
	for _, leaf := range kids {
		if leaf.kind != isLeaf {
			continue
		}
		for i := range kids {
			if kids[i].kind == isLeaf {
				continue
			}
			rest := slices.DeleteFunc(slices.Clone(kids[i].kids), func(k node) bool {
				return k.kind == isLeaf && k.leaf == leaf.leaf && k.negated != leaf.negated
			})
			if len(rest) < len(kids[i].kids) {
				kids[i].kids = rest
				changed = true
			}
		}
	}
	return changed
}

// absorbed leaves out kids whose parts include all parts of another one.
func absorbed(kids []node) []node {
	parts := make([][]string, len(kids))
	for i := range kids {
		parts[i] = kids[i].parts()
	}
	var out []node
	for i := range kids {
		if !slices.ContainsFunc(parts, func(other []string) bool {
			return len(other) < len(parts[i]) && includes(parts[i], other)
		}) && !slices.ContainsFunc(parts[:i], func(earlier []string) bool { return slices.Equal(earlier, parts[i]) }) {
			out = append(out, kids[i])
		}
	}
	return out
}

func includes(list, part []string) bool {
	return !slices.ContainsFunc(part, func(s string) bool { return !slices.Contains(list, s) })
}

// parts are the names of a kid's own kids, or its own, sorted.
func (n *node) parts() []string {
	if n.kind == isLeaf {
		return []string{n.name()}
	}
	names := make([]string, len(n.kids))
	for i := range n.kids {
		names[i] = n.kids[i].name()
	}
	slices.Sort(names)
	return names
}

func (n *node) name() string {
	switch {
	case n.kind == isLeaf && n.negated:
		return "-" + strconv.Itoa(n.leaf)
	case n.kind == isLeaf:
		return "+" + strconv.Itoa(n.leaf)
	}
	return strconv.Itoa(int(n.kind)) + "(" + strings.Join(n.parts(), " ") + ")"
}

// leaves calls found for each leaf.
func (n *node) leaves(found func(leaf *node)) {
	if n.kind == isLeaf {
		found(n)
	}
	for i := range n.kids {
		n.kids[i].leaves(found)
	}
}
