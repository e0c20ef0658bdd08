package words

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
)

// Mend is the concrete mends of a finding: what to do, then the command or the
// statement to copy, each line with a newline. "" where there is none.
func Mend(f *report.Finding) string {
	mends, ok := f.Mends()
	if !ok {
		return Copyable(f.Mend)
	}
	var b strings.Builder
	for _, m := range mends {
		b.WriteString(MendTitle(m))
		if m.Command == "" && m.Statement == nil {
			b.WriteString("\n")
			continue
		}
		b.WriteString(":\n")
		if m.Command != "" {
			b.WriteString("  " + report.Inert(m.Command) + "\n")
		}
		if m.Statement != nil {
			for line := range strings.Lines(Copyable(m.Statement)) {
				b.WriteString("  " + line)
			}
		}
	}
	return b.String()
}

// MendTitle says what a mend does, and to which policy.
func MendTitle(m report.Mend) string {
	if m.To == "" {
		return report.Inert(m.Text)
	}
	return report.Inert(m.Text) + " (" + report.Inert(m.To) + ")"
}

// Copyable lays out JSON as indented text, or as its paragraphs if it is a mere
// string. "" for null.
func Copyable(message json.RawMessage) string {
	if len(message) == 0 || bytes.Equal(bytes.TrimSpace(message), []byte("null")) {
		return ""
	}
	var text string
	if json.Unmarshal(message, &text) == nil {
		return strings.Join(report.Paragraphs(text), "\n")
	}
	var b bytes.Buffer
	if err := report.EncodeJSON(&b, message); err != nil {
		return report.Inert(string(message)) // not JSON; show what there is
	}
	return b.String()
}
