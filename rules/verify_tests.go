package rules

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"
)

// tested is how the tests in one folder went.
type tested struct {
	n        int
	problems []error
}

// builtinSource is what comes with kmsaudit, in the form of what users bring.
func builtinSource() *Source {
	s := &Source{Files: map[string][]byte{}}
	err := fs.WalkDir(Files(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		s.Files[name], err = fs.ReadFile(Files(), name)
		return err
	})
	if err != nil {
		panic(err) // it is part of the program
	}
	return s
}

// runTests runs the tests in Rego of the sources and says, by folder, what went
// wrong, and which modules are not formatted. The rules that they test have what
// rules have of OPA.
func (c *Catalogue) runTests(ctx context.Context, sources []*Source, s Sandbox) (map[string]*tested, error) {
	found := map[string]*tested{}
	at := func(name string) *tested {
		folder := path.Dir(name)
		if found[folder] == nil {
			found[folder] = &tested{}
		}
		return found[folder]
	}
	parsed, err := c.parsed()
	if err != nil {
		return nil, err
	}
	modules := maps.Clone(parsed)
	for _, source := range sources {
		for name, problem := range unformatted(source) {
			t := at(source.at(name))
			t.problems = append(t.problems, problem)
		}
		for _, name := range source.names() {
			if !isTest(name) {
				continue
			}
			module, err := parse(source.at(name), source.Files[name], true)
			if err != nil {
				return nil, err
			}
			modules[source.at(name)] = module
		}
	}
	err = s.within(ctx, func(ctx context.Context) error {
		store := inmem.NewFromObject(c.data)
		txn, err := store.NewTransaction(ctx, storage.TransactionParams{Write: true})
		if err != nil {
			return err
		}
		defer store.Abort(ctx, txn)
		may := Capabilities()
		may.Builtins = append(may.Builtins, ast.InternalTestCase) // it tells the cases of a test apart
		compiler := ast.NewCompiler().WithCapabilities(may).WithDefaultRegoVersion(ast.RegoV1)
		results, err := tester.NewRunner().SetCompiler(compiler).SetStore(store).SetModules(modules).SetTimeout(s.Timeout).RunTests(ctx, txn)
		if err != nil {
			return fmt.Errorf("run the tests: %w", err)
		}
		for result := range results {
			t := at(result.Location.File)
			t.n++
			if result.Fail || result.Error != nil {
				t.problems = append(t.problems, fmt.Errorf("%s: %s fails%s", result.Location, result.Name, because(result)))
			}
		}
		return ctx.Err()
	})
	switch {
	case errors.Is(err, errSlow):
		return nil, fmt.Errorf("the tests in Rego: one %s", s.tooSlow())
	case errors.Is(err, errGreedy):
		return nil, fmt.Errorf("the tests in Rego: one %s", s.tooGreedy())
	case err != nil:
		return nil, err
	}
	for _, t := range found {
		slices.SortFunc(t.problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	}
	return found, nil
}

func because(result *tester.Result) string {
	if result.Error != nil {
		return ": " + result.Error.Error()
	}
	return ""
}
