package rules

import (
	"encoding/json"
	"maps"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// everyExample is one document of the examples of all rules.
func everyExample(t *testing.T, c *Catalogue) *facts.Document {
	t.Helper()
	all := map[string]any{}
	n := 0
	for _, rule := range c.Rules() {
		for _, example := range allExamples(t, rule) {
			for kind, list := range example.Facts {
				for _, resource := range list.([]any) {
					resource := maps.Clone(resource.(map[string]any))
					n++
					for _, id := range []string{"id", "arn"} {
						if resource[id] != nil {
							resource[id] = resource[id].(string) + "-" + string(rune('a'+n%26)) + string(rune('a'+n/26))
						}
					}
					have, _ := all[kind].([]any)
					all[kind] = append(have, resource)
				}
			}
		}
	}
	return documentOf(t, complete(t, c, Example{Facts: all}))
}

// outcomesIn is what the rules say of a document in shards of that size, as JSON.
func outcomesIn(t *testing.T, e *Engine, document *facts.Document, size int) string {
	t.Helper()
	return outcomesWith(t, e, document, Settings{}, size)
}

func outcomesWith(t *testing.T, e *Engine, document *facts.Document, s Settings, size int) string {
	t.Helper()
	outcomes, _, err := e.outcomes(t.Context(), document, s, size)
	if err != nil {
		t.Fatal(err)
	}
	for i := range outcomes {
		outcomes[i].Rule = nil
	}
	text, err := json.Marshal(outcomes)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestShardsAgree evaluates a document whole and in shards.
func TestShardsAgree(t *testing.T) {
	c := catalogue(t)
	e, document := compiled(t, c), everyExample(t, c)
	want := outcomesIn(t, e, document, 1<<20)
	for _, size := range []int{256, 2, 1} {
		if got := outcomesIn(t, e, document, size); got != want {
			t.Errorf("shards of %d give something else:\n%s\n%s", size, got, want)
		}
	}
}

// TestSparedAgrees asks for everything, and spares what is known without.
func TestSparedAgrees(t *testing.T) {
	c := catalogue(t)
	e, document := compiled(t, c), everyExample(t, c)
	sparing := outcomesIn(t, e, document, 1)
	shared, unread := 0, 0
	for i := range e.queries {
		q := &e.queries[i]
		shared += len(q.spared.subjects)
		for _, spares := range q.spared.unknown {
			if spares {
				unread++
			}
		}
		q.spared = spared{}
		if err := q.prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if asked := outcomesIn(t, e, document, 1); asked != sparing {
		t.Errorf("asked for everything, the rules say something else:\n%s\n%s", asked, sparing)
	}
	if shared < 20 || unread < 40 {
		t.Errorf("the subjects of %d rules and the unknowns of %d are spared: far fewer than there were", shared, unread)
	}
}

// TestReleaseAgrees lets go of facts while the rules run.
func TestReleaseAgrees(t *testing.T) {
	c := catalogue(t)
	e := compiled(t, c)
	want := outcomesIn(t, e, everyExample(t, c), 2)
	document := everyExample(t, c)
	if got := outcomesWith(t, e, document, Settings{Release: true}, 2); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	document.Resources(func(r facts.Resource) {
		if r.ID != "" || r.Place != "" || r.Unread != nil {
			t.Errorf("the facts of %s are still there", r.ID)
		}
	})
}

// TestOfUnread tells which unknowns need a reading that is not there.
func TestOfUnread(t *testing.T) {
	for body, want := range map[string]bool{
		`some k in input.keys; x := k.unread.rotation`:                          true,
		`some k in input.keys; k.unread.rotation.state == "denied"; x := k.arn`: true,
		`some k in input.keys; x := [k.arn, k.unread.policy]`:                   true,
		`some k in input.keys; k.rotation.status == "off"; x := k.arn`:          false,
		`some k in input.keys; not k.unread.rotation; x := k.arn`:               false,
		`some k in input.keys; x := [u | u := k.unread.rotation]`:               false,
		`some k in input.keys; some name; k.unread[name]; x := k.arn`:           false,
		`some k in input.keys; x := k.rotation.unread.policy`:                   false,
		`some k in input.keys; x := k.unread.policy with input as {}`:           false,
		`some k in input.keys; x := object.get(k, ["unread", "policy"], 0)`:     false,
		`x := input.params.unread.policy`:                                       false,
	} {
		module, err := ast.ParseModule("test.rego", "package test\n\nunknown contains x if { "+body+" }")
		if err != nil {
			t.Fatal(err)
		}
		compiler := ast.NewCompiler()
		if compiler.Compile(map[string]*ast.Module{"test.rego": module}); compiler.Failed() {
			t.Fatal(compiler.Errors)
		}
		if got := ofUnread(compiler.Modules["test.rego"].Rules[0]); got != want {
			t.Errorf("%s: %t", body, got)
		}
	}
}

func TestUnnumbered(t *testing.T) {
	const text = "subjects contains __local7__ if { __local9__ = input.keys[__local7__]; __local9__.arn }"
	const want = "subjects contains __local0__ if { __local1__ = input.keys[__local0__]; __local1__.arn }"
	if got := unnumbered(text); got != want {
		t.Errorf("got %s", got)
	}
}
