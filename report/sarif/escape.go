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
