package picture

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kmsaudit/kmsaudit/report"
)

// Measures of a drawing, in its own units.
const (
	boxWidth   = 204
	between    = 52 // columns
	apart      = 14 // boxes of a column
	margin     = 16
	headHeight = 34
	padding    = 9
	kindHeight = 14
	nameHeight = 16
	noteHeight = 14
	nameColumn = 20 // letters to a line
	noteColumn = 25
	someLines  = 6
)

// box is a node in its place.
type box struct {
	*Node
	x, y, height int
	name, note   []string
}

// layout is a picture with everything in its place.
type layout struct {
	boxes         []*box
	byID          map[string]*box
	width, height int
}

// arrange puts the boxes of each column in an order in which few arrows cross,
// and each box as near as it can be to the middle of those that it has arrows to.
// It is deterministic.
func arrange(p *Picture) *layout {
	l := &layout{byID: map[string]*box{}}
	columns := make([][]*box, len(p.Columns))
	for i := range p.Nodes {
		n := &p.Nodes[i]
		b := &box{Node: n, name: lines(n.Name, nameColumn, someLines), note: lines(n.Note, noteColumn, someLines)}
		b.height = 2*padding + kindHeight + nameHeight*len(b.name) + noteHeight*len(b.note)
		l.boxes = append(l.boxes, b)
		l.byID[n.ID] = b
		if n.Column >= 0 && n.Column < len(columns) {
			columns[n.Column] = append(columns[n.Column], b)
		}
	}
	uncross(p, columns)
	tallest := 0
	for i, column := range columns {
		stack(column, 0)
		if tall(column) > tall(columns[tallest]) {
			tallest = i
		}
	}
	near := neighbours(p)
	for i := tallest - 1; i >= 0; i-- {
		l.level(columns[i], columns[i+1], near)
	}
	for i := tallest + 1; i < len(columns); i++ {
		l.level(columns[i], columns[i-1], near)
	}
	height := 0
	for i, column := range columns {
		for _, b := range column {
			b.x, b.y = margin+i*(boxWidth+between), b.y+margin+headHeight
			height = max(height, b.y+b.height)
		}
	}
	l.width = 2*margin + len(columns)*boxWidth + max(len(columns)-1, 0)*between
	l.height = max(height, margin+headHeight) + margin
	return l
}

func stack(column []*box, y int) {
	for _, b := range column {
		b.y = y
		y += b.height + apart
	}
}

// level puts the boxes of a column, in their order, where the squares of their
// distances from the middles of their neighbours beside it are least: where two
// would lie on each other, they and those that they touch move as one.
func (l *layout) level(column, beside []*box, near map[string][]string) {
	there := map[string]bool{}
	for _, b := range beside {
		there[b.ID] = true
	}
	type run struct {
		sum float64
		n   int
	}
	var runs []run
	before := 0 // heights of the boxes above
	for i, b := range column {
		middle, n := 0, 0
		for _, id := range near[b.ID] {
			if there[id] {
				middle, n = middle+l.byID[id].y+l.byID[id].height/2, n+1
			}
		}
		want := 0.0
		switch {
		case n > 0:
			want = float64(middle)/float64(n) - float64(b.height)/2 - float64(before)
		case i > 0: // below the one above it
			last := runs[len(runs)-1]
			want = last.sum / float64(last.n)
		}
		runs = append(runs, run{max(want, 0), 1})
		for k := len(runs) - 1; k > 0 && runs[k].sum/float64(runs[k].n) <= runs[k-1].sum/float64(runs[k-1].n); k-- {
			runs[k-1].sum, runs[k-1].n = runs[k-1].sum+runs[k].sum, runs[k-1].n+runs[k].n
			runs = runs[:k]
		}
		before += b.height + apart
	}
	i, before := 0, 0
	for _, r := range runs {
		for range r.n {
			column[i].y = before + int(r.sum/float64(r.n))
			before += column[i].height + apart
			i++
		}
	}
}

// neighbours are the ids of the boxes that each has arrows to or from.
func neighbours(p *Picture) map[string][]string {
	near := map[string][]string{}
	for _, e := range p.Edges {
		near[e.From] = append(near[e.From], e.To)
		near[e.To] = append(near[e.To], e.From)
	}
	return near
}

func tall(column []*box) int {
	height := 0
	for i, b := range column {
		if height += b.height; i > 0 {
			height += apart
		}
	}
	return height
}

// uncross orders each column by the middle of its neighbours, to and fro.
func uncross(p *Picture, columns [][]*box) {
	near := neighbours(p)
	const sweeps = 4
	for sweep := range sweeps {
		for i := range columns {
			j, beside := i, i-1
			if sweep%2 == 1 {
				j = len(columns) - 1 - i
				beside = j + 1
			}
			if beside < 0 || beside >= len(columns) {
				continue
			}
			at := map[string]int{}
			for k, b := range columns[beside] {
				at[b.ID] = k
			}
			middle := map[string]float64{}
			for k, b := range columns[j] {
				sum, n := 0, 0
				for _, id := range near[b.ID] {
					if place, there := at[id]; there {
						sum, n = sum+place, n+1
					}
				}
				middle[b.ID] = float64(k)
				if n > 0 {
					middle[b.ID] = float64(sum) / float64(n)
				}
			}
			slices.SortStableFunc(columns[j], func(a, b *box) int { return cmp.Compare(middle[a.ID], middle[b.ID]) })
		}
	}
}

// lines breaks inert text after separators into at most n lines of so many
// letters; what is too long loses its middle.
func lines(text string, width, n int) []string {
	text = report.Inert(text)
	if text == "" {
		return nil
	}
	text = shorten(text, width*n-2*n)
	var out []string
	for utf8.RuneCountInString(text) > width && len(out) < n-1 {
		at := breakAt(text, width)
		out = append(out, strings.TrimSpace(text[:at]))
		text = strings.TrimSpace(text[at:])
	}
	return append(out, shorten(text, width))
}

// breakAt is the index after the last separator within the first width letters,
// or after those letters.
func breakAt(text string, width int) int {
	end, n := len(text), 0
	for i := range text {
		if n == width {
			end = i
			break
		}
		n++
	}
	for _, separators := range []string{" ", "/:", "-_.,"} {
		if at := strings.LastIndexAny(text[:end], separators); at > end/3 {
			return at + 1
		}
	}
	return end
}

// shorten takes the middle out of text that is longer than n letters.
func shorten(text string, n int) string {
	all := []rune(text)
	if len(all) <= n {
		return text
	}
	head := (n - 1) * 3 / 5
	return string(all[:head]) + "…" + string(all[len(all)-(n-1-head):])
}
