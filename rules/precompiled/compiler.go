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
	// exchanged before it looks at them.
	compiler.WithStageAfterID(ast.StageInitLocalVarGen, ast.CompilerStageDefinition{
		Name: "ReadPrecompiled", MetricName: "read_precompiled", Stage: func(c *ast.Compiler) *ast.Error {
			modules, err := s.Modules(names)
			if err != nil {
				return ast.NewError(ast.CompileErr, nil, "%v", err)
			}
			c.Modules = modules
			return nil
		},
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
