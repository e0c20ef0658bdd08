package rules

import (
	"encoding/json"
	"maps"
	"testing"
)

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
