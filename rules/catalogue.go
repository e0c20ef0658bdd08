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
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"golang.org/x/sync/errgroup"
)

// Catalogue is a set of rules, parsed but not compiled.
type Catalogue struct {
	rules   []*Rule // sorted by id
	modules map[string]*ast.Module
	sources []*Source      // of rules that did not come with kmsaudit
	data    map[string]any // that those read
	proven  bool           // in no need of the checks that compiling has
}

// Builtin is the catalogue that comes with kmsaudit. It can be added to.
func Builtin() (*Catalogue, error) {
	c, err := builtin()
	if err != nil {
		return nil, err
	}
	return &Catalogue{rules: slices.Clone(c.rules), modules: maps.Clone(c.modules), data: map[string]any{}, proven: true}, nil
}

// builtin parses it once for a process; nobody changes what it returns.
var builtin = sync.OnceValues(func() (*Catalogue, error) {
	notes, err := writtenNotes()
	if err != nil {
		return nil, err
	}
	return load(Files(), notes)
})

// Load parses the rules in files: each folder two levels deep, <family>/<rule>,
// is a rule; lib holds helpers. Tests are left out.
func Load(files fs.FS) (*Catalogue, error) { return load(files, nil) }

// load takes METADATA from notes, by module, or if there are none from the modules.
func load(files fs.FS, notes map[string]*note) (*Catalogue, error) {
	var names []string
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasSuffix(name, ".rego") && !strings.HasSuffix(name, "_test.rego") {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	modules, err := parseAll(files, names, notes == nil)
	if err != nil {
		return nil, err
	}
	c := &Catalogue{modules: map[string]*ast.Module{}, data: map[string]any{}}
	for i, name := range names {
		c.modules[name] = modules[i]
		if strings.HasPrefix(name, "lib/") {
			continue
		}
		if err := c.add(files, name, modules[i], notes); err != nil {
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

// parseAll parses modules beside each other: what is small waits for that.
func parseAll(files fs.FS, names []string, annotations bool) ([]*ast.Module, error) {
	modules := make([]*ast.Module, len(names))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, name := range names {
		group.Go(func() error {
			text, err := fs.ReadFile(files, name)
			if err == nil {
				modules[i], err = parse(name, text, annotations)
			}
			return err
		})
	}
	return modules, group.Wait()
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

func (c *Catalogue) add(files fs.FS, name string, module *ast.Module, notes map[string]*note) error {
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
	n := notes[name]
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
	parsed.files, parsed.module, parsed.note = files, name, n
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
