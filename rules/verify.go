package rules

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"
)

// Verified is how a rule, or a folder of helpers, stood up to the tests that are
// beside it and to the contract.
type Verified struct {
	// Name is the id of the rule, or the folder of the helpers.
	Name string
	// Rule is nil for helpers.
	Rule *Rule
	// Tests, Examples and Blinded count what was tried: tests in Rego, examples, and
	// examples that lack one thing.
	Tests, Examples, Blinded int
	Problems                 []error
}

// Verify holds rules to the contract: their source is formatted, they have tests
// in Rego that pass, and examples that fit the schema of the facts and come out as
// they say; with a reading or a decision taken away, an outcome stays or becomes
// unknown, never a pass; and shards of any size give the same. Of a catalogue with
// rules of users, those are verified, else the built-in ones.
//
// The error is about the catalogue as a whole: it does not compile.
func (c *Catalogue) Verify(ctx context.Context, s Sandbox) ([]Verified, error) {
	e, err := c.CompileApart(ctx, nil)
	if err != nil {
		return nil, err
	}
	s = s.limits()
	queries, sources := e.queries, []*Source{builtinSource()}
	if len(c.sources) > 0 {
		queries, sources = e.foreign, c.sources
	}
	tests, err := c.runTests(ctx, sources, s)
	if err != nil {
		return nil, err
	}
	var all []Verified
	for _, q := range queries {
		rule := q.rules[0]
		v := &verifier{catalogue: c, rule: rule, query: q, uses: e.uses[rule.ID]}
		v.Name, v.Rule = rule.ID, rule
		err := s.within(ctx, v.contract)
		switch {
		case errors.Is(err, errSlow):
			v.wrong("the rule %s", s.tooSlow())
		case errors.Is(err, errGreedy):
			v.wrong("the rule %s", s.tooGreedy())
		case err != nil:
			return nil, err
		}
		folder := path.Dir(rule.module)
		if beside := tests[folder]; beside != nil {
			v.Tests, v.Problems = beside.n, append(v.Problems, beside.problems...)
		}
		if v.Tests == 0 {
			v.wrong("no test in Rego stands beside it")
		}
		delete(tests, folder)
		all = append(all, v.Verified)
	}
	slices.SortFunc(all, func(a, b Verified) int { return cmp.Compare(a.Name, b.Name) })
	for _, folder := range slices.Sorted(maps.Keys(tests)) {
		all = append(all, Verified{Name: folder, Tests: tests[folder].n, Problems: tests[folder].problems})
	}
	return all, nil
}

// verifier verifies one rule.
type verifier struct {
	Verified
	catalogue *Catalogue
	rule      *Rule
	query     query
	uses      usage
}

func (v *verifier) wrong(format string, values ...any) {
	v.Problems = append(v.Problems, fmt.Errorf("%s: "+format, append([]any{v.rule.module}, values...)...))
}

// contract holds the rule to its examples. The error is that of ctx.
func (v *verifier) contract(ctx context.Context) error {
	examples, err := v.rule.Examples()
	if err != nil {
		v.wrong("its examples: %v", err)
		return nil
	}
	all := examples.all()
	v.Examples = len(all)
	for _, err := range []error{v.uses.undeclared(v.rule.Reads), v.uses.overdeclared(v.rule.Reads)} {
		if err != nil {
			v.Problems = append(v.Problems, fmt.Errorf("%s: %w", v.rule.at, err))
		}
	}
	if (len(v.rule.CannotSee) == 0 || len(v.rule.Related) == 0) && !v.rule.Foreign() {
		v.wrong("custom.cannot_see and related_resources are needed: what the rule cannot see, and its sources")
	}
	if missing := v.rule.Mend.missing(); len(missing) > 0 && !v.rule.Foreign() {
		v.wrong("custom.mend has no %s: give it, or say why there is none at custom.mend.lacks", strings.Join(missing, " and no "))
	}
	schema, err := newFactsCheck(ctx, v.catalogue)
	if err != nil {
		return err
	}
	turned := map[string]bool{}
	kinds := map[string]int{}
	passing := 0
	for _, example := range all {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		kinds[example.kind]++
		if example.Name == "" || example.Note == "" {
			v.wrong("an example among %s lacks a name or a note", example.kind)
		}
		whole := v.catalogue.complete(example.Example)
		if problems := schema.problems(ctx, whole); len(problems) > 0 {
			for _, problem := range problems {
				v.wrong("example %q does not fit the facts: %s", example.Name, problem)
			}
			continue
		}
		o, ok := v.judge(ctx, example.Name, whole, shardSize)
		if !ok {
			continue
		}
		passing += len(o.Passed)
		v.outcome(&example, o)
		v.sharded(ctx, example.Name, whole, o)
		v.blinded(ctx, example.Name, whole, o, turned)
	}
	if kinds[areFindings] == 0 || kinds[areUnknown] == 0 || passing == 0 {
		v.wrong("its examples need to hold one that it finds, one that it passes and one that it cannot judge")
	}
	v.reallyReads(turned)
	v.standIn(ctx, all)
	return ctx.Err()
}

// outcome holds an example to where it stands.
func (v *verifier) outcome(example *kindedExample, o judged) {
	got := arePasses
	switch {
	case len(o.Findings) > 0:
		got = areFindings
	case len(o.Unknown) > 0:
		got = areUnknown
	}
	if got != example.kind {
		v.wrong("example %q is among %s and came out as %s", example.Name, example.kind, got)
	}
	for _, f := range o.Findings {
		if !slices.Contains(o.subjects, f.Subject) {
			v.wrong("example %q: the finding's subject %q is no subject of the rule", example.Name, f.Subject)
		}
	}
}

// reallyReads wants every reading of the rule to make some example unknown where
// it is gone: or the rule does not need it.
func (v *verifier) reallyReads(turned map[string]bool) {
	for _, reading := range v.uses.readings {
		if !turned[reading] && !slices.Contains(v.rule.MayLack, reading) {
			v.wrong("no example becomes unknown without %s", reading)
		}
	}
	if len(v.uses.readings) == 0 && len(turned) == 0 {
		v.wrong("no example becomes unknown when its decisions do")
	}
}

// unformatted lists the modules that opa fmt would change.
func unformatted(s *Source) map[string]error {
	wrong := map[string]error{}
	for _, name := range s.names() {
		if !isRego(name) {
			continue
		}
		formatted, err := format.SourceWithOpts(s.at(name), s.Files[name], format.Opts{RegoVersion: ast.RegoV1})
		switch {
		case err != nil:
			wrong[name] = err
		case string(formatted) != string(s.Files[name]):
			wrong[name] = fmt.Errorf("%s is not formatted: run opa fmt -w %s", s.at(name), s.at(name))
		}
	}
	return wrong
}
