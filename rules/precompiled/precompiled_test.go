package precompiled

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
)

// sources have whatever a compiled module can hold.
func sources() map[string]string {
	return map[string]string{
		"lib/help.rego": `package test.lib.help

double(x) := x * 2

first(x) := "small" if {
	x < 10
} else := "large"

default known := false

known if "a" in input.names
`,
		"all/all.rego": `package test["all of it"]

import data.test.lib.help

constants := {"null": null, "yes": true, "no": false, "number": 1.50, "list": [1, "two", {3}], "none": [], "empty": {}}

deny contains {"name": name, "size": help.first(size), "double": help.double(size)} if {
	some name, size in input.sizes
	not name in {"c", "d"}
	every other in input.names {
		other != sprintf("%s!", [name])
	}
	every i, other in input.names {
		i < 5
		other
	}
}

sizes[name] := [s | some s in list] if some name, list in input.lists

by_size := {size: names |
	some size in input.sizes
	names := {n | some n; input.sizes[n] == size}
}

a.b[x].c := x if some x in input.names

total := sum([s | some s in input.sizes])

with_other if help.known with input as {"names": ["a"]}

text := $"{total} of {input.names[0]}"

broken := 1 / input.zero
`,
	}
}

func compiled(t testing.TB) *ast.Compiler {
	t.Helper()
	modules := map[string]*ast.Module{}
	for name, text := range sources() {
		var err error
		if modules[name], err = ast.ParseModuleWithOpts(name, text, ast.ParserOptions{RegoVersion: ast.RegoV1}); err != nil {
			t.Fatal(err)
		}
	}
	compiler := ast.NewCompiler().WithDefaultRegoVersion(ast.RegoV1)
	if compiler.Compile(modules); compiler.Failed() {
		t.Fatal(compiler.Errors)
	}
	return compiler
}

func written(t testing.TB, compiler *ast.Compiler) *Set {
	t.Helper()
	text, err := Write(compiler)
	if err != nil {
		t.Fatal(err)
	}
	set, err := Open(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// What is read is what was written, with its lines.
func TestReadsWhatWasWritten(t *testing.T) {
	want := compiled(t)
	text, err := Write(want)
	if err != nil {
		t.Fatal(err)
	}
	set := written(t, want)
	ready, err := set.Compiler(set.Names(), ast.CapabilitiesForThisVersion())
	if err != nil {
		t.Fatal(err)
	}
	got := ready.Modules
	for name, module := range want.Modules {
		if got[name].Compare(module) != 0 || got[name].String() != module.String() {
			t.Errorf("%s: written\n%s\nread\n%s", name, module, got[name])
		}
		for i, rule := range module.Rules {
			if read := got[name].Rules[i]; read.Module != got[name] || read.Location.String() != rule.Location.String() {
				t.Errorf("%s: rule %d: written at %s, read at %s", name, i, rule.Location, read.Location)
			}
		}
	}
	again, err := Write(ready)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text, again) {
		t.Error("what was read is written in another way")
	}
	if got, want := indices(ready), indices(want); !slices.Equal(got, want) || len(want) != 1 {
		t.Errorf("indices of comprehensions:\ncompiled\n%s\nread\n%s", want, got)
	}
}

// indices are the comprehensions that a compiler indexed.
func indices(compiler *ast.Compiler) []string {
	var found []string
	for _, name := range slices.Sorted(maps.Keys(compiler.Modules)) {
		ast.WalkTerms(compiler.Modules[name], func(t *ast.Term) bool {
			if index := compiler.ComprehensionIndex(t); index != nil {
				found = append(found, fmt.Sprint(t, index))
			}
			return false
		})
	}
	return found
}

// What is read answers as what was compiled does, errors with their places included.
func TestAnswersTheSame(t *testing.T) {
	inputs := []map[string]any{
		{},
		{"names": []string{"a", "b"}, "sizes": map[string]any{"a": 1, "b": 20, "c": 1}, "lists": map[string]any{"a": []int{1, 2}}},
		{"names": []string{}, "sizes": map[string]any{"a": 1, "b": 1}, "zero": 1},
		{"names": []string{"x"}, "sizes": map[string]any{"a": 1}, "zero": 0},
	}
	whole := compiled(t)
	set := written(t, whole)
	ready, err := set.Compiler(set.Names(), ast.CapabilitiesForThisVersion())
	if err != nil {
		t.Fatal(err)
	}
	before, _, _ := strings.Cut(sources()["all/all.rego"], "broken :=")
	where := fmt.Sprintf("all/all.rego:%d: ", 1+strings.Count(before, "\n"))
	failed := false
	for _, input := range inputs {
		answer := func(compiler *ast.Compiler) string {
			found, err := rego.New(rego.Compiler(compiler), rego.Query("x = data.test"), rego.Input(input), rego.StrictBuiltinErrors(true)).Eval(t.Context())
			if err != nil {
				failed = true
				return err.Error()
			}
			return ast.MustInterfaceToValue(found[0].Bindings["x"]).String()
		}
		if want, got := answer(whole), answer(ready); want != got {
			t.Errorf("%v: compiled\n%s\nread\n%s", input, want, got)
		} else if failed && !strings.HasPrefix(got, where) {
			t.Errorf("the error does not say where: %s", got)
		}
	}
	if !failed {
		t.Error("nothing failed")
	}
}

func TestModulesOfSomeNames(t *testing.T) {
	set := written(t, compiled(t))
	got, err := set.Modules([]string{"lib/help.rego"})
	if err != nil || len(got) != 1 || got["lib/help.rego"] == nil {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := set.Modules([]string{"lib/none.rego"}); err == nil || !strings.Contains(err.Error(), "lib/none.rego") {
		t.Errorf("a module that is not there: %v", err)
	}
	if _, err := set.Compiler([]string{"lib/none.rego"}, ast.CapabilitiesForThisVersion()); err == nil {
		t.Error("a compiler of a module that is not there")
	}
}

// What another version of OPA compiled is refused: it may mean something else to this one.
func TestOtherVersion(t *testing.T) {
	text, err := Write(ast.NewCompiler())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(strings.Replace(string(text), "1.", "0.", 1)); err == nil || !strings.Contains(err.Error(), "compiled by OPA 0.") {
		t.Error(err)
	}
}

// What was only parsed is refused.
func TestNotCompiled(t *testing.T) {
	module := ast.MustParseModuleWithOpts("package p\n\nq if some x in input\n", ast.ParserOptions{RegoVersion: ast.RegoV1})
	if _, err := Write(&ast.Compiler{Modules: map[string]*ast.Module{"p.rego": module}}); err == nil || !strings.Contains(err.Error(), "p.rego") {
		t.Error(err)
	}
}
