package picture

import (
	"fmt"
	"io"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
)

// WriteDOT writes the picture in the language of Graphviz.
func WriteDOT(w io.Writer, p *Picture) error {
	var b strings.Builder
	b.WriteString("digraph kmsaudit {\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname=\"Helvetica\"];\n")
	fmt.Fprintf(&b, "  label=%s;\n", quoted(p.Title))
	for column := range p.Columns {
		var names []string
		for i := range p.Nodes {
			if p.Nodes[i].Column == column {
				names = append(names, p.Nodes[i].ID)
			}
		}
		if len(names) > 0 {
			fmt.Fprintf(&b, "  { rank=same; %s; }\n", strings.Join(names, "; "))
		}
	}
	for i := range p.Nodes {
		n := &p.Nodes[i]
		label := []string{n.Kind, shorten(report.Inert(n.Name), 80)}
		if n.Note != "" {
			label = append(label, shorten(report.Inert(n.Note), 120))
		}
		label = append(label, first(n.Why)...)
		fmt.Fprintf(&b, "  %s [label=%s, color=\"%s\"%s];\n", n.ID, stacked(label), colours(n.State), tooltip(n.Why))
	}
	for _, e := range p.Edges {
		style := ""
		if e.State == Depends || e.State == Unknown {
			style = ", style=dashed"
		}
		fmt.Fprintf(&b, "  %s -> %s [color=\"%s\"%s%s];\n", e.From, e.To, colours(e.State), style, tooltip(e.Why))
	}
	for _, note := range p.Notes {
		fmt.Fprintf(&b, "  // %s\n", report.Inert(note))
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func tooltip(why []string) string {
	if len(why) == 0 {
		return ""
	}
	return ", tooltip=" + quoted(strings.Join(first(why), "; "))
}

// stacked are lines of a label, each quoted on its own.
func stacked(lines []string) string {
	var out []string
	for _, one := range lines {
		text := quoted(one)
		out = append(out, text[1:len(text)-1])
	}
	return `"` + strings.Join(out, `\n`) + `"`
}

// quoted is a string of DOT.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(report.Inert(text)) + `"`
}
