package rules

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/kmsaudit/kmsaudit/rules/precompiled"
)

// What comes with kmsaudit is neither parsed nor compiled when it runs: go generate
// ./rules does that, with all checks, and writes the METADATA as Go (written.go) and
// the modules as the compiler leaves them (precompiled.bin). A test holds both to the
// Rego.

//go:embed precompiled.bin
var shippedModules string

// openShipped reads its table of contents once for a process.
var openShipped = sync.OnceValues(func() (*precompiled.Set, error) {
	set, err := precompiled.Open(shippedModules)
	if err != nil {
		return nil, fmt.Errorf("precompiled.bin, which go generate ./rules makes: %w", err)
	}
	return set, nil
})

// builtin are the rules that come with kmsaudit; nobody changes them.
var builtin = sync.OnceValue(func() []*Rule {
	files := Files()
	written := writtenRules()
	for _, rule := range written {
		rule.path, rule.files = pathOf(rule.Package), files
	}
	return written
})

// builtinModules parses their modules, and builtinLibraries those that users' rules
// may refer to, once for a process.
var (
	builtinModules   = sync.OnceValues(func() (map[string]*ast.Module, error) { return parseAll(Files(), "", false) })
	builtinLibraries = sync.OnceValues(func() (map[string]*ast.Module, error) { return parseAll(Files(), libraryFolder, false) })
)

// libraryFolder is where their modules are.
const libraryFolder = "lib/"

// pathOf is the path of a package whose names need no quotes.
func pathOf(pkg string) ast.Ref {
	path := ast.Ref{ast.DefaultRootDocument}
	for _, name := range strings.Split(pkg, ".")[1:] {
		path = append(path, ast.StringTerm(name))
	}
	return path
}

// shipped takes the rules that were picked, all of them kmsaudit's own, from what was
// compiled before.
func shipped(picked []*Rule) (*program, error) {
	set, err := openShipped()
	if err != nil {
		return nil, err
	}
	all := writtenUses()
	p := &program{uses: make(map[string]usage, len(picked))}
	for _, rule := range picked {
		u := all[rule.module]
		u.collections = collections()
		p.uses[rule.ID] = u
	}
	first := func(rule *Rule) string { return strings.Join(all[rule.module].kinds, " ") }
	p.compilers, err = together(picked, first, func(part []*Rule) (*ast.Compiler, error) {
		names := slices.DeleteFunc(set.Names(), func(name string) bool { return !strings.HasPrefix(name, libraryFolder) })
		for _, rule := range part {
			names = append(names, rule.module)
		}
		return set.Compiler(names, Capabilities())
	})
	return p, err
}

// precompile compiles the catalogue with all checks, and gives what shipped takes
// the rules from, and what each module reads. It fails where a helper reads facts:
// they would be looked for, for whichever rule.
func (c *Catalogue) precompile() ([]byte, map[string]usage, error) {
	modules, err := c.parsed()
	if err != nil {
		return nil, nil, err
	}
	compiler, err := c.compiler(modules, c.rules)
	if err != nil {
		return nil, nil, err
	}
	if readByHelpers(compiler.Modules, c.rules) {
		return nil, nil, errors.New("a helper reads facts; only rules read input")
	}
	uses := map[string]usage{}
	for _, rule := range c.rules {
		if uses[rule.module], err = inspect(rule, compiler.Modules[rule.module]); err != nil {
			return nil, nil, fmt.Errorf("rule %s (%s): %w", rule.ID, rule.Where(), err)
		}
	}
	text, err := precompiled.Write(compiler)
	return text, uses, err
}
