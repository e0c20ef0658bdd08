package table

import "slices"

// widths shares out the page. Columns that ask for no more than an even share
// get what they ask for; the others get the split that makes the table lowest.
// ok is false where the page has no room for the longest part of each column.
func (p *page) widths(titles []string, rows [][]cell) (widths []int, ok bool) {
	widths = p.natural(titles, rows)
	if p.limit == 0 || p.opt.Wide {
		return widths, true
	}
	room, open, least := p.room(len(widths)), make([]int, 0, len(widths)), p.least(titles, rows)
	if sum(least) > room {
		return nil, false
	}
	for i := range widths {
		open = append(open, i)
	}
	for settled := true; settled && len(open) > 0; {
		share, still := room/len(open), open[:0:0]
		for _, i := range open {
			if widths[i] <= share {
				room -= widths[i]
			} else {
				still = append(still, i)
			}
		}
		settled = len(still) < len(open)
		open = still
	}
	if len(open) == 0 {
		return widths, true
	}
	most, needed := 0, make([]int, 0, len(open))
	for _, i := range open {
		most = max(most, widths[i])
		needed = append(needed, least[i])
	}
	if sum(needed) > room { // columns that got what they asked for give some back
		return least, true
	}
	split := even(needed, room)
	if len(open) <= searchedColumns && room <= searchedRoom && most <= searchedText {
		split = lowest(heights(rows[:min(len(rows), searchedRows)], open, room), needed, room)
	}
	for n, i := range open {
		widths[i] = split[n]
	}
	return widths, true
}

// least are the widths below which a part would be broken, or a column be squeezed
// too far.
func (p *page) least(titles []string, rows [][]cell) []int {
	out := make([]int, len(titles))
	for i, title := range titles {
		natural := measure(title)
		for _, row := range rows {
			natural = max(natural, row[i].width())
			for _, s := range row[i] {
				out[i] = max(out[i], narrow(s.text))
			}
		}
		out[i] = max(out[i], min(natural, narrowestColumn))
	}
	return out
}

const (
	narrowestColumn = 12 // no column is squeezed further while there is room
	// What is larger gets an even split: the search would take too long.
	searchedColumns = 3
	searchedRoom    = 300  // columns of the terminal
	searchedText    = 1000 // columns of the longest line, unwrapped
	searchedRows    = 40   // those after these do not decide
)

// even shares out room as evenly as it can, with no column below what it needs.
func even(needed []int, room int) []int {
	out := slices.Clone(needed)
	for left := room - sum(needed); left > 0; left-- {
		least := 0
		for i := range out {
			if out[i] <= out[least] {
				least = i
			}
		}
		out[least]++
	}
	return out
}

// heights says for each open column, each width up to room and each row how
// many lines the cell takes.
func heights(rows [][]cell, open []int, room int) [][][]int {
	all := make([][][]int, 0, len(open))
	for _, i := range open {
		column := make([][]int, room+1)
		for width := 1; width <= room; width++ {
			for _, row := range rows {
				n := 0
				for _, s := range row[i] {
					n += len(wrap(s.text, width))
				}
				column[width] = append(column[width], n)
			}
		}
		all = append(all, column)
	}
	return all
}

// lowest is the split of room between columns with the least lines in all; of
// equals the most even one.
func lowest(columns [][][]int, needed []int, room int) []int {
	fair := even(needed, room)
	best, bestLines, bestSpread := fair, -1, 0
	split := make([]int, len(columns))
	var try func(i, left int, tall []int)
	try = func(i, left int, tall []int) {
		if i == len(columns)-1 {
			if left < needed[i] {
				return
			}
			split[i] = left
			lines, spread := sum(higher(tall, columns[i][left])), 0
			for j, width := range split {
				spread += max(width-fair[j], fair[j]-width)
			}
			if bestLines < 0 || lines < bestLines || lines == bestLines && spread < bestSpread {
				best, bestLines, bestSpread = append([]int{}, split...), lines, spread
			}
			return
		}
		for width := needed[i]; width < left; width++ {
			split[i] = width
			try(i+1, left-width, higher(tall, columns[i][width]))
		}
	}
	try(0, room, nil)
	return best
}

func higher(a, b []int) []int {
	if a == nil {
		return b
	}
	out := make([]int, len(a))
	for i := range a {
		out[i] = max(a[i], b[i])
	}
	return out
}

func sum(all []int) int {
	total := 0
	for _, n := range all {
		total += n
	}
	return total
}

// natural are the widths that the columns would take unwrapped.
func (p *page) natural(titles []string, rows [][]cell) []int {
	widths := make([]int, len(titles))
	for i, title := range titles {
		widths[i] = measure(title)
		for _, row := range rows {
			widths[i] = max(widths[i], row[i].width())
		}
	}
	return widths
}

// room is what indent, borders and padding leave of the page to that many columns.
func (p *page) room(columns int) int { return p.limit - 2 - (3*columns + 1) }
