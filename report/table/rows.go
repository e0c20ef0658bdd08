package table

import "slices"

// row is what the tables of findings and of unknowns say about one subject.
type row struct {
	label, resource, place string
	what                   cell
}

// table writes subjects in the columns that suit them: what all rows say is said
// once above them, and places have a column of their own where there is room.
func (p *page) table(title string, rows []row) {
	if said := common(rows); said != "" {
		p.text("  ", plain, said)
		for i := range rows {
			rows[i].what = rows[i].what[1:]
		}
	}
	titles := []string{"#", "Resource", title, "Where"}
	var wide, slim [][]cell
	more := false // to be said of single rows
	for _, r := range rows {
		more = more || len(r.what) > 0
		below := slices.Clone(r.what)
		if r.place != "" {
			below = append(below, span{r.place, dim})
		}
		label, resource := cell{{r.label, plain}}, cell{{r.resource, plain}}
		wide = append(wide, []cell{label, resource, r.what, {{r.place, dim}}})
		slim = append(slim, []cell{label, resource, below})
	}
	total := 0
	for _, width := range p.natural(titles, wide) {
		total += width
	}
	const roomy = 160 // columns
	switch {
	case !more:
		p.grid([]string{"#", "Resource", "Where"}, slim)
	case p.limit == 0, p.limit >= roomy, p.opt.Wide, total <= p.room(len(titles)):
		p.grid(titles, wide)
	default:
		p.grid(titles[:3], slim)
	}
}

// common is the first line that several rows all have, "" if they differ.
func common(rows []row) string {
	if len(rows) < 2 {
		return ""
	}
	for _, r := range rows {
		if r.what[0] != rows[0].what[0] {
			return ""
		}
	}
	return rows[0].what[0].text
}
