package rules

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"runtime"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"golang.org/x/sync/errgroup"
)

// Catalogue is a set of rules, not compiled.
type Catalogue struct {
	rules   []*Rule                // sorted by id
	modules map[string]*ast.Module // parsed, but for those that come with kmsaudit
	sources []*Source              // of rules that did not come with kmsaudit
	data    map[string]any         // that those read
	builtin bool                   // it has the rules that come with kmsaudit
	proven  bool                   // and they are in no need of the checks that compiling has
}

// Builtin is the catalogue that comes with kmsaudit. It can be added to.
func Builtin() (*Catalogue, error) {
	return &Catalogue{rules: slices.Clone(builtin()), modules: map[string]*ast.Module{}, data: map[string]any{}, builtin: true, proven: true}, nil
}

// Load parses the rules in files: each folder two levels deep, <family>/<rule>,
// is a rule; lib holds helpers. Tests are left out.
func Load(files fs.FS) (*Catalogue, error) {
	modules, err := parseAll(files, "", true)
	if err != nil {
		return nil, err
	}
	c := &Catalogue{modules: modules, data: map[string]any{}}
	for _, name := range slices.Sorted(maps.Keys(modules)) {
		if strings.HasPrefix(name, libraryFolder) {
			continue
		}
		if err := c.add(files, name, modules[name]); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	c.sort()
	for i := 1; i < len(c.rules); i++ {
		if c.rules[i].ID == c.rules[i-1].ID {
			return nil, fmt.Errorf("%s and %s both have the id %s", c.rules[i-1].Dir, c.rules[i].Dir, c.rules[i].ID)
		}
	}
	return c, nil
}

// parsed are all modules of the catalogue, by name. Nobody changes the modules.
func (c *Catalogue) parsed() (map[string]*ast.Module, error) { return c.with(builtinModules) }

// with are the modules of the catalogue and those of kmsaudit that parse gives.
func (c *Catalogue) with(parse func() (map[string]*ast.Module, error)) (map[string]*ast.Module, error) {
	if !c.builtin {
		return c.modules, nil
	}
	modules, err := parse()
	if err != nil {
		return nil, err
	}
	modules = maps.Clone(modules)
	maps.Copy(modules, c.modules)
	return modules, nil
}

// parseAll parses the modules in files that begin so, beside each other, but for
// tests.
func parseAll(files fs.FS, prefix string, annotations bool) (map[string]*ast.Module, error) {
	var names []string
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasPrefix(name, prefix) && isRego(name) && !isTest(name) {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	parsed := make([]*ast.Module, len(names))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, name := range names {
		group.Go(func() error {
			text, err := fs.ReadFile(files, name)
			if err == nil {
				parsed[i], err = parse(name, text, annotations)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	modules := map[string]*ast.Module{}
	for i, name := range names {
		modules[name] = parsed[i]
	}
	return modules, nil
}

func parse(name string, text []byte, annotations bool) (*ast.Module, error) {
	module, err := ast.ParseModuleWithOpts(name, string(text), ast.ParserOptions{ProcessAnnotation: annotations, RegoVersion: ast.RegoV1})
	switch {
	case err != nil:
		return nil, fmt.Errorf("parse %s: %w", name, err)
	case module == nil:
		return nil, fmt.Errorf("parse %s: the file is empty", name)
	}
	return module, nil
}

func (c *Catalogue) sort() {
	slices.SortFunc(c.rules, func(a, b *Rule) int { return cmp.Compare(a.ID, b.ID) })
}

func (c *Catalogue) add(files fs.FS, name string, module *ast.Module) error {
	dir := path.Dir(name)
	family, rule, ok := strings.Cut(dir, "/")
	switch {
	case !ok || strings.Contains(rule, "/") || path.Base(name) != rule+".rego":
		return errors.New("a rule stands in <family>/<rule>/<rule>.rego")
	case !slices.Contains(Families(), family):
		return fmt.Errorf("%q is not one of the families %s", family, strings.Join(Families(), ", "))
	case module.Package.Path.String() != "data.kmsaudit."+family+"."+rule:
		return fmt.Errorf("the package has to be kmsaudit.%s.%s", family, rule)
	}
	var n *note
	for _, a := range module.Annotations {
		if a.Scope == "package" {
			var err error
			if n, err = noteOf(a); err != nil {
				return err
			}
			break // the first counts
		}
	}
	if n == nil {
		return errors.New("the package has no METADATA")
	}
	parsed, err := newRule(family, dir, module.Package, n)
	if err != nil {
		return err
	}
	parsed.files, parsed.module = files, name
	c.rules = append(c.rules, parsed)
	return nil
}

// Rules lists the rules, sorted by id.
func (c *Catalogue) Rules() []*Rule { return c.rules }

// Rule finds a rule by its id or its name.
func (c *Catalogue) Rule(idOrName string) (*Rule, bool) {
	for _, rule := range c.rules {
		if strings.EqualFold(rule.ID, idOrName) || rule.Name == idOrName {
			return rule, true
		}
	}
	return nil, false
}
