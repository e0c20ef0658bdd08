package sarif

import (
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
)

// messageText writes foreign text as a message string. In SARIF messages square
// brackets make links, a backslash escapes, and braces enclose placeholders
// (SARIF 2.1.0, sections 3.11.5 and 3.11.6).
func messageText(s string) string {
	return strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`, `{`, `{{`, `}`, `}}`).Replace(report.Inert(s))
}

// escapeMarkdown writes one line of inert prose as Markdown that shows the same
// characters: no link, image, HTML, emphasis, table, formula, list or heading
// comes of it. Only code in single backticks stays code, for rules' texts use
// that, and nothing has a meaning within it.
func escapeMarkdown(s string) string {
	parts := strings.Split(s, "`")
	paired := len(parts)%2 == 1 && !strings.Contains(s, "``")
	var b strings.Builder
	for i, part := range parts {
		switch {
		case i%2 == 1 && paired:
			b.WriteString("`" + part + "`")
			continue
		case i > 0 && !paired:
			b.WriteString("\\`")
		}
		for _, r := range part {
			if strings.ContainsRune(`\*_[]<>#|~!&$`, r) {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		}
	}
	return unlisted(b.String())
}

// unlisted keeps a line from beginning a list, numbered or not.
func unlisted(s string) string {
	mark := strings.TrimLeft(s, "0123456789")
	if mark == "" {
		return s
	}
	number := s[:len(s)-len(mark)]
	switch {
	case number == "" && strings.ContainsAny(mark[:1], "+-="),
		number != "" && strings.ContainsAny(mark[:1], ".)"):
		return number + `\` + mark
	}
	return s
}
