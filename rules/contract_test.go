package rules

import (
	"bytes"
	"go/format"
	"os"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kmsaudit/kmsaudit/rules/facts"
)

func catalogue(t testing.TB) *Catalogue {
	t.Helper()
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func compiled(t testing.TB, c *Catalogue) *Engine {
	t.Helper()
	c.proven = false // hold them to all checks
	e, err := c.Compile(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestEveryReadingHasOperations holds the table of operations to the facts.
func TestEveryReadingHasOperations(t *testing.T) {
	table := operations()
	for kind, readings := range collections() {
		for _, reading := range readings {
			if len(table[kind+"."+reading]) == 0 {
				t.Errorf("it is not said where %s.%s comes from", kind, reading)
			}
			delete(table, kind+"."+reading)
		}
	}
	for reading := range table {
		t.Errorf("%s is no reading", reading)
	}
}

func TestEveryRuleIsSharded(t *testing.T) {
	e := compiled(t, catalogue(t))
	for _, rule := range e.Rules() {
		if u := e.uses[rule.ID]; u.whole != "" {
			t.Errorf("%s has to see the whole document: %s", rule.ID, u.whole)
		}
	}
}

// TestContract holds every rule to its tests, its examples and the contract.
func TestContract(t *testing.T) {
	all, err := catalogue(t).Verify(t.Context(), Sandbox{Timeout: 5 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	tests := 0
	for _, v := range all {
		tests += v.Tests
		for _, problem := range v.Problems {
			t.Error(problem)
		}
	}
	if len(all) <= len(catalogue(t).Rules()) || tests < 200 {
		t.Errorf("%d rules and folders of helpers, %d tests", len(all), tests)
	}
}

// TestExamplesFitTheSchema holds OPA's reading of the schema to another one's.
func TestExamplesFitTheSchema(t *testing.T) {
	c := catalogue(t)
	schema := factsSchema(t, c)
	for _, rule := range c.Rules() {
		for _, example := range allExamples(t, rule) {
			if err := schema.Validate(plain(complete(t, c, example.Example))); err != nil {
				t.Errorf("%s %q: %v", rule.ID, example.Name, err)
			}
		}
	}
}

func TestGeneratedFilesAreFresh(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	c, err := Load(Files()) // as the comments of the rules say, not as written.go does
	if err != nil {
		t.Fatal(err)
	}
	files, err := c.generated(string(readme), format.Source)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is stale: run go generate ./rules", name)
		}
	}
}

func allExamples(t testing.TB, rule *Rule) []kindedExample {
	t.Helper()
	examples, err := rule.Examples()
	if err != nil {
		t.Fatal(err)
	}
	return examples.all()
}

func complete(t testing.TB, c *Catalogue, example Example) map[string]any {
	t.Helper()
	return c.complete(example)
}

func documentOf(t testing.TB, value map[string]any) *facts.Document {
	t.Helper()
	document, err := readDocument(value)
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// judge evaluates the facts and returns how the engine's only rule fared.
func judge(t testing.TB, e *Engine, value map[string]any) judged {
	t.Helper()
	rule := e.Rules()[0]
	v := &verifier{catalogue: e.catalogue, rule: rule, query: e.queries[0], uses: e.uses[rule.ID]}
	o, ok := v.judge(t.Context(), "of a test", value, shardSize)
	if !ok {
		t.Fatal(v.Problems)
	}
	return o
}

func factsSchema(t testing.TB, c *Catalogue) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("facts.json", plain(c.FactsSchema())); err != nil {
		t.Fatal(err)
	}
	return compiler.MustCompile("facts.json")
}
