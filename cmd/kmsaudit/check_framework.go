package main

import (
	"fmt"
	"slices"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/frameworks"
	"github.com/kmsaudit/kmsaudit/rules"
)

// byFramework has the reports written by the controls of the framework, if one is
// named.
func (o *checkOptions) byFramework(catalogue *rules.Catalogue, outputs []output) error {
	if o.framework.value == "" {
		return nil
	}
	for _, out := range outputs {
		if !slices.Contains([]string{"table", "json", "markdown"}, out.format) {
			return fmt.Errorf("--framework is written as table, json or markdown, not as %s", out.format)
		}
	}
	f, err := frameworks.Read(o.framework.value)
	if err != nil {
		return err
	}
	var known []report.Rule
	var parts []frameworks.Part
	for _, rule := range catalogue.Rules() {
		known = append(known, rule.Rule)
		for _, p := range rule.Parts {
			parts = append(parts, frameworks.Part{Rule: rule.ID, Controls: p.Controls, About: p.About, Evidence: p.Evidence, Unless: p.Unless})
		}
	}
	o.view = func(r *report.Results) *frameworks.View { return frameworks.Of(f, r, known, parts) }
	return nil
}
