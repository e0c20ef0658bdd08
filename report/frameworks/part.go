package frameworks

import (
	"encoding/json"
	"reflect"
	"slices"

	"github.com/kmsaudit/kmsaudit/report"
)

// Part says that some controls ask about a part of a rule's findings only: those of
// which About and Evidence are so, and Unless is not so. A rule of policies of users,
// groups and roles has a part for a control that is about users.
type Part struct {
	Rule     string
	Controls []string
	About    map[string]string
	Evidence map[string]any // as JSON is read
	Unless   map[string]any // of the evidence
}

func partOf(parts []Part, rule, control string) *Part {
	i := slices.IndexFunc(parts, func(p Part) bool { return p.Rule == rule && slices.Contains(p.Controls, control) })
	if i < 0 {
		return nil
	}
	return &parts[i]
}

// of counts again how a rule fared: resources with other findings only have passed.
// Where the findings are not at hand it is the rule as it is, which tells too much
// rather than too little.
func (p *Part) of(rule *report.Rule, found []*report.Finding) *report.Rule {
	open := 0
	for _, f := range found {
		if f.Waived == nil {
			open++
		}
	}
	if open != rule.Findings {
		return rule
	}
	counted := *rule
	asked, others := map[[2]string]bool{}, map[[2]string]bool{}
	for _, f := range found {
		at := [2]string{f.Account, f.Resource}
		switch {
		case p.has(f):
			asked[at] = true
			continue
		case f.Waived == nil:
			counted.Findings--
		default:
			counted.Waived--
		}
		others[at] = true
	}
	for at := range others {
		if !asked[at] {
			counted.Passed++
		}
	}
	return &counted
}

func (p *Part) has(f *report.Finding) bool {
	for name, value := range p.About {
		if f.About[name] != value {
			return false
		}
	}
	var evidence map[string]any
	if json.Unmarshal(f.Evidence, &evidence) != nil {
		return true
	}
	for name, value := range p.Evidence {
		if !reflect.DeepEqual(evidence[name], value) {
			return false
		}
	}
	for name, value := range p.Unless {
		if reflect.DeepEqual(evidence[name], value) {
			return false
		}
	}
	return true
}

func byRule(results *report.Results) map[string][]*report.Finding {
	found := map[string][]*report.Finding{}
	for i := range results.Findings {
		f := &results.Findings[i]
		found[f.Rule] = append(found[f.Rule], f)
	}
	return found
}
