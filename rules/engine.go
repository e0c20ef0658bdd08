package rules

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"

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
	kind    string
	rules   []*Rule
	options []func(*rego.Rego)
	spared  spared // nothing of users' rules
	// whole asks for all that is not known without; settled asks where nothing of a
	// shard is unread. Each is prepared at its first call.
	whole, settled func() (rego.PreparedEvalQuery, error)
}

// prepare has the queries prepared, and those of a settled shard at once: hardly a
// snapshot does without.
func (q *query) prepare(ctx context.Context) error {
	prepared := func(settled bool) func() (rego.PreparedEvalQuery, error) {
		return sync.OnceValues(func() (rego.PreparedEvalQuery, error) {
			return rego.New(append(slices.Clone(q.options), rego.ParsedQuery(q.spared.query(q.rules, settled)))...).PrepareForEval(ctx)
		})
	}
	q.whole, q.settled = prepared(false), prepared(true)
	_, err := q.settled()
	return err
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
		q.options = []func(*rego.Rego){
			rego.Compiler(p.compilers[q.rules[0].ID]), rego.StrictBuiltinErrors(true),
			rego.GenerateJSON(keepTerm), rego.Capabilities(capabilities),
		}
		if q.rules[0].Foreign() {
			q.options = append(q.options, rego.Store(store))
		} else {
			q.spared = spare(q.rules, p.uses)
		}
		group.Go(func() error {
			if err := q.prepare(ctx); err != nil {
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

// query is the query {id: {subjects, deny, unknown}, …} = result, without the sets
// that need not be asked for.
func (s spared) query(rules []*Rule, settled bool) ast.Body {
	members := make([][2]*ast.Term, 0, len(rules))
	for _, rule := range rules {
		sets := make([][2]*ast.Term, 0, len(published))
		for _, name := range published {
			if s.asks(rule, name, settled) {
				sets = append(sets, [2]*ast.Term{ast.StringTerm(name), ast.NewTerm(rule.path.Append(ast.StringTerm(name)))})
			}
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
