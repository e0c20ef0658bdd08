package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kmsaudit/kmsaudit/rules"
)

// selection chooses rules of a list.
type selection struct{ families, severities, frameworks []string }

func (s *selection) declare(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringSliceVar(&s.families, "family", nil, "only rules of these `families`")
	f.StringSliceVar(&s.severities, "severity", nil, "only rules whose findings can have these `severities`")
	f.StringSliceVar(&s.frameworks, "framework", nil, "only rules that are mapped to these `frameworks`, such as pci-dss-4.0.1")
}

// of leaves the rules that are chosen, in their order. A word that no rule has is
// an error: an empty list must not come from a slip.
func (s *selection) of(all []*rules.Rule) ([]*rules.Rule, error) {
	chosen := all
	for _, by := range []struct {
		flag  string
		words []string
		has   func(*rules.Rule) []string
	}{
		{"family", s.families, func(r *rules.Rule) []string { return []string{r.Family} }},
		{"severity", s.severities, func(r *rules.Rule) (words []string) {
			for _, one := range r.Severities {
				words = append(words, one.String())
			}
			return words
		}},
		{"framework", s.frameworks, func(r *rules.Rule) []string {
			return slices.Concat(slices.Collect(maps.Keys(r.Compliance)), slices.Collect(maps.Keys(r.Suggested)))
		}},
	} {
		var known []string
		for _, rule := range all {
			known = append(known, by.has(rule)...)
		}
		slices.Sort(known)
		known = slices.Compact(known)
		for _, word := range by.words {
			if !slices.Contains(known, word) {
				return nil, fmt.Errorf("--%s: no rule has %q; there are %s", by.flag, word, strings.Join(known, ", "))
			}
		}
		if len(by.words) > 0 {
			chosen = slices.DeleteFunc(slices.Clone(chosen), func(r *rules.Rule) bool {
				return !slices.ContainsFunc(by.has(r), func(word string) bool { return slices.Contains(by.words, word) })
			})
		}
	}
	return chosen, nil
}
