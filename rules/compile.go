package rules

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"golang.org/x/sync/errgroup"

	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// compilersAtOnce is among how many compilers the rules are shared out: what is
// small waits for them.
const compilersAtOnce = 2

// program is rules that were compiled.
type program struct {
	compilers map[string]*ast.Compiler // by rule id, the one that has it
	uses      map[string]usage         // by rule id
	helped    bool                     // a helper reads facts, for whichever rule
}

// program compiles the rules that were picked. Those that come with kmsaudit were
// compiled before. Users' rules are compiled with the libraries and all checks, and
// with all rules where they refer to them.
func (c *Catalogue) program(picked []*Rule) (*program, error) {
	if !c.proven || c.readsRules() {
		modules, err := c.parsed()
		if err != nil {
			return nil, err
		}
		return c.compileAll(modules, picked)
	}
	var own, foreign []*Rule
	for _, rule := range picked {
		if rule.Foreign() {
			foreign = append(foreign, rule)
		} else {
			own = append(own, rule)
		}
	}
	p, err := shipped(own)
	if err != nil || len(c.sources) == 0 {
		return p, err
	}
	modules, err := c.with(builtinLibraries)
	if err != nil {
		return nil, err
	}
	more, err := c.compileAll(modules, foreign)
	if err != nil {
		return nil, err
	}
	maps.Copy(p.compilers, more.compilers)
	maps.Copy(p.uses, more.uses)
	p.helped = more.helped
	return p, nil
}

// readsRules says whether users' rules refer to those of kmsaudit.
func (c *Catalogue) readsRules() bool {
	for _, module := range c.modules {
		if c.builtin && readsRules(module) {
			return true
		}
	}
	return false
}

// compileAll compiles the rules that were picked from modules, with all checks.
func (c *Catalogue) compileAll(modules map[string]*ast.Module, picked []*Rule) (*program, error) {
	first := func(rule *Rule) string { return firstCollection(modules[rule.module]) }
	if len(c.sources) > 0 {
		first = func(*Rule) string { return "" } // users' rules may refer to each other
	}
	p := &program{uses: map[string]usage{}}
	compiled := map[string]*ast.Module{}
	var err error
	p.compilers, err = together(picked, first, func(part []*Rule) (*ast.Compiler, error) {
		return c.compiler(modules, part)
	})
	if err != nil {
		return nil, err
	}
	for _, rule := range picked {
		if compiled[rule.module] == nil {
			maps.Copy(compiled, p.compilers[rule.ID].Modules)
		}
	}
	for _, rule := range picked {
		u, err := inspect(rule, compiled[rule.module])
		if err != nil {
			return nil, fmt.Errorf("rule %s (%s): %w", rule.ID, rule.Where(), err)
		}
		if rule.Foreign() {
			if err := u.undeclared(rule.Reads); err != nil {
				return nil, fmt.Errorf("rule %s (%s): %w", rule.ID, rule.at, err)
			}
		}
		p.uses[rule.ID] = u
	}
	p.helped = readByHelpers(compiled, c.rules)
	return p, nil
}

// together shares rules out among compilers that work beside each other, and gives
// for each rule the compiler that has it. Rules that range over one collection, as
// first names it, share one.
func together(picked []*Rule, first func(*Rule) string, compile func([]*Rule) (*ast.Compiler, error)) (map[string]*ast.Compiler, error) {
	byKind := map[string][]*Rule{}
	for _, rule := range picked {
		kind := first(rule)
		byKind[kind] = append(byKind[kind], rule)
	}
	parts := make([][]*Rule, compilersAtOnce)
	largest := slices.SortedFunc(maps.Keys(byKind), func(a, b string) int {
		return cmp.Or(len(byKind[b])-len(byKind[a]), cmp.Compare(a, b))
	})
	for _, kind := range largest {
		smallest := 0
		for i := range parts {
			if len(parts[i]) < len(parts[smallest]) {
				smallest = i
			}
		}
		parts[smallest] = append(parts[smallest], byKind[kind]...)
	}
	compiled := make([]*ast.Compiler, len(parts))
	var group errgroup.Group
	for i, part := range parts {
		group.Go(func() (err error) {
			if len(part) > 0 || i == 0 { // one is wanted: helpers have mistakes too
				compiled[i], err = compile(part)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	compilers := map[string]*ast.Compiler{}
	for i, part := range parts {
		for _, rule := range part {
			compilers[rule.ID] = compiled[i]
		}
	}
	return compilers, nil
}

// compiler compiles some rules, with the helpers of all, strictly and against the
// schema of the facts.
func (c *Catalogue) compiler(modules map[string]*ast.Module, part []*Rule) (*ast.Compiler, error) {
	modules = maps.Clone(modules)
	for _, rule := range c.rules {
		if !slices.Contains(part, rule) && !rule.Foreign() {
			delete(modules, rule.module)
		}
	}
	schemas := ast.NewSchemaSet()
	schemas.Put(ast.SchemaRootRef, plain(c.FactsSchema()))
	compiler := ast.NewCompiler().WithCapabilities(Capabilities()).WithDefaultRegoVersion(ast.RegoV1).WithStrict(true).WithSchemas(schemas)
	if compiler.Compile(modules); compiler.Failed() {
		return nil, fmt.Errorf("compile rules: %w", compiler.Errors)
	}
	return compiler, nil
}

// firstCollection names one collection that the module refers to, "" if there is
// none.
func firstCollection(module *ast.Module) string {
	u := usage{collections: collections()}
	first := ""
	ast.WalkRefs(module, func(ref ast.Ref) bool {
		if kind := u.collectionOf(ref); kind != "" && (first == "" || kind < first) {
			first = kind
		}
		return false
	})
	return first
}

// inspect holds a compiled rule to the contract that the compiler cannot see.
func inspect(rule *Rule, module *ast.Module) (usage, error) {
	if module == nil {
		return usage{}, errors.New("the module is gone")
	}
	names := map[string]bool{}
	for _, r := range module.Rules {
		names[r.Head.Ref()[0].String()] = true
	}
	for _, name := range published {
		if !names[name] {
			return usage{}, fmt.Errorf("the set %s is missing", name)
		}
	}
	u := analyse(module, published)
	u.subjects, u.ofUnread = definitions(module)
	for _, reading := range u.readings {
		if !slices.Contains(u.unread, reading) && !slices.Contains(rule.MayLack, reading) {
			return usage{}, fmt.Errorf("it reads %s, and its unknown never asks for unread.%s", reading, reading)
		}
	}
	return u, nil
}

// readByHelpers says whether a compiled module reads facts that is none of a rule.
func readByHelpers(modules map[string]*ast.Module, rules []*Rule) bool {
	own := map[string]bool{}
	for _, rule := range rules {
		own[rule.module] = true
	}
	for at, module := range modules {
		if !own[at] && readsFacts(module) {
			return true
		}
	}
	return false
}

// wanted is what the rules read of the facts: everything, where that cannot be told.
func (p *program) wanted() facts.Wanted {
	wanted := facts.Wanted{}
	if p.helped {
		return nil
	}
	for _, u := range p.uses {
		if u.all {
			return nil
		}
		for _, kind := range u.kinds {
			wanted[kind] = true
			for _, reading := range slices.Concat(u.readings, u.unread) {
				wanted[kind+"."+reading] = true
			}
		}
	}
	return wanted
}
