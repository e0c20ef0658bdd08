package rules

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// outcomes of a subject, for comparing before and after.
const (
	passed  = "pass"
	finding = "finding"
	unknown = "unknown"
)

func bySubject(o judged) map[string]string {
	of := map[string]string{}
	for _, subject := range o.Passed {
		of[subject] = passed
	}
	for _, u := range o.Unknown {
		of[u.Subject] = unknown
	}
	for _, f := range o.Findings {
		of[f.Subject] = finding
	}
	return of
}

// TestBlinding takes away what a rule reads, one reading and one decision at a
// time, in every example and with every reason: what comes out may stay as it is
// or become unknown. And every reading that the rule reads has to make some
// example unknown when it is gone, or the rule does not really need it.
func TestBlinding(t *testing.T) {
	c := catalogue(t)
	for _, rule := range c.Rules() {
		e := alone(t, c, rule)
		turned := map[string]bool{}
		for _, example := range allExamples(t, rule) {
			whole := complete(t, c, example.Example)
			before := bySubject(judge(t, e, whole))
			for what, blinded := range blind(whole) {
				o := judge(t, e, blinded)
				for _, u := range o.Unknown {
					if u.Defect {
						t.Errorf("%s %q without %s: only the engine's floor kept %s from passing", rule.ID, example.Name, what.text, u.Subject)
					}
				}
				after := bySubject(o)
				for subject, is := range after {
					if is != unknown && is != before[subject] {
						t.Errorf("%s %q without %s: %s was %q and became %s", rule.ID, example.Name, what.text, subject, before[subject], is)
					}
					if is == unknown && before[subject] != unknown {
						turned[what.reading] = true
					}
				}
			}
		}
		for _, reading := range e.uses[rule.ID].readings {
			if !turned[reading] && !slices.Contains(rule.MayLack, reading) {
				t.Errorf("%s: no example becomes unknown without %s", rule.ID, reading)
			}
		}
		if len(e.uses[rule.ID].readings) == 0 && len(turned) == 0 {
			t.Errorf("%s: no example becomes unknown when its decisions do", rule.ID)
		}
	}
}

type blindness struct{ text, reading string }

// blind makes every document that lacks one reading or one decision of the
// whole one.
func blind(whole map[string]any) map[blindness]map[string]any {
	variants := map[blindness]map[string]any{}
	variant := func(what blindness, change func(resource map[string]any), kind string, i int) {
		changed := plain(whole).(map[string]any)
		change(changed[kind].([]any)[i].(map[string]any))
		variants[what] = changed
	}
	for kind, readings := range facts.Readings() {
		list, _ := whole[kind].([]any)
		for i, resource := range list {
			resource := resource.(map[string]any)
			for _, reading := range readings {
				if resource[reading] == nil {
					continue
				}
				for _, state := range []string{"denied", "failed", "not_collected"} {
					variant(blindness{reading + " " + state, reading}, func(r map[string]any) {
						delete(r, reading)
						r["unread"].(map[string]any)[reading] = map[string]any{"state": state, "operation": "o", "code": "c"}
					}, kind, i)
				}
			}
			for _, name := range []string{"allowed", "denied", "depends"} {
				decisions, _ := resource[name].([]any)
				for j := range decisions {
					variant(blindness{name + " decision", name}, func(r map[string]any) {
						decided := r[name].([]any)
						what := decided[j].(map[string]any)["what"]
						r[name] = slices.Delete(decided, j, j+1)
						r["undecided"] = append(r["undecided"].([]any), map[string]any{"what": what, "unread": []any{map[string]any{
							"policy": "p", "place": "/p", "state": "denied", "operation": "o", "code": "c",
						}}})
					}, kind, i)
				}
			}
		}
	}
	return variants
}

// TestStandInIsUnknown gives each rule a resource of which nothing is known.
func TestStandInIsUnknown(t *testing.T) {
	c := catalogue(t)
	for _, rule := range c.Rules() {
		e := alone(t, c, rule)
		kind := e.uses[rule.ID].kinds[0]
		readings := facts.Readings()[kind]
		if len(readings) == 0 {
			continue
		}
		var resource map[string]any
		for _, example := range allExamples(t, rule) {
			if example.kind == "unknown" { // others may be of what is no subject
				resource = maps.Clone(example.Facts[kind].([]any)[0].(map[string]any))
			}
		}
		unread := map[string]any{}
		for _, reading := range readings {
			delete(resource, reading)
			unread[reading] = map[string]any{"state": "denied", "operation": "list", "code": "c"}
		}
		resource["unread"] = unread
		o := judge(t, e, complete(t, c, Example{Facts: map[string]any{kind: []any{resource}}}))
		if len(o.Unknown) != 1 || len(o.Passed)+len(o.Findings) > 0 {
			t.Errorf("%s: a stand-in came out as %+v", rule.ID, o.Outcome)
		}
	}
}

// TestShardsAgree puts all examples into one document and evaluates it whole and
// in shards.
func TestShardsAgree(t *testing.T) {
	c := catalogue(t)
	e := compiled(t, c)
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
	document := documentOf(t, complete(t, c, Example{Facts: all}))
	var want string
	for _, size := range []int{1 << 20, 256, 2, 1} {
		outcomes, _, err := e.outcomes(t.Context(), document, Settings{}, size)
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
		if want == "" {
			want = string(text)
		}
		if string(text) != want {
			t.Errorf("shards of %d give something else:\n%s\n%s", size, text, want)
		}
	}
}
