package facts

import (
	"fmt"
	"reflect"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Value is the term of OPA that a fact stands for. It gives what encoding the
// fact as JSON and reading that with OPA would give, without the detour.
func Value(fact any) ast.Value { return NewTerms().Value(fact) }

// Terms makes terms of facts. It makes the terms that come again and again, such as
// the names of members, once. Not for concurrent use; the terms are, as all of OPA's.
type Terms struct {
	names       map[reflect.Type][]*ast.Term // of a struct's members, in its order
	words       map[string]*ast.Term
	yes, no     *ast.Term
	null        *ast.Term
	none, empty *ast.Term // list and object
	reasons     map[Unread]*ast.Term
	left        []ast.Term     // made together, to be used one by one
	members     [][2]*ast.Term // of the objects that are being made, inner ones last
}

// longestWord is how long a string can be that is worth remembering.
const longestWord = 20

// termsAtOnce is how many terms are made together.
const termsAtOnce = 256

// NewTerms returns a Terms that has made none.
func NewTerms() *Terms {
	return &Terms{
		names: map[reflect.Type][]*ast.Term{}, words: map[string]*ast.Term{}, reasons: map[Unread]*ast.Term{},
		yes: ast.NewTerm(ast.Boolean(true)), no: ast.NewTerm(ast.Boolean(false)), null: ast.NewTerm(ast.Null{}),
		none: ast.NewTerm(ast.NewArray()), empty: ast.NewTerm(ast.NewObject()),
	}
}

// Value is the function of that name.
func (t *Terms) Value(fact any) ast.Value { return t.of(reflect.ValueOf(fact)).Value }

// Rows is the list of some elements of a slice of facts, by index.
func (t *Terms) Rows(collection reflect.Value, rows []int) ast.Value {
	terms := make([]*ast.Term, len(rows))
	for i, row := range rows {
		terms[i] = t.of(collection.Index(row))
	}
	return ast.NewArray(terms...)
}

func (t *Terms) of(v reflect.Value) *ast.Term {
	switch v.Kind() {
	case reflect.String:
		return t.word(v.String())
	case reflect.Bool:
		if v.Bool() {
			return t.yes
		}
		return t.no
	case reflect.Int:
		return ast.IntNumberTerm(int(v.Int()))
	case reflect.Float64:
		return ast.FloatNumberTerm(v.Float())
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return t.null
		}
		return t.of(v.Elem())
	case reflect.Slice:
		if v.Len() == 0 {
			return t.none
		}
		terms := make([]*ast.Term, v.Len())
		for i := range terms {
			terms[i] = t.of(v.Index(i))
		}
		return t.term(ast.NewArray(terms...))
	case reflect.Map:
		if v.Len() == 0 {
			return t.empty
		}
		first := len(t.members)
		for entries := v.MapRange(); entries.Next(); {
			t.member(t.word(entries.Key().String()), t.of(entries.Value()))
		}
		return t.made(first)
	case reflect.Struct:
		return t.object(v)
	default:
		panic(fmt.Sprintf("facts: a %s is no fact", v.Type())) // a type of this package is wrong: no input can cause it
	}
}

func (t *Terms) word(text string) *ast.Term {
	if len(text) > longestWord {
		return t.term(ast.String(text))
	}
	term := t.words[text]
	if term == nil {
		term = ast.StringTerm(text)
		t.words[text] = term
	}
	return term
}

func (t *Terms) object(v reflect.Value) *ast.Term {
	if v.Type() == reflect.TypeFor[Unread]() {
		return t.reason(Unread{v.Field(0).String(), v.Field(1).String(), v.Field(2).String()})
	}
	names := t.names[v.Type()]
	if names == nil {
		for i := range v.NumField() {
			names = append(names, ast.StringTerm(memberName(v.Type().Field(i))))
		}
		t.names[v.Type()] = names
	}
	first := len(t.members)
	for i, name := range names {
		member := v.Field(i)
		if member.Kind() == reflect.Pointer && member.IsNil() {
			continue // a reading that is not there
		}
		t.member(name, t.of(member))
	}
	return t.made(first)
}

// reason is made once: many readings are not there for one.
func (t *Terms) reason(u Unread) *ast.Term {
	term := t.reasons[u]
	if term == nil {
		term = ast.ObjectTerm(
			ast.Item(ast.StringTerm("state"), ast.StringTerm(u.State)),
			ast.Item(ast.StringTerm("operation"), ast.StringTerm(u.Operation)),
			ast.Item(ast.StringTerm("code"), ast.StringTerm(u.Code)),
		)
		t.reasons[u] = term
	}
	return term
}

func (t *Terms) member(name, value *ast.Term) {
	t.members = append(t.members, [2]*ast.Term{name, value})
}

// made is the object of all members from first on.
func (t *Terms) made(first int) *ast.Term {
	object := t.term(ast.NewObject(t.members[first:]...))
	clear(t.members[first:])
	t.members = t.members[:first]
	return object
}

func (t *Terms) term(value ast.Value) *ast.Term {
	if len(t.left) == 0 {
		t.left = make([]ast.Term, termsAtOnce)
	}
	term := &t.left[0]
	t.left = t.left[1:]
	term.Value = value
	return term
}
