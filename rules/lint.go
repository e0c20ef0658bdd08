package rules

import (
	"fmt"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// lint refuses in the source of a rule what would keep the engine from seeing
// which readings it reads, and what is true of a reading that is not there.
func lint(module *ast.Module) []error {
	var problems []error
	for _, rule := range module.Rules {
		l := &linter{collections: facts.Readings(), owner: map[ast.Var]string{}}
		l.declarations(rule)
		l.visit(rule)
		problems = append(problems, l.problems...)
	}
	return problems
}

type linter struct {
	collections map[string][]string
	owner       map[ast.Var]string // variable that ranges over resources → their collection
	problems    []error
}

func (l *linter) wrong(at *ast.Location, format string, values ...any) {
	l.problems = append(l.problems, fmt.Errorf("%s: "+format, append([]any{at}, values...)...))
}

// declarations finds the variables of some k in input.keys and k := input.keys[_].
func (l *linter) declarations(rule *ast.Rule) {
	ast.WalkExprs(rule, func(e *ast.Expr) bool {
		if some, ok := e.Terms.(*ast.SomeDecl); ok {
			for _, symbol := range some.Symbols {
				if call, ok := symbol.Value.(ast.Call); ok && len(call) > 2 {
					l.ranges(call[len(call)-2], call[len(call)-1], 2)
				}
			}
		}
		if e.IsAssignment() || e.IsEquality() {
			l.ranges(e.Operand(0), e.Operand(1), 3)
			l.ranges(e.Operand(1), e.Operand(0), 3)
		}
		return false
	})
}

// ranges notes that a variable stands for the resources of a reference.
func (l *linter) ranges(variable, over *ast.Term, length int) bool {
	v, isVar := variable.Value.(ast.Var)
	ref, isRef := over.Value.(ast.Ref)
	if !isVar || !isRef || len(ref) != length || l.collectionOf(ref) == "" {
		return false
	}
	l.owner[v] = l.collectionOf(ref)
	return true
}

func (l *linter) collectionOf(ref ast.Ref) string {
	u := usage{collections: l.collections}
	return u.collectionOf(ref)
}

// visit looks at everything but the declarations.
func (l *linter) visit(node any) {
	ast.NewGenericVisitor(func(x any) bool {
		switch x := x.(type) {
		case *ast.SomeDecl, *ast.Head:
			if head, ok := x.(*ast.Head); ok {
				for _, t := range []*ast.Term{head.Key, head.Value} {
					if t != nil {
						l.visit(t)
					}
				}
			}
			return true
		case *ast.Every:
			if ref, ok := x.Domain.Value.(ast.Ref); ok && l.collectionOf(ref) != "" {
				l.wrong(x.Location, "every over %s hides what is read of it: say with some and not what must not be", ref)
			}
		case *ast.Expr:
			return l.expr(x)
		case *ast.Term:
			return l.term(x)
		}
		return false
	}).Walk(node)
}

// expr reports whether the expression is done with.
func (l *linter) expr(e *ast.Expr) bool {
	if e.Negated {
		l.negated(e)
	}
	if e.IsAssignment() || e.IsEquality() {
		return l.ranges(e.Operand(0), e.Operand(1), 3) || l.ranges(e.Operand(1), e.Operand(0), 3)
	}
	if e.IsCall() && e.Operator().String() == "count" {
		ref, ok := e.Operand(0).Value.(ast.Ref)
		return ok && len(ref) == 2 && l.collectionOf(ref) != ""
	}
	return false
}

// term reports whether the term is done with.
func (l *linter) term(t *ast.Term) bool {
	switch v := t.Value.(type) {
	case ast.Call:
		if ref, ok := v[0].Value.(ast.Ref); ok && ref.String() == "count" && len(v) == 2 {
			of, ok := v[1].Value.(ast.Ref)
			return ok && len(of) == 2 && l.collectionOf(of) != ""
		}
	case ast.Ref:
		l.ref(t, v)
		for _, part := range v[1:] {
			l.visit(part)
		}
		return true
	case ast.Var:
		if l.owner[v] != "" {
			l.wrong(t.Location, "the resource %s is handed on as a whole: hand over the members that are meant, such as %s.place", v, v)
		}
	}
	return false
}

// ref refuses what names no member: what it reads is only known when it runs.
func (l *linter) ref(t *ast.Term, ref ast.Ref) {
	members := ast.Ref(nil)
	head, isVar := ref[0].Value.(ast.Var)
	switch kind := l.collectionOf(ref); {
	case isVar && l.owner[head] != "":
		members = ref[1:]
	case kind != "" && len(ref) < 4:
		l.wrong(t.Location, "%s is handed on as a whole: range over it with some", ref)
	case kind != "":
		members = ref[3:]
	case ref.HasPrefix(ast.InputRootRef) && (len(ref) == 1 || !isName(ref[1])):
		l.wrong(t.Location, "%s is input as a whole: name the member that is meant", ref)
	}
	if len(members) > 0 && (!isName(members[0]) || members[0].Value.Compare(ast.String("unread")) == 0 && (len(members) == 1 || !isName(members[1]))) {
		l.wrong(t.Location, "%s does not name the reading that it reads", ref)
	}
}

func isName(t *ast.Term) bool {
	_, ok := t.Value.(ast.String)
	return ok
}

// negated refuses not over a reading: over one that is not there it is true. Not
// over a call is not: its arguments are looked up outside of it.
func (l *linter) negated(e *ast.Expr) {
	if e.IsCall() && !slices.Contains([]string{"eq", "equal", "neq", "lt", "lte", "gt", "gte"}, e.Operator().String()) {
		return
	}
	ast.WalkRefs(e, func(ref ast.Ref) bool {
		head, isVar := ref[0].Value.(ast.Var)
		if !isVar || l.owner[head] == "" || len(ref) < 2 {
			return false
		}
		if name, ok := ref[1].Value.(ast.String); ok && slices.Contains(l.collections[l.owner[head]], string(name)) {
			l.wrong(e.Location, "not over the reading %s is true where it was not read: bind its value first, as in v := %s", ref, ref)
		}
		return false
	})
}
