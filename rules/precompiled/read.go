package precompiled

import (
	"fmt"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/version"
)

// Set is what Write wrote. It may be used by many at once.
type Set struct {
	texts []string
	parts map[string]part
}

// part is a module that was not read yet.
type part struct {
	text string
	size counts
}

// Open reads the table of contents of what Write wrote with the same version of
// OPA; the modules themselves are read when they are asked for. The text has to be
// what Write wrote: nothing else is looked for in it.
func Open(text string) (*Set, error) {
	r := &reader{text: text}
	if by := r.take(r.number()); by != version.Version {
		return nil, fmt.Errorf("it was compiled by OPA %s, and this is OPA %s", by, version.Version)
	}
	s := &Set{texts: make([]string, r.number()), parts: map[string]part{}}
	for i := range s.texts {
		s.texts[i] = r.take(r.number())
	}
	for range r.number() {
		name, size := r.take(r.number()), counts{}
		for _, n := range size.all() {
			*n = uint64(r.number()) //nolint:gosec // it was unsigned before
		}
		s.parts[name] = part{r.take(r.number()), size}
	}
	return s, nil
}

// Names are the names of the modules, sorted.
func (s *Set) Names() []string { return slices.Sorted(maps.Keys(s.parts)) }

// Modules reads the modules of these names. They are the caller's own.
func (s *Set) Modules(names []string) (map[string]*ast.Module, error) {
	modules := make(map[string]*ast.Module, len(names))
	values := make([][3]ast.Value, len(s.texts))
	for _, name := range names {
		p, ok := s.parts[name]
		if !ok {
			return nil, fmt.Errorf("there is no module %s", name)
		}
		r := &reader{
			text: p.text, file: name, texts: s.texts, values: values,
			terms: make([]ast.Term, p.size.terms), lists: make([]*ast.Term, p.size.lists), exprs: make([]ast.Expr, p.size.exprs),
			rules: make([]ast.Rule, p.size.rules), heads: make([]ast.Head, p.size.rules),
			rows: make([]*ast.Location, p.size.last+1), places: make([]ast.Location, p.size.rows+p.size.rules),
		}
		modules[name] = r.module()
	}
	return modules, nil
}

// reader reads one module. What it makes is cut from slices that were made for the
// whole of it.
type reader struct {
	text   string
	file   string
	texts  []string
	values [][3]ast.Value // of texts: as number, string and variable
	terms  []ast.Term
	lists  []*ast.Term
	exprs  []ast.Expr
	rules  []ast.Rule
	heads  []ast.Head
	rows   []*ast.Location // by line
	places []ast.Location
}

// cut takes the first n.
func cut[T any](from *[]T, n int) []T {
	head := (*from)[:n:n]
	*from = (*from)[n:]
	return head
}

func (r *reader) byte() byte {
	b := r.text[0]
	r.text = r.text[1:]
	return b
}

func (r *reader) number() int {
	n, shift := 0, 0
	for {
		b := r.byte()
		n |= int(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
		shift += 7
	}
}

func (r *reader) take(n int) string {
	s := r.text[:n]
	r.text = r.text[n:]
	return s
}

// at reads a location. Those of one line are one.
func (r *reader) at() *ast.Location {
	row := r.number()
	if row > 0 && r.rows[row] == nil {
		r.rows[row] = r.place(row)
	}
	return r.rows[row]
}

func (r *reader) place(row int) *ast.Location {
	l := &cut(&r.places, 1)[0]
	l.File, l.Row, l.Col = r.file, row, 1
	return l
}

func (r *reader) module() *ast.Module {
	m := &ast.Module{Package: &ast.Package{Path: r.list()}}
	m.SetRegoVersionSpan(ast.RegoVersionSpanOf(ast.RegoV1))
	m.Rules = make([]*ast.Rule, r.number())
	for i := range m.Rules {
		m.Rules[i] = r.rule(m)
	}
	return m
}

func (r *reader) rule(m *ast.Module) *ast.Rule {
	rule := &cut(&r.rules, 1)[0]
	is := r.byte()
	rule.Module, rule.Default = m, is&isDefault != 0
	if row := r.number(); row > 0 {
		rule.Location = r.place(row) // OPA tells the conflicts of a rule by it
	}
	rule.Head = r.head()
	rule.Body = r.body()
	if is&hasElse != 0 {
		rule.Else = r.rule(m)
	}
	return rule
}

func (r *reader) head() *ast.Head {
	h := &cut(&r.heads, 1)[0]
	is := r.byte()
	h.Assign, h.Location = is&isAssign != 0, r.at()
	h.Name = ast.Var(r.texts[r.number()])
	h.Reference = r.list()
	if is&hasArgs != 0 {
		h.Args = r.list()
	}
	if is&hasKey != 0 {
		h.Key = r.term()
	}
	if is&hasValue != 0 {
		h.Value = r.term()
	}
	return h
}

func (r *reader) list() []*ast.Term {
	list := cut(&r.lists, r.number())
	for i := range list {
		list[i] = r.term()
	}
	return list
}

func (r *reader) body() ast.Body {
	body := make(ast.Body, r.number())
	for i := range body {
		body[i] = r.expr()
	}
	return body
}

func (r *reader) expr() *ast.Expr {
	e := &cut(&r.exprs, 1)[0]
	is := r.byte()
	e.Generated, e.Negated, e.Index, e.Location = is&isGenerated != 0, is&isNegated != 0, r.number(), r.at()
	switch r.byte() {
	case kindTerm:
		e.Terms = r.term()
	case kindTerms:
		e.Terms = r.list()
	case kindEvery:
		every := &ast.Every{Location: r.at()}
		if r.byte() == hasKey {
			every.Key = r.term()
		}
		every.Value, every.Domain, every.Body = r.term(), r.term(), r.body()
		e.Terms = every
	}
	if is&hasWith != 0 {
		e.With = make([]*ast.With, r.number())
		for i := range e.With {
			e.With[i] = &ast.With{Location: r.at(), Target: r.term(), Value: r.term()}
		}
	}
	return e
}

func (r *reader) term() *ast.Term {
	t := &cut(&r.terms, 1)[0]
	kind := r.byte()
	t.Location = r.at()
	t.Value = r.value(kind)
	return t
}

func (r *reader) value(kind byte) ast.Value {
	switch kind {
	case kindFalse, kindTrue:
		return ast.Boolean(kind == kindTrue)
	case kindNumber, kindString, kindVar:
		return r.scalar(kind)
	case kindRef:
		return ast.Ref(r.list())
	case kindCall:
		return ast.Call(r.list())
	case kindArray:
		return ast.NewArray(r.several(r.number())...)
	case kindObject:
		members := make([][2]*ast.Term, r.number())
		for i := range members {
			members[i] = [2]*ast.Term{r.term(), r.term()}
		}
		return ast.NewObject(members...)
	case kindSet:
		return ast.NewSet(r.several(r.number())...)
	case kindArrayComprehension:
		return &ast.ArrayComprehension{Term: r.term(), Body: r.body()}
	case kindObjectComprehension:
		return &ast.ObjectComprehension{Key: r.term(), Value: r.term(), Body: r.body()}
	case kindSetComprehension:
		return &ast.SetComprehension{Term: r.term(), Body: r.body()}
	}
	return ast.Null{}
}

// scalar is a value that is a text. Equal ones are one.
func (r *reader) scalar(kind byte) ast.Value {
	n := r.number()
	value := &r.values[n][kind-kindNumber]
	if *value == nil {
		switch text := r.texts[n]; kind {
		case kindNumber:
			*value = ast.Number(text)
		case kindString:
			*value = ast.String(text)
		default:
			*value = ast.Var(text)
		}
	}
	return *value
}

func (r *reader) several(n int) []*ast.Term {
	terms := make([]*ast.Term, n)
	for i := range terms {
		terms[i] = r.term()
	}
	return terms
}
