package rules

import (
	"slices"
	"testing"

	"github.com/kmsaudit/kmsaudit/report/frameworks"
)

// TestMappingsAreOfTheLists wants every control that a rule is mapped to in the
// list of its framework. Of frameworks without a list, rules may be mapped too.
func TestMappingsAreOfTheLists(t *testing.T) {
	for _, id := range frameworks.IDs() {
		f, err := frameworks.Read(id)
		if err != nil {
			t.Fatal(err)
		}
		for _, rule := range catalogue(t).Rules() {
			for _, control := range slices.Concat(rule.Compliance[id], rule.Suggested[id]) {
				if !slices.ContainsFunc(f.Controls, func(c frameworks.Control) bool { return c.ID == control }) {
					t.Errorf("%s is mapped to %s of %s, which report/frameworks/lists does not have", rule.ID, control, id)
				}
			}
		}
	}
}

// TestPartsAreOfTheMappings wants the controls of parts among those that the rule is
// mapped to.
func TestPartsAreOfTheMappings(t *testing.T) {
	for _, rule := range catalogue(t).Rules() {
		var mapped []string
		for _, id := range frameworks.IDs() {
			mapped = slices.Concat(mapped, rule.Compliance[id], rule.Suggested[id])
		}
		for _, part := range rule.Parts {
			for _, control := range part.Controls {
				if !slices.Contains(mapped, control) {
					t.Errorf("%s has a part for %s, which it is not mapped to", rule.ID, control)
				}
			}
		}
	}
}
