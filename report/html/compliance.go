package html

import (
	"cmp"
	"maps"
	"slices"

	"github.com/kmsaudit/kmsaudit/report"
)

// framework is a list of controls that rules are mapped to.
type framework struct {
	Name      string
	Suggested bool // the mapping is ours
	Controls  []control
	Failing   int
	Unknown   int
	Met       int
}

// control is how the rules of one control fare.
type control struct {
	ID    string
	Rules []*report.Rule
	Class string // findings, unknown, waived, passed or nothing
	Sums  report.Rule
}

// frameworks are the tables of the rules' mappings, the published first.
func frameworks(r *report.Results) []framework {
	var out []framework
	for _, suggested := range []bool{false, true} {
		controls := map[string]map[string][]*report.Rule{}
		for i := range r.Rules {
			rule := &r.Rules[i]
			mapped := rule.Compliance
			if suggested {
				mapped = rule.Suggested
			}
			for name, ids := range mapped {
				if controls[name] == nil {
					controls[name] = map[string][]*report.Rule{}
				}
				for _, id := range ids {
					controls[name][id] = append(controls[name][id], rule)
				}
			}
		}
		for _, name := range slices.Sorted(maps.Keys(controls)) {
			f := framework{Name: name, Suggested: suggested}
			for _, id := range slices.SortedFunc(maps.Keys(controls[name]), natural) {
				c := controlOf(id, controls[name][id])
				switch c.Class {
				case "findings":
					f.Failing++
				case "unknown":
					f.Unknown++
				case "passed":
					f.Met++
				}
				f.Controls = append(f.Controls, c)
			}
			out = append(out, f)
		}
	}
	return out
}

// controlOf adds up rules: one that found something outweighs one that could not
// judge, which outweighs those that passed.
func controlOf(id string, rules []*report.Rule) control {
	c := control{ID: id, Rules: rules, Class: "nothing"}
	for _, rule := range rules {
		c.Sums.Findings += rule.Findings
		c.Sums.Unknown += rule.Unknown
		c.Sums.Waived += rule.Waived
		c.Sums.Passed += rule.Passed
	}
	switch {
	case c.Sums.Findings > 0:
		c.Class = "findings"
	case c.Sums.Unknown > 0:
		c.Class = "unknown"
	case c.Sums.Waived > 0:
		c.Class = "waived"
	case c.Sums.Passed > 0:
		c.Class = "passed"
	}
	return c
}

// natural orders numbers within texts by their value: 2.9 before 2.10.
func natural(a, b string) int {
	for a != "" && b != "" {
		na, nb := digits(a), digits(b)
		if na > 0 && nb > 0 {
			if d := cmp.Or(cmp.Compare(na, nb), cmp.Compare(a[:na], b[:nb])); d != 0 {
				return d
			}
			a, b = a[na:], b[nb:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// digits is the length of the number that a text begins with.
func digits(text string) int {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	return n
}
