package table

import (
	"bytes"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// cell holds lines of inert text, each with its look.
type cell []span

type span struct {
	text string
	look style
}

func (c cell) width() int {
	width := 0
	for _, s := range c {
		width = max(width, measure(s.text))
	}
	return width
}

// grid writes a table: as columns where they fit the page without breaking names,
// else as one block per row, in which the first cell is the row's label.
func (p *page) grid(titles []string, rows [][]cell) {
	if len(rows) == 0 || p.err != nil {
		return
	}
	widths, ok := p.widths(titles, rows)
	if p.vertical || !ok {
		p.stack(titles, rows)
		return
	}
	text := make([][]string, 0, len(rows))
	tall := false
	for _, row := range rows {
		line := make([]string, 0, len(row))
		for i, c := range row {
			wrapped := p.wrapped(c, widths[i])
			tall = tall || len(wrapped) > 1
			line = append(line, strings.Join(wrapped, "\n"))
		}
		text = append(text, line)
	}
	heads := make([]string, 0, len(titles))
	for _, title := range titles {
		heads = append(heads, p.paint(bold, title))
	}
	drawn, err := p.draw(heads, text, tall)
	if err != nil {
		p.err = err
		return
	}
	for line := range strings.Lines(drawn) {
		p.line("  " + strings.TrimSuffix(line, "\n"))
	}
}

// draw leaves nothing to tablewriter but the boxes: it gets cells that fit, and
// neither wraps, trims nor changes letters.
func (p *page) draw(titles []string, rows [][]string, tall bool) (string, error) {
	symbols, between := tw.StyleLight, tw.Off
	if p.ascii {
		symbols = tw.StyleASCII
	}
	if tall {
		between = tw.On
	}
	var b bytes.Buffer
	table := tablewriter.NewTable(&b,
		tablewriter.WithEastAsian(tw.Off),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithHeaderAlignment(tw.AlignLeft),
		tablewriter.WithRowAutoFormat(tw.Off),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithRowAlignment(tw.AlignLeft),
		tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Symbols:  tw.NewSymbols(symbols),
			Settings: tw.Settings{Separators: tw.Separators{BetweenRows: between, BetweenColumns: tw.On}},
		})),
	)
	table.Header(titles)
	if err := table.Bulk(rows); err != nil {
		return "", err
	}
	if err := table.Render(); err != nil {
		return "", err
	}
	return b.String(), nil
}

func (p *page) wrapped(c cell, width int) []string {
	var out []string
	for _, s := range c {
		for _, line := range wrap(s.text, width) {
			out = append(out, p.paint(s.look, line))
		}
	}
	return out
}

// neededBy is the title of a column that is named in blocks too.
const neededBy = "Needed by"

// stack writes each row as a block: its number, and below one another the rest.
func (p *page) stack(titles []string, rows [][]cell) {
	last := rows[len(rows)-1][0].width()
	for i, row := range rows {
		if i > 0 {
			p.line("")
		}
		label := ""
		for _, s := range row[0] {
			label += s.text
		}
		first := "  " + strings.Repeat(" ", max(last-measure(label), 0)) + label + ". "
		for column, c := range row[1:] {
			for n, s := range c {
				if n == 0 && titles[1+column] == neededBy {
					s.text = strings.ToLower(neededBy) + " " + s.text
				}
				p.text(first, s.look, s.text)
				first = strings.Repeat(" ", measure(first))
			}
		}
	}
}
