package sarif

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/markdown"
)

// help is what a reader of an alert sees beside it, as text and as Markdown.
func help(rule report.Rule, title string) *message {
	var text, marked []string
	heading := func(s string) {
		text = append(text, s+":")
		marked = append(marked, "## "+s)
	}
	add := func(title, prose string) {
		paragraphs := report.Paragraphs(prose)
		if len(paragraphs) > 0 && title != "" {
			heading(title)
		}
		for _, paragraph := range paragraphs {
			text = append(text, paragraph)
			marked = append(marked, markdown.Escape(paragraph))
		}
	}
	add("", cmp.Or(strings.TrimSpace(rule.Description), title))
	add("How to mend it", rule.Remediation)
	add("AWS operations it reads", strings.Join(rule.Reads, ", "))
	add("Published mappings", mappings(rule.Compliance))
	add("Suggested mappings, not published", mappings(rule.Suggested))
	if addresses := rule.WebAddresses(); len(addresses) > 0 {
		heading("Read on")
		text = append(text, strings.Join(addresses, "\n"))
		marked = append(marked, "<"+strings.Join(addresses, ">\n<")+">")
	}
	return &message{Text: strings.Join(text, "\n\n"), Markdown: strings.Join(marked, "\n\n")}
}

// mappings is one paragraph for each framework.
func mappings(all map[string][]string) string {
	var out []string
	for _, framework := range slices.Sorted(maps.Keys(all)) {
		out = append(out, framework+": "+strings.Join(all[framework], ", "))
	}
	return strings.Join(out, "\n\n")
}
