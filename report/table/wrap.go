package table

import (
	"strings"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// measure is the number of columns that text takes, escape sequences of colours
// aside. Letters of ambiguous width count as narrow, whatever the locale, so
// that reports do not depend on where they are made.
func measure(s string) int { return twwidth.WidthWithOptions(s, twwidth.Options{}) }

// wrap breaks text into lines of at most width columns; 0 is no limit. It breaks
// at spaces; a word that is too long for a line of its own, such as an ARN,
// breaks after one of its separators, and anywhere only if it has none. Such a
// word begins on the line before if half of that is free.
func wrap(s string, width int) []string {
	if width <= 0 || measure(s) <= width {
		return []string{s}
	}
	var lines []string
	line, begun := "", false
	for word := range strings.SplitSeq(s, " ") {
		switch {
		case begun && measure(line)+1+measure(word) <= width:
			line += " " + word
			continue
		case begun && measure(word) > width && 2*(width-measure(line)) > width:
			if at, clean := breakAt(word, width-measure(line)-1); clean {
				line += " " + word[:at]
				word = word[at:]
			}
			lines = append(lines, line)
		case begun:
			lines = append(lines, line)
		}
		for measure(word) > width {
			at, _ := breakAt(word, width)
			lines = append(lines, word[:at])
			word = word[at:]
		}
		line, begun = word, true
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
		columns += measure(string(r))
		end := i + len(string(r))
		if columns > width {
			break
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
	return len(string([]rune(word)[:1])), false // one letter is wider than the line
}
