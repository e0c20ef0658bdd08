package table

import (
	"bytes"
	"math"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
)

const (
	narrowest = 30 // columns; anything less is laid out as if it were this
	blocks    = 80 // columns; anything less has blocks in place of tables
	shown     = 20 // rows of a list, unless Options.All
	ruler     = 78 // length of a ruled line where nothing limits it
)

// page collects the report. The first error stays.
type page struct {
	r        *report.Results
	opt      Options
	limit    int // columns to wrap at, 0 for no limit
	vertical bool
	ascii    bool
	accounts int
	out      bytes.Buffer
	err      error
}

func newPage(r *report.Results, opt Options) *page {
	p := &page{r: r, opt: opt, ascii: opt.Width <= 0}
	p.vertical = opt.Vertical || opt.Width > 0 && opt.Width < blocks && !opt.Wide
	if opt.Width > 0 {
		p.limit = max(opt.Width, narrowest)
	}
	accounts := map[string]bool{}
	for _, snapshot := range r.Snapshots {
		accounts[snapshot.Account] = true
	}
	p.accounts = len(accounts)
	return p
}

// line writes one line, without spaces at its end.
func (p *page) line(s string) {
	p.out.WriteString(strings.TrimRight(s, " "))
	p.out.WriteByte('\n')
}

// text writes inert text wrapped, each line after first indented like it.
func (p *page) text(first string, look style, s string) {
	indent := strings.Repeat(" ", measure(first))
	room := 0
	if p.limit > 0 {
		room = max(p.limit-measure(first), 1)
	}
	for i, one := range wrap(s, room) {
		if i > 0 {
			first = indent
		}
		p.line(first + p.paint(look, one))
	}
}

// prose writes text of several paragraphs after a label.
func (p *page) prose(label, s string) {
	for i, paragraph := range report.Paragraphs(s) {
		if i > 0 {
			label = strings.Repeat(" ", measure(label))
		}
		p.text(label, plain, paragraph)
	}
}

// facts writes labels and what they stand for in two columns. Facts without a
// value are left out; the second and later values of one fact go below it.
func (p *page) facts(facts []fact) {
	width := 0
	for _, f := range facts {
		width = max(width, measure(f.label))
	}
	for _, f := range facts {
		label := "  " + f.label + strings.Repeat(" ", width-measure(f.label)+2)
		for i, value := range f.values {
			if i > 0 {
				label = strings.Repeat(" ", width+4)
			}
			p.text(label, f.look, value)
		}
	}
}

type fact struct {
	label  string
	look   style
	values []string
}

// heading writes a section's title over a ruled line.
func (p *page) heading(look style, title, more string) {
	p.line("")
	p.text(p.paint(look, title)+"  ", plain, more)
	glyph, length := "─", ruler
	if p.ascii {
		glyph = "-"
	}
	if p.limit > 0 {
		length = min(ruler, p.limit)
	}
	p.line(p.paint(dim, strings.Repeat(glyph, length)))
}

// most is how many rows a list has.
func (p *page) most() int {
	if p.opt.All {
		return math.MaxInt
	}
	return shown
}

// rest says how many rows were left out.
func (p *page) rest(n, of int) {
	if n < of {
		p.text("  ", dim, "... and "+strconv.Itoa(of-n)+" more (--all shows them)")
	}
}
