package frameworks

import (
	"slices"

	"github.com/kmsaudit/kmsaudit/report"
)

// Schema names the JSON form of a View. Fields are only ever added.
const Schema = "kmsaudit.framework/v1"

// View is how the rules of a run fared, control by control.
type View struct {
	Schema    string            `json:"schema"`
	Framework *Framework        `json:"framework"`
	Tool      report.Tool       `json:"tool"`
	AsOf      string            `json:"as_of"`
	Snapshots []report.Snapshot `json:"snapshots"`
	Controls  []Row             `json:"controls"`
	// Uncovered are the controls that no rule is mapped to.
	Uncovered []string `json:"uncovered"`
}

// Row is one control.
type Row struct {
	Control
	// Published are rules that published mappings put behind the control, Suggested
	// those that only we do.
	Published Side `json:"published"`
	Suggested Side `json:"suggested"`
}

// Side is the sum over some rules.
type Side struct {
	Rules []string `json:"rules"`
	// Waiting are those of the rules that did not run: they are off, or need the
	// configuration to say something.
	Waiting []string `json:"waiting"`
	Passed  int      `json:"passed"`
	Failed  int      `json:"failed"`
	Unknown int      `json:"unknown"`
	Waived  int      `json:"waived"`
}

// Of is the view of results. Known are all rules, those that did not run too, and
// parts those of their findings that single controls ask about.
func Of(f *Framework, results *report.Results, known []report.Rule, parts []Part) *View {
	v := &View{
		Schema: Schema, Framework: f, Tool: results.Tool, AsOf: results.AsOf, Snapshots: results.Snapshots,
		Controls: []Row{}, Uncovered: []string{},
	}
	ran := results.RulesByID()
	list := byRule(results, parts)
	for _, control := range f.Controls {
		row := Row{Control: control, Published: empty(), Suggested: empty()}
		for i := range known {
			rule := &known[i]
			counted := ran[rule.ID]
			if part := partOf(parts, rule.ID, control.ID); part != nil && counted != nil {
				counted = part.of(counted, list[rule.ID])
			}
			row.Published.add(rule, counted, rule.Compliance[f.ID], control.ID)
			row.Suggested.add(rule, counted, rule.Suggested[f.ID], control.ID)
		}
		v.Controls = append(v.Controls, row)
		if len(row.Published.Rules)+len(row.Suggested.Rules) == 0 {
			v.Uncovered = append(v.Uncovered, control.ID)
		}
	}
	return v
}

func empty() Side { return Side{Rules: []string{}, Waiting: []string{}} }

// add adds how a rule fared, nil if it did not run.
func (s *Side) add(rule, counted *report.Rule, mapped []string, control string) {
	if !slices.Contains(mapped, control) {
		return
	}
	s.Rules = append(s.Rules, rule.ID)
	if counted == nil {
		s.Waiting = append(s.Waiting, rule.ID)
		return
	}
	s.Passed += counted.Passed
	s.Failed += counted.Findings
	s.Unknown += counted.Unknown
	s.Waived += counted.Waived
}
