package sarif

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
)

// help is what a reader of an alert sees beside it, as text and as Markdown.
func help(rule report.Rule, title string) *message {
	var text, markdown []string
	heading := func(s string) {
		text = append(text, s+":")
		markdown = append(markdown, "## "+s)
	}
	add := func(title, prose string) {
		paragraphs := report.Paragraphs(prose)
		if len(paragraphs) > 0 && title != "" {
			heading(title)
		}
		for _, paragraph := range paragraphs {
			text = append(text, paragraph)
			markdown = append(markdown, escapeMarkdown(paragraph))
		}
	}
	add("", cmp.Or(strings.TrimSpace(rule.Description), title))
	add("How to mend it", rule.Remediation)
	add("AWS operations it reads", strings.Join(rule.Reads, ", "))
	add("Published mappings", mappings(rule.Compliance))
	add("Suggested mappings, not published", mappings(rule.Suggested))
	if addresses := webAddresses(rule.Related); len(addresses) > 0 {
		heading("Read on")
		text = append(text, strings.Join(addresses, "\n"))
		markdown = append(markdown, "<"+strings.Join(addresses, ">\n<")+">")
	}
	return &message{Text: strings.Join(text, "\n\n"), Markdown: strings.Join(markdown, "\n\n")}
}

// mappings is one paragraph for each framework.
func mappings(all map[string][]string) string {
	var out []string
	for _, framework := range slices.Sorted(maps.Keys(all)) {
		out = append(out, framework+": "+strings.Join(all[framework], ", "))
	}
	return strings.Join(out, "\n\n")
}

func webAddresses(all []string) []string {
	var out []string
	for _, one := range all {
		if address := webAddress(one); address != "" {
			out = append(out, address)
		}
	}
	return out
}
