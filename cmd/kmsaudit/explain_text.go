package main

import (
	"fmt"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules/chain"
)

// drawing lays out what is known about a resource. Text that others wrote is made
// inert before anything else is done with it.
type drawing struct {
	out    strings.Builder
	width  int // columns to wrap at, 0 for no limit
	ascii  bool
	colour bool
}

func (d *drawing) chain(c *chain.Chain) {
	d.line("", d.paint("1", c.Kind+" "+report.Inert(c.Name)))
	d.text("  ", "  ", "", c.Resource)
	d.text("  ", "  ", "", sourceWords(c.Snapshot))
	for i, path := range c.Paths {
		if i == 0 {
			d.line("", "")
		}
		d.path(path)
	}
	for _, link := range c.Links {
		d.link(link)
	}
	d.findings(c.Findings)
	d.unknown(c.Unknown)
	if len(c.Assumptions) > 0 {
		d.heading("Taken for granted")
		for _, text := range c.Assumptions {
			d.text("  - ", "    ", "", text)
		}
	}
}

func (d *drawing) heading(title string) {
	d.line("", "")
	for _, line := range wrapped(report.Inert(title), d.width) {
		d.line("", d.paint("1", line))
	}
}

// looks are the colours of states.
var looks = map[chain.State]string{
	chain.Denied: "1;31", chain.Finding: "1;31", chain.Unknown: "33", chain.Depends: "33", chain.Allowed: "32", chain.Absent: "2",
}

// stateWidth is the column at which the text of a line begins.
const stateWidth = 11

func (d *drawing) link(l chain.Link) {
	d.heading(l.Title)
	for _, line := range l.Lines {
		state := fmt.Sprintf("  %-*s", stateWidth-2, line.State)
		if line.State == chain.OK { // that it was read does not say that it is right
			state = strings.Repeat(" ", stateWidth)
		}
		indent := strings.Repeat(" ", stateWidth)
		text := line.Text
		if line.Reason != "" {
			text += ": not known: " + line.Reason
		}
		var own []string // places of the fact itself
		for _, place := range line.Places {
			if at := where(place.File, place.Line); place.What == "" && at != "" {
				own = append(own, at)
			}
		}
		if len(own) > 0 {
			text += "  " + strings.Join(own, " ")
		}
		d.text(d.paint(looks[line.State], state[:stateWidth]), indent, "", text)
		for _, place := range line.Places {
			if place.What == "" {
				continue
			}
			text := "by " + place.What
			if at := where(place.File, place.Line); at != "" {
				text += "  " + at
			}
			d.text(indent, indent+"   ", "2", text)
		}
		for _, mend := range line.Mends {
			d.text(indent, indent+"   ", "", "to mend: "+mend)
		}
	}
}

func where(file string, line int) string {
	if line == 0 {
		return ""
	}
	return fmt.Sprintf("%s:%d", file, line)
}

func (d *drawing) findings(findings []report.Finding) {
	if len(findings) == 0 {
		return
	}
	d.heading(fmt.Sprintf("Findings: %d", len(findings)))
	for _, f := range findings {
		text := f.Rule + "  " + f.Severity.String() + "  " + f.Msg + "  " + where(f.Place.File, f.Place.Line)
		if f.Waived != nil {
			text += "  waived until " + f.Waived.Expires + " by " + f.Waived.Owner + ": " + f.Waived.Reason
		}
		d.text("  ", "    ", "", text)
		mends, _ := f.Mends()
		for _, m := range mends {
			text := "to mend: " + m.Text
			if m.To != "" {
				text += " (" + m.To + ")"
			}
			d.text("    ", "      ", "", text)
			if m.Command != "" {
				d.line("      ", report.Inert(m.Command)) // whole, to be copied
			}
			if len(m.Statement) > 0 {
				d.line("      ", report.Inert(string(m.Statement)))
			}
		}
	}
}

func (d *drawing) unknown(gaps []chain.Gap) {
	if len(gaps) == 0 {
		return
	}
	d.heading("Not known")
	const few = 20 // all are in the JSON
	for i, g := range gaps {
		if i == few {
			d.text("  - ", "    ", "", fmt.Sprintf("%d more", len(gaps)-few))
			break
		}
		text := g.Msg
		if len(g.Rules) > 0 {
			text += "; not judged by " + strings.Join(g.Rules, ", ")
		}
		if at := where(g.Place.File, g.Place.Line); at != "" {
			text += "  " + at
		}
		d.text("  - ", "    ", "", text)
	}
}
