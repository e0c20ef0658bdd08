package rules

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// ownPackage is the root of the packages that come with kmsaudit.
const ownPackage = "kmsaudit"

// otherFamily is that of rules whose package names none of the families.
const otherFamily = "custom"

// Add takes the rules of a source along. They keep the contract of the built-in
// ones, but stand in packages of their own and have ids of their own. Every rule
// is one module: its package has METADATA with an id, and no other module adds to
// it. Modules without are helpers, which may not read input.
//
// The error lists everything that is wrong, each with file and line.
func (c *Catalogue) Add(s *Source) error {
	var problems []error
	own := map[string]string{} // package of a rule → its file
	helpers := map[string]*ast.Module{}
	for _, name := range s.names() {
		if !isRego(name) || isTest(name) {
			continue
		}
		at := s.at(name)
		module, err := parse(at, s.Files[name], true)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		if root := packageRoot(module); root == ownPackage {
			problems = append(problems, fmt.Errorf("%s: the packages of %s are its own: begin the package with a name of yours, such as acme.%s",
				module.Package.Location, ownPackage, strings.TrimPrefix(dotted(module.Package), ownPackage+".")))
			continue
		}
		c.modules[at] = module
		note := annotationOf(module)
		if note == nil {
			if what := publishes(module); what != "" {
				problems = append(problems, fmt.Errorf("%s: the package publishes %s and has no METADATA with custom.id: a rule needs it",
					module.Package.Location, what))
			}
			helpers[at] = module
			continue
		}
		rule, err := c.foreign(s, name, module, note)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", note.Location, err))
			continue
		}
		if other := own[rule.Package]; other != "" {
			problems = append(problems, fmt.Errorf("%s: the package is that of the rule in %s: a rule is one module", module.Package.Location, other))
			continue
		}
		own[rule.Package] = at
		problems = append(problems, lint(module)...)
		c.rules = append(c.rules, rule)
	}
	for _, at := range slices.Sorted(maps.Keys(helpers)) {
		module := helpers[at]
		if other := own[module.Package.Path.String()]; other != "" {
			problems = append(problems, fmt.Errorf("%s: the package is that of the rule in %s: a rule is one module", module.Package.Location, other))
		}
		if ref := readsInput(module); ref != nil {
			problems = append(problems, fmt.Errorf("%s: a helper reads %s; only rules read input, and hand over what a helper needs", ref.Location, ref))
		}
	}
	if err := s.data(c.data); err != nil {
		problems = append(problems, err)
	}
	if len(own) == 0 && len(problems) == 0 {
		problems = append(problems, fmt.Errorf("%s holds no rule: no package has METADATA with custom.id", s.Name))
	}
	if err := errors.Join(problems...); err != nil {
		return err
	}
	c.sources = append(c.sources, s)
	c.sort()
	return nil
}

// foreign reads a rule that did not come with kmsaudit.
func (c *Catalogue) foreign(s *Source, name string, module *ast.Module, note *ast.Annotations) (*Rule, error) {
	n, err := noteOf(note)
	if err != nil {
		return nil, err
	}
	rule, err := newRule(familyOf(module.Package), path.Dir(name), module.Package, n)
	if err != nil {
		return nil, err
	}
	for _, other := range c.rules {
		whose := "a rule of kmsaudit"
		if other.Foreign() {
			whose = "the rule in " + other.module
		}
		switch {
		case other.ID == rule.ID:
			return nil, fmt.Errorf("custom.id %s is that of %s: choose another", rule.ID, whose)
		case other.Name == rule.Name:
			return nil, fmt.Errorf("custom.name %s is that of %s: choose another", rule.Name, whose)
		case strings.HasPrefix(rule.Package+".", other.Package+".") && !other.Foreign():
			return nil, fmt.Errorf("the package %s is that of %s", rule.Package, whose)
		}
	}
	rule.source, rule.module = s, s.at(name)
	return rule, nil
}

// familyOf takes the family from the package, as in acme.key.team_tag.
func familyOf(pkg *ast.Package) string {
	parts := strings.Split(dotted(pkg), ".")
	if len(parts) > 1 && slices.Contains(Families(), parts[len(parts)-2]) {
		return parts[len(parts)-2]
	}
	return otherFamily
}

// dotted is the name of a package, without data.
func dotted(pkg *ast.Package) string { return strings.TrimPrefix(pkg.Path.String(), "data.") }

func packageRoot(module *ast.Module) string {
	if len(module.Package.Path) < 2 {
		return ""
	}
	root, _ := module.Package.Path[1].Value.(ast.String)
	return string(root)
}

// annotationOf is the METADATA that makes a package a rule: it has an id, or looks
// as if it meant to have one.
func annotationOf(module *ast.Module) *ast.Annotations {
	for _, a := range module.Annotations {
		if a.Scope != "package" {
			continue
		}
		if _, ok := a.Custom["id"]; ok || publishes(module) != "" {
			return a
		}
	}
	return nil
}

// publishes names the sets of a rule that a module has, "" for none.
func publishes(module *ast.Module) string {
	var found []string
	for _, rule := range module.Rules {
		name := rule.Head.Ref()[0].String()
		if slices.Contains(published, name) && !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	return strings.Join(found, ", ")
}

// readsRules says whether a module refers to what kmsaudit has but its libraries, or
// may: data as a whole, or a part of it that is computed.
func readsRules(module *ast.Module) bool {
	found, libraries := false, pathOf("data."+ownPackage+".lib")
	var visit func(x any)
	visit = func(x any) {
		ast.NewGenericVisitor(func(x any) bool {
			switch x := x.(type) {
			case ast.Var:
				found = found || x.Equal(ast.DefaultRootDocument.Value)
			case ast.Ref:
				if x[0].Equal(ast.DefaultRootDocument) {
					found = found || !x.HasPrefix(libraries) && (len(x) == 1 || !isName(x[1]) || x[1].Value.Compare(ast.String(ownPackage)) == 0)
				}
				for _, part := range x[1:] {
					visit(part)
				}
				return true
			}
			return found
		}).Walk(x)
	}
	for _, i := range module.Imports {
		visit(i.Path)
	}
	for _, r := range module.Rules {
		visit(r)
	}
	return found
}

func readsInput(module *ast.Module) *ast.Term {
	var found *ast.Term
	ast.WalkTerms(module, func(t *ast.Term) bool {
		ref, isRef := t.Value.(ast.Ref)
		switch {
		case found != nil:
		case isRef && ref.HasPrefix(ast.InputRootRef):
			found = t
		case t.Value.Compare(ast.InputRootDocument.Value) == 0:
			found = t
		}
		return found != nil
	})
	return found
}
