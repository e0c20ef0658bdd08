package rules

import (
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// spared is what a query need not ask of its rules, because it is known without.
type spared struct {
	// subjects are the rules whose subjects another rule of the query has, by id,
	// with the id of that other: the two define them with the same words.
	subjects map[string]string
	// unknown are the rules whose unknowns all come from the unread of a resource:
	// where no resource of a shard has any, they have none.
	unknown map[string]bool
}

// spare finds what need not be asked, from what was read off the compiled modules.
func spare(rules []*Rule, uses map[string]usage) spared {
	s := spared{subjects: map[string]string{}, unknown: map[string]bool{}}
	first := map[string]string{} // definition → the rule that has it
	for _, rule := range rules {
		u := uses[rule.ID]
		if other, twice := first[u.subjects]; twice {
			s.subjects[rule.ID] = other
		} else {
			first[u.subjects] = rule.ID
		}
		s.unknown[rule.ID] = u.ofUnread
	}
	return s
}

// definitions reads off a compiled module how its subjects are defined, and whether
// all its unknowns come from the unread of a resource.
func definitions(module *ast.Module) (subjects string, unread bool) {
	var all []string
	unread = true
	for _, r := range module.Rules {
		switch r.Head.Ref()[0].String() {
		case "subjects":
			all = append(all, unnumbered(r.String()))
		case "unknown":
			unread = unread && ofUnread(r)
		}
	}
	return strings.Join(all, "; "), unread
}

// asks tells whether a set of a rule has to be asked for; settled says that nothing
// of the shard is unread.
func (s spared) asks(rule *Rule, set string, settled bool) bool {
	switch set {
	case "subjects":
		return s.subjects[rule.ID] == ""
	case "unknown":
		return !settled || !s.unknown[rule.ID]
	}
	return true
}

// ofUnread tells whether a compiled rule can hold only where a resource that ranges
// over a collection has something unread: an expression that has to hold refers to
// unread.NAME of it, and is undefined otherwise.
func ofUnread(rule *ast.Rule) bool {
	u := usage{collections: collections()}
	resources := map[ast.Var]bool{}
	for _, e := range rule.Body {
		if len(e.With) > 0 {
			return false // which may put anything in the place of input
		}
		if e.Negated || !e.IsEquality() {
			continue
		}
		for i := range 2 {
			variable, isVar := e.Operand(i).Value.(ast.Var)
			ref, isRef := e.Operand(1 - i).Value.(ast.Ref)
			if isVar && isRef && len(ref) == 3 && u.collectionOf(ref) != "" {
				resources[variable] = true
			}
		}
	}
	for _, e := range rule.Body {
		if e.Negated || !e.IsEquality() {
			continue
		}
		for i := range 2 {
			if ref, isRef := e.Operand(i).Value.(ast.Ref); isRef && isUnread(ref, resources) {
				return true
			}
		}
	}
	return false
}

// isUnread tells whether a reference goes to unread.NAME of one of the resources.
func isUnread(ref ast.Ref, resources map[ast.Var]bool) bool {
	variable, isVar := ref[0].Value.(ast.Var)
	if !isVar || !resources[variable] || len(ref) < 3 {
		return false
	}
	member, _ := ref[1].Value.(ast.String)
	_, named := ref[2].Value.(ast.String)
	return member == "unread" && named
}

// unnumbered gives the variables that the compiler named the numbers that they have
// in their own rule.
func unnumbered(text string) string {
	const before, after = "__local", "__"
	var out strings.Builder
	numbers := map[string]int{}
	for {
		head, tail, found := strings.Cut(text, before)
		out.WriteString(head)
		if !found {
			return out.String()
		}
		number, rest, _ := strings.Cut(tail, after)
		if _, known := numbers[number]; !known {
			numbers[number] = len(numbers)
		}
		out.WriteString(before + strconv.Itoa(numbers[number]) + after)
		text = rest
	}
}
