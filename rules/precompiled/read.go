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
	scalars []scalar
	parts   map[string]part
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
	s := &Set{scalars: make([]scalar, r.number()), parts: map[string]part{}}
	for i := range s.scalars {
		s.scalars[i] = scalar{r.byte(), r.take(r.number())}
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
	modules, _, err := s.modules(names)
	return modules, err
}

// modules also names the rules whose comprehensions can be indexed.
func (s *Set) modules(names []string) (modules map[string]*ast.Module, indexed map[string][]*ast.Rule, err error) {
	modules, indexed = make(map[string]*ast.Module, len(names)), map[string][]*ast.Rule{}
	values, calls := make([]ast.Value, len(s.scalars)), map[int]*ast.Term{}
	for _, name := range names {
		p, ok := s.parts[name]
		if !ok {
			return nil, nil, fmt.Errorf("there is no module %s", name)
		}
		r := &reader{
			text: p.text, file: name, scalars: s.scalars, values: values, calls: calls,
			terms: make([]ast.Term, p.size.terms), lists: make([]*ast.Term, p.size.lists), exprs: make([]ast.Expr, p.size.exprs),
			rules: make([]ast.Rule, p.size.rules), heads: make([]ast.Head, p.size.rules),
			rows: make([]*ast.Location, p.size.last+1), places: make([]ast.Location, p.size.rows+p.size.rules),
		}
		if modules[name] = r.module(); len(r.indexed) > 0 {
			indexed[name] = r.indexed
		}
	}
	return modules, indexed, nil
}

// reader reads one module. What it makes is cut from slices that were made for the
// whole of it.
type reader struct {
	text    string
	file    string
	scalars []scalar
	values  []ast.Value       // of the scalars
	calls   map[int]*ast.Term // built-in functions, by scalar
	terms   []ast.Term
	lists   []*ast.Term
	exprs   []ast.Expr
	rules   []ast.Rule
	heads   []ast.Head
	rows    []*ast.Location // by line
	places  []ast.Location
	indexed []*ast.Rule
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
	if is&isIndexed != 0 {
		r.indexed = append(r.indexed, rule)
	}
	if is&hasElse != 0 {
		rule.Else = r.rule(m)
	}
	return rule
}

func (r *reader) head() *ast.Head {
	h := &cut(&r.heads, 1)[0]
	is := r.byte()
	h.Assign, h.Location = is&isAssign != 0, r.at()
	h.Name = ast.Var(r.scalars[r.number()].text)
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
	r.fill(list)
	return list
}

func (r *reader) fill(list []*ast.Term) {
	for i := range list {
		list[i] = r.term()
	}
}

// call reads the call of a built-in function. All calls of one share its name.
func (r *reader) call() []*ast.Term {
	n := r.number()
	name := r.calls[n]
	if name == nil {
		name = ast.NewTerm(builtin(r.scalars[n].text))
		r.calls[n] = name
	}
	list := cut(&r.lists, 1+r.number())
	list[0] = name
	r.fill(list[1:])
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
	case kindCallOf:
		e.Terms = r.call()
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
		return r.scalar()
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
func (r *reader) scalar() ast.Value {
	n := r.number()
	if r.values[n] == nil {
		switch one := r.scalars[n]; one.kind {
		case kindNumber:
			r.values[n] = ast.Number(one.text)
		case kindString:
			r.values[n] = ast.String(one.text)
		default:
			r.values[n] = ast.Var(one.text)
		}
	}
	return r.values[n]
}

func (r *reader) several(n int) []*ast.Term {
	terms := make([]*ast.Term, n)
	r.fill(terms)
	return terms
}
