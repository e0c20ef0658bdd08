package rules

import (
	"reflect"
	"testing"
)

// The rules as they are written into the program are those that their sources say.
func TestBuiltinRulesAreThoseOfTheSources(t *testing.T) {
	sources, err := Load(Files())
	if err != nil {
		t.Fatal(err)
	}
	if len(sources.rules) != len(builtin()) {
		t.Fatalf("%d rules, and the sources have %d", len(builtin()), len(sources.rules))
	}
	for i, rule := range builtin() {
		if !reflect.DeepEqual(rule.path.String(), sources.rules[i].path.String()) {
			t.Errorf("%s: the path is %s, of the sources %s", rule.ID, rule.path, sources.rules[i].path)
		}
		got, want := *rule, *sources.rules[i]
		got.path, want.path = nil, nil
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s is\n%+v\nand its source says\n%+v", rule.ID, got, want)
		}
	}
}

// What was compiled before reads and answers what compiling now does, on every
// example of every rule.
func TestPrecompiledRulesAnswerTheSame(t *testing.T) {
	c := catalogue(t)
	ready, err := c.CompileApart(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	c.proven = false // which compiles the sources
	whole, err := c.CompileApart(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(ready.uses, whole.uses) || !reflect.DeepEqual(ready.wanted, whole.wanted) || len(ready.queries) != len(whole.queries) {
		t.Fatalf("the rules read\n%v\nand compiled now\n%v", ready.uses, whole.uses)
	}
	for i := range ready.queries {
		rule := ready.queries[i].rules[0]
		for _, example := range allExamples(t, rule) {
			document := documentOf(t, complete(t, c, example.Example))
			want, _, err := whole.queries[i].alone(t.Context(), document, shardSize)
			if err != nil {
				t.Fatal(err)
			}
			got, _, err := ready.queries[i].alone(t.Context(), document, shardSize)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(want, got) {
				t.Errorf("%s %q: compiled now\n%+v\nbefore\n%+v", rule.ID, example.Name, want, got)
			}
		}
	}
}
