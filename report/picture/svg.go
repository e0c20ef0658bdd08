package picture

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
)

// Style is the CSS of a drawing: light, or dark where the reader prefers that.
const Style = `.kp{font-family:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;` +
	`--p-paper:#ffffff;--p-box:#ffffff;--p-ink:#1c2430;--p-soft:#5b6675;--p-line:#d5dbe3;--p-fine:#6b8f7d;--p-broken:#c62f35;--p-broken-box:#fdf1f1;` +
	`--p-minor:#a86a00;--p-minor-box:#fdf7ea;--p-unknown:#6f5aa8;--p-unknown-box:#f6f3fc;--p-depends:#2f6fb3}` +
	`@media (prefers-color-scheme:dark){.kp{--p-paper:#12161c;--p-box:#1a2029;--p-ink:#e6eaf0;--p-soft:#9aa6b5;--p-line:#343d4a;--p-fine:#6fa88b;` +
	`--p-broken:#ff7a7d;--p-broken-box:#2c1b1f;--p-minor:#e0aa4a;--p-minor-box:#292317;--p-unknown:#b09ae8;--p-unknown-box:#221f30;--p-depends:#74ace6}}` +
	`.kp .paper{fill:var(--p-paper)}.kp .head{fill:var(--p-soft);font-size:11px;font-weight:600;letter-spacing:.06em;text-transform:uppercase}` +
	`.kp .box{fill:var(--p-box);stroke:var(--p-line)}.kp .bar{fill:var(--p-fine)}.kp .kind{fill:var(--p-soft);font-size:10.5px;letter-spacing:.03em}` +
	`.kp .name{fill:var(--p-ink);font-size:13px;font-weight:600}.kp .note{fill:var(--p-soft);font-size:11.5px}` +
	`.kp .edge{fill:none;stroke:var(--p-fine);stroke-width:1.6}.kp .tip{fill:var(--p-fine)}.kp .wide{fill:none;stroke:transparent;stroke-width:14}` +
	`.kp .badge{fill:var(--p-broken)}.kp .number{fill:var(--p-paper);font-size:11px;font-weight:700;text-anchor:middle}` +
	`.kp .broken .box{fill:var(--p-broken-box);stroke:var(--p-broken)}.kp .broken .bar,.kp .broken .tip{fill:var(--p-broken)}` +
	`.kp .broken .edge{stroke:var(--p-broken);stroke-width:2.2}` +
	`.kp .minor .box{fill:var(--p-minor-box);stroke:var(--p-minor)}.kp .minor .bar,.kp .minor .tip,.kp .minor .badge{fill:var(--p-minor)}.kp .minor .edge{stroke:var(--p-minor)}` +
	`.kp .unknown .box{fill:var(--p-unknown-box);stroke:var(--p-unknown);stroke-dasharray:5 4}.kp .unknown .bar,.kp .unknown .tip,.kp .unknown .badge{fill:var(--p-unknown)}` +
	`.kp .unknown .edge{stroke:var(--p-unknown);stroke-dasharray:2 5}.kp .depends .bar,.kp .depends .tip,.kp .depends .badge{fill:var(--p-depends)}` +
	`.kp .depends .edge{stroke:var(--p-depends);stroke-dasharray:7 4}.kp a{text-decoration:none}.kp a:hover .box,.kp a:focus .box{stroke-width:2.4}`

// WriteSVG draws the picture as a file of its own.
func WriteSVG(w io.Writer, p *Picture) error {
	_, err := io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+draw(p, nil, true))
	return err
}

// Inline is the drawing as an element of a page that has Style. Where a box or an
// arrow has something to say, it links to the anchor of that: anchors are by the
// number of the box, and then of the arrows, "" for none.
func Inline(p *Picture, anchors []string) string { return draw(p, anchors, false) }

type pen struct {
	out     strings.Builder
	anchors []string
	layout  *layout
}

func draw(p *Picture, anchors []string, alone bool) string {
	d := &pen{anchors: anchors, layout: arrange(p)}
	l := d.layout
	fmt.Fprintf(&d.out, `<svg class="kp" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">`+"\n", l.width, l.height, l.width, l.height)
	d.line(`<title>%s</title>`, p.Title)
	if alone {
		d.out.WriteString("<style>" + Style + "</style>\n")
	}
	fmt.Fprintf(&d.out, `<rect class="paper" width="%d" height="%d"/>`+"\n", l.width, l.height)
	for i, head := range p.Columns {
		d.line(`<text class="head" x="`+strconv.Itoa(margin+i*(boxWidth+between)+2)+`" y="`+strconv.Itoa(margin+14)+`">%s</text>`, head)
	}
	numbers := numbered(p)
	// What is wrong is drawn over what is right.
	for gravity := Fine.Gravity(); gravity >= 0; gravity-- {
		for i := range p.Edges {
			if p.Edges[i].State.Gravity() == gravity {
				d.edge(&p.Edges[i], d.anchor(len(p.Nodes)+i), numbers[len(p.Nodes)+i])
			}
		}
	}
	for i, b := range l.boxes {
		d.box(b, d.anchor(i), numbers[i])
	}
	d.out.WriteString("</svg>\n")
	return d.out.String()
}

// Troubles are the boxes and then the arrows that have something to say, by the
// number that stands at them.
func Troubles(p *Picture) []Trouble {
	var all []Trouble
	numbers := numbered(p)
	names := map[string]string{}
	for i := range p.Nodes {
		n := &p.Nodes[i]
		names[n.ID] = n.Kind + " " + n.Name
		if numbers[i] > 0 {
			all = append(all, Trouble{Number: numbers[i], Index: i, Name: names[n.ID], State: n.State, Why: n.Why})
		}
	}
	for i := range p.Edges {
		e := &p.Edges[i]
		if k := len(p.Nodes) + i; numbers[k] > 0 {
			all = append(all, Trouble{Number: numbers[k], Index: k, Name: names[e.From] + " → " + names[e.To], State: e.State, Why: e.Why})
		}
	}
	return all
}

// Trouble is what is to be said of a box or an arrow.
type Trouble struct {
	Number int // that stands at it
	Index  int // of the box, or after all boxes of the arrow
	Name   string
	State  State
	Why    []string
}

// numbered gives numbers from 1 to the boxes, then to the arrows, that are not
// fine and have something to say; 0 to the others.
func numbered(p *Picture) []int {
	numbers := make([]int, len(p.Nodes)+len(p.Edges))
	next := 1
	give := func(i int, state State, why []string) {
		if len(why) > 0 && state != Fine {
			numbers[i] = next
			next++
		}
	}
	for i := range p.Nodes {
		give(i, p.Nodes[i].State, p.Nodes[i].Why)
	}
	for i := range p.Edges {
		give(len(p.Nodes)+i, p.Edges[i].State, p.Edges[i].Why)
	}
	return numbers
}

func (d *pen) anchor(i int) string {
	if i < len(d.anchors) {
		return d.anchors[i]
	}
	return ""
}

// line writes a line whose %s is foreign text.
func (d *pen) line(form, text string) {
	before, after, _ := strings.Cut(form, "%s")
	d.out.WriteString(before + escaped(text) + after + "\n")
}

// open begins a group: a link where it has an anchor.
func (d *pen) open(state State, anchor string) (end string) {
	class := string(state)
	if !known(state) {
		class = string(Fine)
	}
	if anchor == "" {
		d.out.WriteString(`<g class="` + class + `">`)
		return "</g>\n"
	}
	d.out.WriteString(`<a class="` + class + `" href="#` + escaped(anchor) + `">`)
	return "</a>\n"
}

func known(s State) bool { return s.Gravity() < Fine.Gravity() }

func (d *pen) box(b *box, anchor string, number int) {
	end := d.open(b.State, anchor)
	d.title(append(append([]string{b.Kind + " " + b.Name, b.Note}, few(b.Full)...), b.Why...))
	fmt.Fprintf(&d.out, `<rect class="box" x="%d" y="%d" width="%d" height="%d" rx="7"/>`, b.x, b.y, boxWidth, b.height)
	fmt.Fprintf(&d.out, `<rect class="bar" x="%d" y="%d" width="4" height="%d" rx="2"/>`+"\n", b.x+4, b.y+7, b.height-14)
	y := b.y + padding + kindHeight - 4
	text := func(class, words string, height int) {
		d.line(fmt.Sprintf(`<text class="%s" x="%d" y="%d">`, class, b.x+17, y)+"%s</text>", words)
		y += height
	}
	text("kind", b.Kind, nameHeight)
	for _, words := range b.name {
		text("name", words, nameHeight)
	}
	y--
	for _, words := range b.note {
		text("note", words, noteHeight)
	}
	d.number(number, b.x+boxWidth-15, b.y+16)
	d.out.WriteString(end)
}

func (d *pen) number(n, x, y int) {
	if n > 0 {
		fmt.Fprintf(&d.out, `<circle class="badge" cx="%d" cy="%d" r="9"/><text class="number" x="%d" y="%d">%d</text>`, x, y, x, y+4, n)
	}
}

func (d *pen) edge(e *Edge, anchor string, number int) {
	from, to := d.layout.byID[e.From], d.layout.byID[e.To]
	if from == nil || to == nil {
		return
	}
	end := d.open(e.State, anchor)
	if len(e.Why) > 0 {
		d.title(e.Why)
	}
	x1, y1 := from.x+boxWidth, from.y+from.height/2
	x2, y2 := to.x, to.y+to.height/2
	bend := max((x2-x1)/2, 20)
	path := fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x1, y1, x1+bend, y1, x2-8-bend, y2, x2-7, y2)
	fmt.Fprintf(&d.out, `<path class="edge" d="%s"/><path class="tip" d="M%d %dl-9 -4.5v9z"/>`, path, x2, y2)
	if anchor != "" {
		fmt.Fprintf(&d.out, `<path class="wide" d="%s"/>`, path)
	}
	d.number(number, (x1+x2)/2-3, (y1+y2)/2)
	d.out.WriteString(end)
}

// title is what a pointer that rests on the part is told.
func (d *pen) title(lines []string) {
	var kept []string
	for _, one := range lines {
		if one != "" {
			kept = append(kept, escaped(shorten(report.Inert(one), 400)))
		}
	}
	d.out.WriteString("<title>" + strings.Join(kept, "\n") + "</title>")
}

// few are the first of a long list, and how many more there are.
func few(all []string) []string {
	const some = 12
	if len(all) <= some+1 {
		return all
	}
	return append(append([]string(nil), all[:some]...), fmt.Sprintf("and %d more", len(all)-some))
}

// escaped is inert text as XML and HTML both read it.
func escaped(text string) string {
	var b bytes.Buffer
	if err := xml.EscapeText(&b, []byte(report.Inert(text))); err != nil {
		return "" // a buffer takes everything
	}
	return b.String()
}
