package rules

import (
	"slices"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// usage is what a compiled rule reads of the facts.
type usage struct {
	kinds    []string // collections, such as keys
	readings []string // readings that it reads, such as rotation
	unread   []string // names that it looks up in unread
	subjects string   // the words that define its subjects
	ofUnread bool     // its unknowns all come from the unread of a resource
	// whole says why the rule has to see the whole document at once, "" if it may
	// see one shard after the other.
	whole string

	// all says that it cannot be told which readings it reads.
	all bool

	collections map[string][]string // the readings of each collection
}

// needs tells whether the rule reads one of the collections, or of the readings that
// are named with theirs, such as monitoring.analyzers.
func (u *usage) needs(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		kind, reading, single := strings.Cut(name, ".")
		return slices.Contains(u.kinds, kind) && (!single || u.all || slices.Contains(u.readings, reading))
	})
}

// readsFacts tells whether a module reads a collection or all of input.
func readsFacts(module *ast.Module) bool {
	u := analyse(module, nil)
	return u.all || len(u.kinds) > 0
}

// analyse reads off a compiled module which collections, readings and unread
// names its rules refer to. A resource is followed from the variable that ranges
// over its collection; one that is handed to a function cannot be followed, and
// the contract test refuses that.
func analyse(module *ast.Module, published []string) usage {
	u := usage{collections: collections()}
	for _, rule := range module.Rules {
		owner := map[ast.Var]string{} // variable → its collection
		own := 0
		note := func(kind string) { u.kinds = add(u.kinds, kind) }
		ast.WalkExprs(rule, func(e *ast.Expr) bool {
			if !e.IsEquality() && !e.IsAssignment() {
				return false
			}
			for i := range 2 {
				left, right := e.Operand(i), e.Operand(1-i)
				variable, isVar := left.Value.(ast.Var)
				ref, isRef := right.Value.(ast.Ref)
				if isVar && isRef {
					if kind := u.collectionOf(ref); kind != "" && len(ref) == 3 {
						owner[variable] = kind
					}
				}
			}
			return false
		})
		ast.WalkRefs(rule, func(ref ast.Ref) bool {
			kind, rest := u.collectionOf(ref), ast.Ref(nil)
			switch head, isVar := ref[0].Value.(ast.Var); {
			case kind != "":
				note(kind)
				own++
				if len(ref) == 2 {
					u.whole, u.all = "it reads "+ref.String()+" as a whole", true
					return false
				}
				rest = ref[3:]
			case ref.HasPrefix(ast.InputRootRef):
				if len(ref) == 1 {
					u.whole, u.all = "it reads input as a whole", true
				}
				return false
			case isVar && owner[head] != "":
				kind, rest = owner[head], ref[1:]
			default:
				return false
			}
			u.look(u.collections[kind], rest)
			return false
		})
		if own > 1 {
			u.whole = "rule " + rule.Head.Name.String() + " reads collections more than once"
		}
		if own > 0 && !slices.Contains(published, string(rule.Head.Ref()[0].Value.(ast.Var))) {
			u.whole = "helper " + rule.Head.Ref().String() + " reads a collection"
		}
		if inner := u.nested(rule); inner != "" {
			u.whole = "a " + inner + " reads a collection"
		}
	}
	if len(u.kinds) > 1 {
		u.whole = "it reads " + strings.Join(u.kinds, " and ")
	}
	slices.Sort(u.kinds)
	slices.Sort(u.readings)
	slices.Sort(u.unread)
	return u
}

// look notes the reading that the rest of a reference goes through.
func (u *usage) look(readings []string, rest ast.Ref) {
	if len(rest) == 0 {
		return
	}
	name, ok := rest[0].Value.(ast.String)
	switch {
	case !ok:
	case slices.Contains(readings, string(name)):
		u.readings = add(u.readings, string(name))
	case name == "unread" && len(rest) > 1:
		if reading, ok := rest[1].Value.(ast.String); ok {
			u.unread = add(u.unread, string(reading))
		}
	}
}

// nested names the kind of inner body that reads a collection, if one does: an
// aggregate over a shard is not the aggregate over the whole.
func (u *usage) nested(rule *ast.Rule) string {
	found := ""
	inside := func(what string, node any) {
		ast.WalkRefs(node, func(ref ast.Ref) bool {
			if u.collectionOf(ref) != "" {
				found = what
			}
			return false
		})
	}
	ast.WalkTerms(rule, func(t *ast.Term) bool {
		switch t.Value.(type) {
		case *ast.ArrayComprehension, *ast.SetComprehension, *ast.ObjectComprehension:
			inside("comprehension", t.Value)
		}
		return false
	})
	ast.WalkExprs(rule, func(e *ast.Expr) bool {
		if every, ok := e.Terms.(*ast.Every); ok {
			inside("every", every)
		}
		if e.Negated {
			inside("not", e)
		}
		return false
	})
	return found
}

// collectionOf names the collection that a reference such as input.keys[i] goes
// into, or "".
func (u *usage) collectionOf(ref ast.Ref) string {
	if len(ref) < 2 || !ref.HasPrefix(ast.InputRootRef) {
		return ""
	}
	name, ok := ref[1].Value.(ast.String)
	if _, known := u.collections[string(name)]; !ok || !known {
		return ""
	}
	return string(name)
}

func add(list []string, name string) []string {
	if slices.Contains(list, name) {
		return list
	}
	return append(list, name)
}

// collections are the readings of each collection of the facts.
var collections = sync.OnceValue(facts.Readings)
