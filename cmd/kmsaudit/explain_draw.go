package main

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/table"
	"github.com/kmsaudit/kmsaudit/rules/chain"
)

// path draws a chain: as many steps on a line as there is room for, and every
// further line begins with its arrow.
func (d *drawing) path(p chain.Path) {
	line := "  "
	for i, step := range p.Steps {
		text := d.step(step)
		if i > 0 {
			text = d.arrow(step) + " " + text
		}
		switch {
		case i == 0:
			line += text
		case d.width == 0 || columnsOf(line)+1+columnsOf(text) <= d.width:
			line += " " + text
		default:
			d.text("", "      ", "", line)
			line = "    " + text
		}
	}
	d.text("", "      ", "", line)
}

// step names a resource and says how it stands.
func (d *drawing) step(s chain.Step) string {
	text := s.Name
	switch s.Kind {
	case "role", "user", "bucket":
		text = s.Kind + " " + text
	case "key":
		text = "key " + d.short(text)
	}
	if s.Note != "" {
		text += " (" + s.Note + ")"
	}
	return text
}

// short is the beginning of a key's id.
func (d *drawing) short(id string) string {
	rest, several := strings.CutPrefix(id, "mrk-")
	if len(rest) <= 12 || strings.HasPrefix(id, "aws/") {
		return id
	}
	dots := "…"
	if d.ascii {
		dots = "..."
	}
	if several {
		return "mrk-" + rest[:8] + dots
	}
	return id[:8] + dots
}

// arrow draws the requests that lead to a step; they do not arrive where one of
// them is denied.
func (d *drawing) arrow(s chain.Step) string {
	dashes, head := "──", map[chain.State]string{chain.Denied: "✗", chain.Unknown: "?"}[s.State]
	if head == "" {
		head = "▶"
	}
	if d.ascii {
		dashes, head = "--", map[string]string{"✗": "x", "?": "?", "▶": ">"}[head]
	}
	if len(s.Requests) == 0 {
		return dashes + head
	}
	requests := strings.Join(s.Requests, ", ")
	if n := len(s.Requests); n > 4 {
		requests = strings.Join(s.Requests[:3], ", ") + fmt.Sprintf(" and %d more", n-3)
	}
	return dashes + " " + requests + " " + dashes + head
}

func (d *drawing) paint(look, s string) string {
	if !d.colour || look == "" || s == "" {
		return s
	}
	return "\x1b[" + look + "m" + s + "\x1b[0m"
}

func (d *drawing) line(indent, inert string) {
	d.out.WriteString(strings.TrimRight(indent+inert, " ") + "\n")
}

// text writes foreign text, wrapped; first may be painted.
func (d *drawing) text(first, indent, look, text string) {
	width := 0
	if d.width > 0 {
		width = max(d.width-len(indent), 20)
	}
	for i, line := range wrapped(report.Inert(text), width) {
		if i > 0 {
			first = indent
		}
		d.line(first, d.paint(look, line))
	}
}

func columnsOf(s string) int { return utf8.RuneCountInString(s) }

// wrapped breaks inert text into lines of width columns, 0 for no limit, as tables do:
// no part of an ARN is broken.
func wrapped(text string, width int) []string {
	lines := table.Wrap(text, width)
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}
