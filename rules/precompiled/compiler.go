package precompiled

import (
	"fmt"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Compiler is what compiling the modules of these names makes: it can be asked. It
// does what is left to do, which is to find rules by their names and to index them.
func (s *Set) Compiler(names []string, may *ast.Capabilities) (*ast.Compiler, error) {
	left := []ast.StageID{
		ast.StageInitLocalVarGen, ast.StageSetModuleTree, ast.StageSetRuleTree, ast.StageBuildRuleIndices, ast.StageBuildComprehensionIndices,
	}
	done := slices.DeleteFunc(ast.AllStages(), func(stage ast.StageID) bool { return slices.Contains(left, stage) })
	compiler := ast.NewCompiler().WithCapabilities(may).WithDefaultRegoVersion(ast.RegoV1).WithSkipStages(done...)
	// It copies what it is given, so that it is given empty modules: they are
	// exchanged before it looks at them. Only the rules whose comprehensions can be
	// indexed are shown to the stage that looks for them.
	var modules map[string]*ast.Module
	var indexed map[string][]*ast.Rule
	after := func(stage ast.StageID, name string, do func(c *ast.Compiler) error) {
		compiler.WithStageAfterID(stage, ast.CompilerStageDefinition{Name: name, MetricName: "stage_" + name, Stage: func(c *ast.Compiler) *ast.Error {
			if err := do(c); err != nil {
				return ast.NewError(ast.CompileErr, nil, "%v", err)
			}
			return nil
		}})
	}
	after(ast.StageInitLocalVarGen, "read_modules", func(c *ast.Compiler) (err error) {
		modules, indexed, err = s.modules(names)
		c.Modules = modules
		return err
	})
	after(ast.StageBuildRuleIndices, "show_indexed", func(c *ast.Compiler) error {
		c.Modules = make(map[string]*ast.Module, len(modules))
		for name, module := range modules {
			c.Modules[name] = &ast.Module{Package: module.Package, Rules: indexed[name]}
		}
		return nil
	})
	after(ast.StageBuildComprehensionIndices, "show_all", func(c *ast.Compiler) error {
		c.Modules = modules
		return nil
	})
	empty := make(map[string]*ast.Module, len(names))
	for _, name := range names {
		empty[name] = &ast.Module{Package: &ast.Package{}}
	}
	if compiler.Compile(empty); compiler.Failed() {
		return nil, fmt.Errorf("read what was compiled: %w", compiler.Errors)
	}
	return compiler, nil
}
