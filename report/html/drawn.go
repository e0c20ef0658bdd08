package html

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/internal/words"
	"github.com/kmsaudit/kmsaudit/report/picture"
)

// drawn is an account's picture and heat map.
type drawn struct {
	ID       string
	SVG      template.HTML
	Troubles []trouble
	Notes    []string
	Heat     *heat
}

type trouble struct {
	picture.Trouble
	Anchor string
}

// heat is a heat map as a table.
type heat struct {
	Action string
	Names  []picture.Axis
	Rows   []heatRow
	Notes  []string
	Who    int // principals
}

type heatRow struct {
	Axis  picture.Axis
	Cells []cell
}

type cell struct{ Class, Sign, Title string }

func (p *page) draw(o *Options) {
	there := map[string]bool{}
	for i := range o.Accounts {
		a := &o.Accounts[i]
		there[a.ID] = true
		d := drawn{ID: a.ID}
		if a.Picture != nil && len(a.Picture.Nodes) > 0 {
			anchors := make([]string, len(a.Picture.Nodes)+len(a.Picture.Edges))
			for _, t := range picture.Troubles(a.Picture) {
				anchor := fmt.Sprintf("why-%d-%d", i+1, t.Number)
				anchors[t.Index] = anchor
				d.Troubles = append(d.Troubles, trouble{t, anchor})
			}
			d.SVG = template.HTML(picture.Inline(a.Picture, anchors)) //nolint:gosec // G203: package picture escapes what it writes
			d.Notes = a.Picture.Notes
		}
		if a.Heat != nil {
			d.Heat = heatOf(a.Heat)
		}
		p.Accounts = append(p.Accounts, d)
	}
	var missing []string
	for _, s := range p.R.Snapshots {
		if !there[s.Account] {
			missing = append(missing, s.Account)
		}
	}
	switch {
	case len(missing) > 0 && len(o.Accounts) > 0:
		p.NotDrawn = words.Count(len(missing), "account") + " more can be drawn one at a time, by kmsaudit graph or by kmsaudit check SNAPSHOT -f html: " + words.Some(missing, 5) + "."
	case len(missing) > 0:
		p.NotDrawn = "The picture of account " + words.Some(missing, 5) + " and the map of who can decrypt are drawn from the snapshot, which results do not hold: " +
			"kmsaudit check SNAPSHOT -f html draws them, and kmsaudit graph draws the picture alone."
	}
}

func heatOf(h *picture.Heat) *heat {
	out := &heat{Action: h.Action, Names: h.Columns, Notes: h.Notes}
	for _, row := range h.Rows {
		r := heatRow{Axis: row.Axis}
		out.Who += row.Count
		for i, state := range row.Cells {
			if i >= len(h.Columns) {
				break
			}
			r.Cells = append(r.Cells, cellOf(state, row.Name+" with "+h.Columns[i].Name))
		}
		out.Rows = append(out.Rows, r)
	}
	return out
}

func cellOf(state picture.State, what string) cell {
	switch state {
	case picture.Fine:
		return cell{"can", "●", what + ": allowed"}
	case picture.Depends:
		return cell{"depends", "◐", what + ": under conditions"}
	case picture.Unknown:
		return cell{"unknown", "?", what + ": not known"}
	case picture.Broken, picture.Minor:
	}
	return cell{"not", "·", what + ": no"}
}

// functions are what the template calls; t makes foreign text inert.
func functions() template.FuncMap {
	return template.FuncMap{
		"t":     report.Inert,
		"place": words.Place,
		"gap":   words.Gap,
		"state": words.State,
		"list":  func(all []string) string { return words.Some(all, 6) },
		"lines": func(all []string) string {
			inert := make([]string, 0, len(all))
			for _, one := range all {
				inert = append(inert, report.Inert(one))
			}
			return strings.Join(inert, "\n")
		},
		"paragraphs": report.Paragraphs,
		"count":      words.Count,
		"add":        func(a, b int) int { return a + b },
	}
}
