package markdown

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/kmsaudit/kmsaudit/report"
)

// Escape writes text as one line of Markdown that shows the same characters: no
// link, image, HTML, emphasis, table, formula, list or heading comes of it, and
// nobody is mentioned. Code in single backticks stays code, for rules' texts use
// that, and nothing has a meaning within it. Words that a reader would take for an
// address or a mention become code.
func Escape(text string) string {
	text = report.Inert(text)
	parts := strings.Split(text, "`")
	paired := len(parts)%2 == 1 && !strings.Contains(text, "``")
	var b strings.Builder
	for i, part := range parts {
		switch {
		case i%2 == 1 && paired && strings.TrimSpace(part) != "":
			b.WriteString(Code(part))
			continue
		case i > 0 && !paired:
			b.WriteString("\\`")
		}
		for j, word := range strings.Split(part, " ") {
			if j > 0 {
				b.WriteByte(' ')
			}
			if active.MatchString(word) {
				b.WriteString(Code(word))
				continue
			}
			for _, r := range word {
				if strings.ContainsRune(`\*_[]<>#|~!&$@`, r) {
					b.WriteByte('\\')
				}
				b.WriteRune(r)
			}
		}
	}
	return unlisted(b.String())
}

// active are words that GitHub and GitLab turn into links or messages to people.
var active = regexp.MustCompile(`(?i)@\w|://|www\.|[#!&$]\d|[~%]\w|GH-\d|^[0-9a-f]{7,}$`)

// Code writes text as a code span that shows the same characters.
func Code(text string) string {
	text = report.Inert(text)
	if text == "" {
		return ""
	}
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if strings.Trim(text, "` ") != text {
		text = " " + text + " "
	}
	return fence + text + fence
}

// Cell writes text for a cell of a table: as code if it reads like a name, else
// escaped. Code that holds a pipe is spelt in entities, for tables are cut at pipes
// before code is looked for.
func Cell(text string) string {
	text = report.Inert(text)
	switch {
	case strings.Contains(text, "|") && (strings.Contains(text, "`") || active.MatchString(text)):
		return "<code>" + entities(text) + "</code>"
	case name.MatchString(text):
		return Code(text)
	}
	return Escape(text)
}

var name = regexp.MustCompile(`^[A-Za-z0-9_.+=,@*?/:-]*[/:_.][A-Za-z0-9_.+=,@*?/:-]*$`)

func entities(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r <= unicode.MaxASCII && (unicode.IsPunct(r) || unicode.IsSymbol(r)) {
			fmt.Fprintf(&b, "&#%d;", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Block writes lines as a code block in a language. Its fence is longer than any
// run of backticks in the text, so that nothing ends it early.
func Block(language, text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + language + "\n" + strings.TrimSuffix(text, "\n") + "\n" + fence + "\n"
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
