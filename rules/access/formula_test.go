package access

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

func drawNode(t *rapid.T, depth int) node {
	if depth == 0 || rapid.IntRange(0, 2).Draw(t, "leaf") == 0 {
		return node{kind: isLeaf, leaf: rapid.IntRange(0, 4).Draw(t, "literal"), negated: rapid.Bool().Draw(t, "negated")}
	}
	n := node{kind: isAll}
	if rapid.Bool().Draw(t, "any") {
		n.kind = isAny
	}
	for range rapid.IntRange(0, 4).Draw(t, "kids") {
		n.kids = append(n.kids, drawNode(t, depth-1))
	}
	return n
}

func size(n *node) int {
	count := 0
	n.leaves(func(*node) { count++ })
	return count
}

// A reduced formula means the same and is not longer; reducing it again changes
// nothing; the opposite is the opposite.
func TestReduced(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := drawNode(t, 4)
		short, opposite := n.reduced(), n.opposite()
		for world := range uint(32) {
			if n.under(world) != short.under(world) {
				t.Fatalf("%s became %s", n.name(), short.name())
			}
			if n.under(world) == opposite.under(world) {
				t.Fatalf("%s and its opposite %s", n.name(), opposite.name())
			}
		}
		if size(&short) > size(&n) {
			t.Fatalf("%s grew to %s", n.name(), short.name())
		}
		if again := short.reduced(); again.name() != short.name() {
			t.Fatalf("%s became %s", short.name(), again.name())
		}
	})
}

func TestReducedForms(t *testing.T) {
	leaf := func(i int) node { return node{kind: isLeaf, leaf: i} }
	a, b, c := leaf(0), leaf(1), leaf(2)
	for name, one := range map[string]struct{ from, want node }{
		"absorption":          {anyOf(a, all(a, b)), a},
		"absorption, dual":    {all(a, anyOf(b, a)), a},
		"absorption of parts": {anyOf(all(a, b), all(c, b, a)), all(a, b)},
		"said twice":          {anyOf(all(a, b), all(b, a)), all(a, b)},
		"contradiction":       {all(a, b, a.opposite()), anyOf()},
		"excluded middle":     {anyOf(a, a.opposite()), all()},
		"what is left":        {all(a, anyOf(a.opposite(), b)), all(a, b)},
		"true and false":      {all(anyOf(anyOf(), a), all()), a},
		"nested":              {all(a, all(b, all(c))), all(a, b, c)},
	} {
		if got := one.from.reduced(); got.name() != one.want.name() {
			t.Errorf("%s: got %s, want %s", name, got.name(), one.want.name())
		}
	}
}

// under is the truth of a formula when the context is known.
func (f *Formula) under(t *rapid.T, ctx *Context) bool {
	switch {
	case f.Test == nil:
		of := func(one Formula) bool { return one.under(t, ctx) }
		if f.Any != nil {
			return slices.ContainsFunc(f.Any, of)
		}
		return !slices.ContainsFunc(f.All, func(one Formula) bool { return !one.under(t, ctx) })
	case f.Test.Key == "Resource" || f.Test.Key == "NotResource":
		resource, _ := splitARN(aKey)
		covers := slices.ContainsFunc(f.Test.Values, func(v string) bool {
			p := compileARN(v, true, true, arnResource)
			return p.matches(&resource, ctx) == yes
		})
		return covers == (f.Test.Key == "Resource") != f.Fails
	case f.Test.Key == "Principal" || f.Test.Key == "NotPrincipal" || f.Test.Statement.Layer == LayerGrant:
		t.Skip("nobody knows")
	}
	c := compileTest(&policy.Condition{Operator: f.Test.Operator, Key: f.Test.Key, Values: f.Test.Values}, true)
	return (c.eval(ctx) == yes) != f.Fails
}

// When says for every context whether the request is then allowed, and the tests
// that it is made of are those that the decision depends on.
func TestWhen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		if w.req.Action == "s3:GetObject" || w.req.Action == "kms:ListKeys" {
			w.req.Action = "kms:Decrypt"
			w.req.Resource = aKey
		}
		open := Decide(&w.req, w.policies())
		if (open.Verdict == Depends) != (open.When != nil) {
			t.Fatalf("%s, when %s", open.Verdict, open.When)
		}
		if open.When == nil {
			return
		}
		if open.When.String() == "" || len(open.DependsOn) == 0 {
			t.Fatalf("depends on nothing: %+v", open)
		}
		w.req.Context = drawContext(t)
		full := w.verdict()
		if got := open.When.under(t, &w.req.Context); got != (full == Allowed) {
			t.Fatalf("%s, and %s is %v", full, open.When, got)
		}
	})
}

// Tests that look like opposites are none where both may be false.
func TestNoOpposites(t *testing.T) {
	text := func(operator, key string) string {
		return `{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"` + operator + `":{"` + key + `":"1"}}}}`
	}
	for _, one := range []struct {
		a, b, key string
		want      Verdict
	}{
		{"StringEquals", "StringNotEquals", "a:x", Allowed},
		{"StringEqualsIfExists", "StringNotEquals", "a:x", Allowed},
		{"ForAllValues:StringEquals", "ForAnyValue:StringNotEquals", "aws:TagKeys", Allowed},
		{"ForAnyValue:StringEquals", "ForAllValues:StringNotEqualsIfExists", "aws:TagKeys", Allowed},
		{"ForAnyValue:StringEqualsIfExists", "ForAllValues:StringNotEquals", "aws:TagKeys", Depends}, // cautious
		{"ForAllValues:StringEquals", "ForAllValues:StringNotEquals", "aws:TagKeys", Depends},
		{"ForAnyValue:StringEquals", "ForAnyValue:StringNotEquals", "aws:TagKeys", Depends},
		{"StringEqualsIfExists", "StringNotEqualsIfExists", "aws:TagKeys", Depends},
		{"NumericLessThan", "NumericGreaterThanEquals", "a:x", Depends}, // it may be missing
		{"StringEquals", "StringEqualsIgnoreCase", "a:x", Depends},
	} {
		c := &Case{
			Request: Request{
				Principal: Caller{ARN: "arn:aws:iam::111122223333:role/app"}, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/o",
				Context: NewContext().WithUnknown(one.key),
			},
			Policies: Policies{Identity: []*Policy{
				mustCompile(t, LayerIdentity, text(one.a, one.key)), mustCompile(t, LayerIdentity, text(one.b, one.key)),
			}},
		}
		if d := c.Decide(); d.Verdict != one.want {
			t.Errorf("%s or %s: got %s, when %s", one.a, one.b, d.Verdict, d.When)
		}
	}
}
