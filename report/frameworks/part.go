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

// found is what counting again needs of a finding.
type found struct {
	account, resource string
	waived            bool
	parts             []*Part // that it is of
}

// of counts again how a rule fared: resources with other findings only have passed.
func (p *Part) of(rule *report.Rule, list []found) *report.Rule {
	counted := *rule
	asked, others := map[[2]string]bool{}, map[[2]string]bool{}
	for _, f := range list {
		at := [2]string{f.account, f.resource}
		switch {
		case slices.Contains(f.parts, p):
			asked[at] = true
			continue
		case !f.waived:
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

// byRule are the findings of those rules that have parts.
func byRule(results *report.Results, parts []Part) map[string][]found {
	of := map[string][]*Part{}
	for i := range parts {
		of[parts[i].Rule] = append(of[parts[i].Rule], &parts[i])
	}
	list := map[string][]found{}
	for f := range results.EachFinding() {
		if of[f.Rule] == nil {
			continue
		}
		one := found{account: f.Account, resource: f.Resource, waived: f.Waived != nil}
		for _, p := range of[f.Rule] {
			if p.has(f) {
				one.parts = append(one.parts, p)
			}
		}
		list[f.Rule] = append(list[f.Rule], one)
	}
	return list
}
