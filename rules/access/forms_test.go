package access

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

func drawRandom(t *rapid.T) *rand.Rand {
	return rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
}

// How the statements of a layer are spread over policies, and in which order these
// come, does not matter.
func TestOrderOfPoliciesDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		before, random := w.verdict(), drawRandom(t)
		p := w.policies()
		spread := func(layer Layer) []*Policy {
			if w.docs[layer] == nil {
				return nil
			}
			docs := make([]policy.Document, 3)
			for _, s := range w.docs[layer].Statements {
				d := &docs[random.IntN(len(docs))]
				d.Version, d.Statements = w.docs[layer].Version, append(d.Statements, s)
			}
			var list []*Policy
			for i := range docs {
				list = append(list, Compile("", layer, &docs[i]))
			}
			return list
		}
		p.Identity, p.Boundary = spread(LayerIdentity), spread(LayerBoundary)
		// A level of its own without effect, before or after, changes nothing either.
		everything := Compile("", LayerSCP, &policy.Document{Statements: []policy.Statement{{Effect: policy.Allow, Action: []string{"*"}, Resource: []string{"*"}}}})
		if list := spread(LayerSCP); list != nil {
			p.SCP = [][]*Policy{{everything}, list, {everything}}
			random.Shuffle(3, func(i, j int) { p.SCP[i], p.SCP[j] = p.SCP[j], p.SCP[i] })
		}
		if list := spread(LayerRCP); list != nil {
			p.RCP = [][]*Policy{list[:1], list[1:]}
		}
		if after := Decide(&w.req, p).Verdict; after != before {
			t.Fatalf("%s became %s", before, after)
		}
	})
}

func recase(random *rand.Rand, text string) string {
	return strings.Map(func(r rune) rune {
		if letter := string(r); random.IntN(2) == 0 {
			return []rune(strings.ToUpper(letter))[0]
		}
		return r
	}, text)
}

// Actions have no case (M3), neither have condition keys and operators (C1).
func TestCaseDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		before, random := w.verdict(), drawRandom(t)
		w.req.Action = recase(random, w.req.Action)
		for _, doc := range w.docs {
			for i := range doc.Statements {
				s := &doc.Statements[i]
				for _, list := range []*[]string{&s.Action, &s.NotAction} {
					for j := range *list {
						(*list)[j] = recase(random, (*list)[j])
					}
				}
				for j := range s.Conditions {
					c := &s.Conditions[j]
					c.Key, c.Operator = recase(random, c.Key), recase(random, c.Operator)
				}
			}
		}
		if after := w.verdict(); after != before {
			t.Fatalf("%s became %s", before, after)
		}
	})
}

// narrower are resources that a resource covers.
func narrower(resource string) []string {
	switch resource {
	case "*":
		return []string{aKey, "arn:aws:kms:*:*:key/*", "arn:aws:s3:::b/o", "arn:aws:kms:*:*:alias/*"}
	case "arn:aws:kms:*:*:key/*":
		return []string{aKey, "arn:aws:kms:us-east-1:*:key/k", "arn:aws:kms:eu-west-1:*:key/*"}
	}
	return nil
}

// An Allow on less never allows more, a Deny on less never denies more.
func TestNarrowing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		layer := w.layer(t)
		s := &w.docs[layer].Statements[rapid.IntRange(0, len(w.docs[layer].Statements)-1).Draw(t, "statement")]
		list := &s.Resource
		if s.NotResource != nil {
			list = &s.NotResource
		}
		*list = append(*list, pick(t, "one more", "*", "arn:aws:kms:*:*:key/*"))
		before := rank(w.verdict())
		if shorter := (*list)[1:]; rapid.Bool().Draw(t, "drop") {
			*list = shorter
		} else {
			of := rapid.IntRange(0, len(*list)-1).Draw(t, "of")
			less := narrower((*list)[of])
			if less == nil {
				return
			}
			*list = slices.Clone(*list)
			(*list)[of] = pick(t, "less", less...)
		}
		after := rank(w.verdict())
		allowsMore := (s.NotResource != nil) != (s.Effect == policy.Deny)
		if !allowsMore && after > before || allowsMore && after < before {
			t.Fatalf("%s %v: %d became %d", s.Effect, *list, before, after)
		}
	})
}

// text writes a document as IAM takes it: in its plainest form, with lists
// everywhere and everything in order, or with the liberties that IAM allows.
func text(doc *policy.Document, random *rand.Rand) []byte {
	free := func() bool { return random != nil && random.IntN(2) == 0 }
	values := func(list []string) any {
		list = slices.Clone(list)
		slices.Sort(list)
		list = slices.Compact(list)
		switch {
		case free() && len(list) == 1:
			return list[0]
		case free() && len(list) > 0:
			list = append(list, list[0])
			slices.Reverse(list)
		}
		return list
	}
	var statements []any
	for _, s := range doc.Statements {
		out := map[string]any{"Effect": s.Effect}
		for name, list := range map[string][]string{"Action": s.Action, "NotAction": s.NotAction, "Resource": s.Resource, "NotResource": s.NotResource} {
			if list != nil {
				out[name] = values(list)
			}
		}
		for name, p := range map[string]*policy.Principals{"Principal": s.Principal, "NotPrincipal": s.NotPrincipal} {
			if p == nil {
				continue
			}
			var names []string
			for _, one := range p.List {
				names = append(names, one.Value)
			}
			out[name] = map[string]any{"AWS": values(names)}
			if free() && len(names) == 1 && names[0] == "*" {
				out[name] = "*"
			}
		}
		tests := map[string]map[string]any{}
		for _, c := range s.Conditions {
			if tests[c.Operator] == nil {
				tests[c.Operator] = map[string]any{}
			}
			tests[c.Operator][c.Key] = values(c.Values)
			if len(c.Values) == 1 && (c.Values[0] == "true" || c.Values[0] == "1") && free() {
				tests[c.Operator][c.Key] = json.RawMessage(c.Values[0])
			}
		}
		if len(tests) > 0 || free() {
			out["Condition"] = tests
		}
		statements = append(statements, out)
	}
	whole := map[string]any{"Version": doc.Version, "Statement": statements}
	if free() && len(statements) == 1 {
		whole["Statement"] = statements[0]
	}
	out, err := json.Marshal(whole)
	if err != nil {
		panic(err)
	}
	return out
}

// A document and its normal form decide alike (M1).
func TestNormalForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		for _, doc := range w.docs { // one test of a key and operator is one member
			for i := range doc.Statements {
				s := &doc.Statements[i]
				s.Conditions = slices.CompactFunc(s.Conditions, func(a, b policy.Condition) bool { return a.Operator == b.Operator && a.Key == b.Key })
			}
		}
		original, random := w.verdict(), drawRandom(t)
		for _, form := range []*rand.Rand{nil, random} {
			other := &world{req: w.req, more: w.more, docs: map[Layer]*policy.Document{}}
			for layer, doc := range w.docs {
				written := text(doc, form)
				read, err := policy.Decode(written)
				if err != nil {
					t.Fatalf("%v in %s", err, written)
				}
				other.docs[layer] = read
			}
			if got := other.verdict(); got != original {
				t.Fatalf("%s became %s", original, got)
			}
		}
	})
}
