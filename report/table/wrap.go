package table

import (
	"strings"
	"unicode/utf8"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// measure is the number of columns that text takes, escape sequences of colours
// aside. Letters of ambiguous width count as narrow, whatever the locale, so
// that reports do not depend on where they are made.
func measure(s string) int {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return twwidth.WidthWithOptions(s, twwidth.Options{})
		}
	}
	return len(s)
}

// wrap breaks text into lines of at most width columns; 0 is no limit. It breaks
// at spaces; a word that is too long for a line of its own, such as an ARN,
// breaks after one of its separators, and anywhere only if it has none. Such a
// word begins on the line before if half of that is free.
func wrap(s string, width int) []string {
	if width <= 0 || measure(s) <= width {
		return []string{s}
	}
	var lines []string
	line, taken, begun := "", 0, false
	for word := range strings.SplitSeq(s, " ") {
		columns := measure(word)
		switch {
		case begun && taken+1+columns <= width:
			line += " " + word
			taken += 1 + columns
			continue
		case begun && columns > width && 2*(width-taken) > width:
			if at, clean := breakAt(word, width-taken-1); clean {
				line += " " + word[:at]
				columns -= measure(word[:at])
				word = word[at:]
			}
			lines = append(lines, line)
		case begun:
			lines = append(lines, line)
		}
		for columns > width {
			at, _ := breakAt(word, width)
			if at == len(word) {
				break
			}
			lines = append(lines, word[:at])
			columns -= measure(word[:at])
			word = word[at:]
		}
		line, taken, begun = word, columns, true
	}
	return append(lines, line)
}

// breakAt is the index in a word at which its first line ends. The parts of an
// ARN end at colons and slashes; those within a name are second choice. clean
// says that there was one or the other.
func breakAt(word string, width int) (at int, clean bool) {
	var parts, names, anywhere, columns int
	half := 0 // columns up to parts
	for i, r := range word {
		end := i + utf8.RuneLen(r)
		columns += measure(word[i:end])
		if columns > width {
			break
		}
		if strings.HasPrefix(word[end:], "::") {
			continue // a line that begins with :: is a command to GitHub's runner
		}
		anywhere = end
		switch r {
		case ':', '/':
			parts, half = end, columns
		case '-', '_', '.', ',', '=':
			names = end
		}
	}
	switch {
	case parts > 0 && (half*2 >= width || names == 0):
		return parts, true
	case names > 0:
		return names, true
	case anywhere > 0:
		return anywhere, false
	}
	_, letter := utf8.DecodeRuneInString(word) // wider than the line
	return letter, false
}
