package picture

import (
	"fmt"
	"io"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
)

// WriteMermaid writes the picture as a flowchart of Mermaid, as Markdown of GitHub
// and GitLab shows it between ```mermaid and ```.
func WriteMermaid(w io.Writer, p *Picture) error {
	var b strings.Builder
	fmt.Fprintf(&b, "---\ntitle: \"%s\"\n---\nflowchart LR\n", entities(p.Title))
	for i := range p.Nodes {
		n := &p.Nodes[i]
		label := entities(n.Kind) + "<br/><b>" + entities(shorten(report.Inert(n.Name), 80)) + "</b>"
		if n.Note != "" {
			label += "<br/>" + entities(shorten(report.Inert(n.Note), 120))
		}
		for _, why := range first(n.Why) {
			label += "<br/>" + entities(why)
		}
		fmt.Fprintf(&b, "  %s[\"%s\"]:::%s\n", n.ID, label, class(n.State))
	}
	var styles []string
	for i, e := range p.Edges {
		arrow := "-->"
		if e.State == Depends || e.State == Unknown {
			arrow = "-.->"
		}
		if len(e.Why) > 0 && known(e.State) {
			arrow += `|"` + entities(strings.Join(first(e.Why), "; ")) + `"|`
		}
		fmt.Fprintf(&b, "  %s %s %s\n", e.From, arrow, e.To)
		if colour := colours(e.State); e.State.Gravity() < Depends.Gravity() {
			styles = append(styles, fmt.Sprintf("  linkStyle %d stroke:%s,stroke-width:2px\n", i, colour))
		}
	}
	b.WriteString(strings.Join(styles, ""))
	for _, state := range []State{Broken, Minor, Unknown, Depends, Fine} {
		fmt.Fprintf(&b, "  classDef %s stroke:%s,stroke-width:%dpx\n", class(state), colours(state), 1+(Fine.Gravity()-state.Gravity())/2)
	}
	for _, note := range p.Notes {
		fmt.Fprintf(&b, "  %%%% %s\n", entities(note))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func class(s State) string {
	if known(s) {
		return string(s)
	}
	return string(Fine)
}

// colours are those of a state on light paper and on dark.
func colours(s State) string {
	switch s {
	case Broken:
		return "#d23b41"
	case Minor:
		return "#b8791a"
	case Unknown:
		return "#7f69b8"
	case Depends:
		return "#3f7fc1"
	case Fine:
	}
	return "#6b8f7d"
}

// first are the first sentences of several, short enough for a label.
func first(why []string) []string {
	var out []string
	for i, one := range why {
		if i == 3 {
			return append(out, fmt.Sprintf("and %d more", len(why)-i))
		}
		out = append(out, shorten(report.Inert(one), 160))
	}
	return out
}

// entities spells every letter that could be syntax, of Mermaid or of the HTML
// that it makes, as an entity of Mermaid: #number;
func entities(text string) string {
	var b strings.Builder
	for _, r := range report.Inert(text) {
		if r > 0x7f || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(" .,_-/()+", r) {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, "#%d;", r)
	}
	return b.String()
}
