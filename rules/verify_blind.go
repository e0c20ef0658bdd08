package rules

import (
	"context"
	"maps"
	"slices"

	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// The outcomes of a subject.
const (
	passed  = "pass"
	finding = "finding"
	unknown = "unknown"
)

func (o *judged) bySubject() map[string]string {
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

// blinded takes away what the rule reads, one reading and one decision at a time
// and with every reason: what comes out may stay as it is or become unknown. It
// notes in turned what made something unknown.
func (v *verifier) blinded(ctx context.Context, name string, whole map[string]any, o judged, turned map[string]bool) {
	before := o.bySubject()
	variants := blind(whole)
	for _, what := range slices.SortedFunc(maps.Keys(variants), blindness.compare) {
		without, ok := v.judge(ctx, name, variants[what], shardSize)
		if !ok {
			return
		}
		v.Blinded++
		for _, u := range without.Unknown {
			if u.Defect {
				v.wrong("example %q without %s: only the engine's floor kept %s from passing", name, what.text, u.Subject)
			}
		}
		after := without.bySubject()
		for _, subject := range slices.Sorted(maps.Keys(after)) {
			is := after[subject]
			if is != unknown && is != before[subject] {
				v.wrong("example %q without %s: %s was %q and became a %s", name, what.text, subject, before[subject], is)
			}
			if is == unknown && before[subject] != unknown {
				turned[what.reading] = true
			}
		}
	}
}

type blindness struct {
	text, reading, kind string
	i                   int
}

func (b blindness) compare(other blindness) int {
	return slices.Compare([]string{b.kind, b.text}, []string{other.kind, other.text})*2 + min(1, max(-1, b.i-other.i))
}

// blind makes every document that lacks one reading or one decision of the
// whole one.
func blind(whole map[string]any) map[blindness]map[string]any {
	variants := map[blindness]map[string]any{}
	variant := func(what blindness, change func(resource map[string]any)) {
		changed := plain(whole).(map[string]any)
		change(changed[what.kind].([]any)[what.i].(map[string]any))
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
					variant(blindness{reading + " " + state, reading, kind, i}, func(r map[string]any) {
						delete(r, reading)
						r["unread"].(map[string]any)[reading] = map[string]any{"state": state, "operation": "o", "code": "c"}
					})
				}
			}
			for _, name := range []string{"allowed", "denied", "depends"} {
				decisions, _ := resource[name].([]any)
				for j := range decisions {
					variant(blindness{name + " decision", name, kind, i}, func(r map[string]any) {
						decided := r[name].([]any)
						what := decided[j].(map[string]any)["what"]
						r[name] = slices.Delete(decided, j, j+1)
						r["undecided"] = append(r["undecided"].([]any), map[string]any{"what": what, "unread": []any{map[string]any{
							"policy": "p", "place": "/p", "state": "denied", "operation": "o", "code": "c",
						}}})
					})
				}
			}
		}
	}
	return variants
}

// standIn gives the rule a resource of which nothing is known.
func (v *verifier) standIn(ctx context.Context, all []kindedExample) {
	if len(v.uses.kinds) != 1 || len(facts.Readings()[v.uses.kinds[0]]) == 0 {
		return
	}
	kind := v.uses.kinds[0]
	var resource map[string]any
	for _, example := range all {
		if list, _ := example.Facts[kind].([]any); example.kind == areUnknown && len(list) > 0 { // others may be of what is no subject
			resource, _ = list[0].(map[string]any)
			resource = maps.Clone(resource)
		}
	}
	if resource == nil {
		return // it is told that the example is missing
	}
	unread := map[string]any{}
	for _, reading := range facts.Readings()[kind] {
		delete(resource, reading)
		unread[reading] = map[string]any{"state": "denied", "operation": "list", "code": "c"}
	}
	resource["unread"] = unread
	o, ok := v.judge(ctx, "a resource of which nothing is known", v.catalogue.complete(Example{Facts: map[string]any{kind: []any{resource}}}), shardSize)
	if ok && v.uses.whole == "" && (len(o.Unknown) != 1 || len(o.Passed)+len(o.Findings) > 0) {
		v.wrong("a resource of which nothing is known has to be unknown, once: it came out with %d findings, %d unknowns and %d passes",
			len(o.Findings), len(o.Unknown), len(o.Passed))
	}
}
