package rules

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"golang.org/x/sync/errgroup"

	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// published are the three sets that a rule publishes, and nothing else.
var published = []string{"subjects", "deny", "unknown"}

// Engine is a catalogue compiled, with one query prepared for each collection of
// facts and one for the rules that have to see the whole document. Rules that
// users brought along have a query each, so that none can keep another from
// answering.
type Engine struct {
	catalogue *Catalogue
	uses      map[string]usage // by rule id
	wanted    facts.Wanted     // what they read
	queries   []query          // of built-in rules, by collection
	foreign   []query          // of users' rules, by id
}

// query asks some rules; kind is the collection that they range over, "" where
// they have to see the whole document.
type query struct {
	kind     string
	rules    []*Rule
	prepared rego.PreparedEvalQuery
}

// Compile compiles the rules that enabled picks (nil: all of them) against the
// schema of the facts, so that a misspelt field of input is an error here.
func (c *Catalogue) Compile(ctx context.Context, enabled func(*Rule) bool) (*Engine, error) {
	return c.compile(ctx, enabled, false)
}

// CompileApart is Compile with a query for every rule, so that the time that each
// takes can be told (Settings.Profile). They take a little more together.
func (c *Catalogue) CompileApart(ctx context.Context, enabled func(*Rule) bool) (*Engine, error) {
	return c.compile(ctx, enabled, true)
}

func (c *Catalogue) compile(ctx context.Context, enabled func(*Rule) bool, apart bool) (*Engine, error) {
	var picked []*Rule
	for _, rule := range c.rules {
		if enabled == nil || enabled(rule) {
			picked = append(picked, rule)
		}
	}
	p, err := c.program(picked)
	if err != nil {
		return nil, err
	}
	e := &Engine{catalogue: c, uses: p.uses, wanted: p.wanted()}
	byKind := map[[2]string][]*Rule{}
	for _, rule := range picked {
		slot := [2]string{}
		if u := p.uses[rule.ID]; u.whole == "" && len(u.kinds) == 1 {
			slot[0] = u.kinds[0]
		}
		if apart || rule.Foreign() {
			slot[1] = rule.ID
		}
		byKind[slot] = append(byKind[slot], rule)
	}
	slots := slices.SortedFunc(maps.Keys(byKind), func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	queries := make([]query, len(slots))
	capabilities, store := Capabilities(), inmem.NewFromObject(c.data)
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, slot := range slots {
		q := &queries[i]
		q.kind, q.rules = slot[0], byKind[slot]
		options := []func(*rego.Rego){
			rego.Compiler(p.compilers[q.rules[0].ID]), rego.ParsedQuery(queryOf(q.rules)), rego.StrictBuiltinErrors(true),
			rego.GenerateJSON(keepTerm), rego.Capabilities(capabilities),
		}
		if q.rules[0].Foreign() {
			options = append(options, rego.Store(store))
		}
		group.Go(func() (err error) {
			if q.prepared, err = rego.New(options...).PrepareForEval(ctx); err != nil {
				return fmt.Errorf("prepare rules: %w", err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for _, q := range queries {
		if q.rules[0].Foreign() {
			e.foreign = append(e.foreign, q)
		} else {
			e.queries = append(e.queries, q)
		}
	}
	return e, nil
}

// queryOf is the query {id: {subjects, deny, unknown}, …} = result.
func queryOf(rules []*Rule) ast.Body {
	members := make([][2]*ast.Term, 0, len(rules))
	for _, rule := range rules {
		sets := make([][2]*ast.Term, 0, len(published))
		for _, name := range published {
			sets = append(sets, [2]*ast.Term{ast.StringTerm(name), ast.NewTerm(rule.path.Append(ast.StringTerm(name)))})
		}
		members = append(members, [2]*ast.Term{ast.StringTerm(rule.ID), ast.ObjectTerm(sets...)})
	}
	return ast.NewBody(ast.Equality.Expr(ast.VarTerm("result"), ast.ObjectTerm(members...)))
}

// keepTerm hands the result over as OPA's own term: the sets are read from that.
func keepTerm(t *ast.Term, _ *rego.EvalContext) (any, error) { return t, nil }

// FactsSchema is the JSON Schema of the facts, with the parameters of the rules.
func (c *Catalogue) FactsSchema() map[string]any {
	ids, required := map[string]any{}, []string{}
	for _, rule := range c.rules {
		params, names := map[string]any{}, []string{}
		for name, value := range rule.Defaults {
			params[name] = map[string]any{"type": jsonType(value)}
			names = append(names, name)
		}
		slices.Sort(names)
		ids[rule.ID] = map[string]any{"type": "object", "properties": params, "required": names, "additionalProperties": false}
		required = append(required, rule.ID)
	}
	return facts.JSONSchema(map[string]any{"type": "object", "properties": ids, "required": required, "additionalProperties": false})
}
