package access

import (
	"fmt"
	"maps"
	"slices"
	"testing"
)

// numbered lists the rules by letter.
func numbered() []string {
	var rules []string
	for letter, count := range map[string]int{"Q": 5, "E": 9, "M": 16, "C": 23, "K": 13, "G": 8, "S": 8, "O": 7, "U": 6} {
		for i := range count {
			rules = append(rules, fmt.Sprintf("%s%d", letter, i+1))
		}
	}
	slices.Sort(rules)
	return rules
}

func TestEveryRuleHasACase(t *testing.T) {
	cited := map[string]int{}
	for file, cases := range decisionCases(t) {
		names := map[string]bool{}
		for _, c := range cases {
			if len(c.Rules) == 0 || c.Name == "" {
				t.Errorf("%s: the case %q cites no rule or has no name", file, c.Name)
			}
			if names[c.Name] {
				t.Errorf("%s: two cases are called %q", file, c.Name)
			}
			names[c.Name] = true
			for _, rule := range c.Rules {
				cited[rule]++
			}
		}
	}
	for _, rule := range numbered() {
		if cited[rule] == 0 {
			t.Errorf("rule %s has no case", rule)
		}
		delete(cited, rule)
	}
	for _, unknown := range slices.Sorted(maps.Keys(cited)) {
		t.Errorf("there is no rule %s", unknown)
	}
}
