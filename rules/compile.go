package rules

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"golang.org/x/sync/errgroup"
)

// compilersAtOnce is among how many compilers the rules are shared out: what is
// small waits for them.
const compilersAtOnce = 2

// compilers compiles the rules that enabled picks, beside each other, and gives for
// each the compiler that has it. Rules that range over one collection share one.
func (c *Catalogue) compilers(enabled func(*Rule) bool) (map[string]*ast.Compiler, error) {
	byKind := map[string][]*Rule{}
	for _, rule := range c.rules {
		if enabled == nil || enabled(rule) {
			kind := firstCollection(c.modules[rule.module])
			byKind[kind] = append(byKind[kind], rule)
		}
	}
	parts := make([][]*Rule, compilersAtOnce)
	largest := slices.SortedFunc(maps.Keys(byKind), func(a, b string) int {
		return cmp.Or(len(byKind[b])-len(byKind[a]), cmp.Compare(a, b))
	})
	for _, kind := range largest {
		smallest := slices.MinFunc(parts, func(a, b []*Rule) int { return len(a) - len(b) })
		i := slices.IndexFunc(parts, func(part []*Rule) bool { return len(part) == len(smallest) })
		if len(c.sources) > 0 {
			i = 0 // users' rules may refer to each other
		}
		parts[i] = append(parts[i], byKind[kind]...)
	}
	compiled := make([]*ast.Compiler, len(parts))
	var group errgroup.Group
	for i, part := range parts {
		group.Go(func() (err error) {
			compiled[i], err = c.compiler(part)
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

// compiler compiles some rules, with the helpers of all.
func (c *Catalogue) compiler(part []*Rule) (*ast.Compiler, error) {
	modules := maps.Clone(c.modules)
	for _, rule := range c.rules {
		if !slices.Contains(part, rule) && !rule.Foreign() {
			delete(modules, rule.module)
		}
	}
	compiler := ast.NewCompiler().WithCapabilities(Capabilities()).WithDefaultRegoVersion(ast.RegoV1)
	if !c.proven || len(c.sources) > 0 {
		schemas := ast.NewSchemaSet()
		schemas.Put(ast.SchemaRootRef, plain(c.FactsSchema()))
		compiler = compiler.WithStrict(true).WithSchemas(schemas)
	} else {
		compiler = compiler.WithSkipStages(proven()...)
	}
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

// proven are the stages of compiling that only look for mistakes. The rules that
// come with kmsaudit have none: its tests compile them with all stages, strictly
// and against the schema.
func proven() []ast.StageID {
	return []ast.StageID{
		ast.StageCheckUnusedImports, ast.StageCheckKeywordOverrides, ast.StageCheckDuplicateImports, ast.StageCheckVoidCalls,
		ast.StageCheckRuleConflicts, ast.StageCheckUndefinedFuncs, ast.StageCheckRecursion, ast.StageCheckTypes,
		ast.StageCheckUnsafeBuiltins, ast.StageCheckDeprecatedBuiltins, ast.StageBuildRequiredCapabilities,
		ast.StageParseMetadataBlocks, ast.StageSetAnnotationSet,
	}
}
