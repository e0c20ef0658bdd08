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

// whole is the length of the longest part that is never broken. Names of roles and
// buckets have 64 letters at most, ids of keys fewer.
const whole = 80

// Wrap breaks text into lines as tables do: of at most width columns, 0 for no limit,
// at spaces and between the parts of an ARN, and never within a part that is a name.
func Wrap(text string, width int) []string { return wrap(text, width) }

// wrap breaks text into lines of at most width columns; 0 is no limit. It breaks
// at spaces; a word that is too long for a line of its own, such as an ARN, breaks
// after colons and slashes. The parts between them stay whole, even where one is
// longer than the line, so that names can be found and copied; only parts that are
// longer than any name of ours are broken. A word that is broken begins on the line
// before if half of that is free.
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
			if at, end := breakAt(word, width-taken-1, false); end == ofPart {
				line += " " + word[:at]
				columns -= measure(word[:at])
				word = word[at:]
			}
			lines = append(lines, line)
		case begun:
			lines = append(lines, line)
		}
		for torn := false; columns > width; {
			at, end := breakAt(word, width, torn)
			if at == len(word) {
				break
			}
			lines = append(lines, word[:at])
			columns -= measure(word[:at])
			word, torn = word[at:], end == within
		}
		line, taken, begun = word, columns, true
	}
	return append(lines, line)
}

// ending is where in a word a line ends.
type ending int

const (
	ofPart ending = iota // behind a part, and within the width
	over                 // behind a part that is wider than the line
	within               // within a part that is too long for any line
)

// breakAt is the index in a word at which its first line ends. torn says that the
// word begins within a part that is too long for any line.
func breakAt(word string, width int, torn bool) (at int, end ending) {
	var part, name, anywhere, columns int
	half := 0 // columns up to part
	for i, r := range word {
		next := i + utf8.RuneLen(r)
		columns += measure(word[i:next])
		if columns > width {
			break
		}
		anywhere = next
		switch {
		case endsPart(word, next):
			part, half = next, columns
		case strings.ContainsRune("-_.,=", r):
			name = next
		}
	}
	next := nextPart(word[part:])
	tear := torn && part == 0 || measure(word[part:part+next]) > whole && 2*half < width
	_, letter := utf8.DecodeRuneInString(word) // may be wider than the line
	switch {
	case !tear && part > 0:
		return part, ofPart
	case !tear:
		return next, over
	case name > part:
		return name, within
	}
	return max(anywhere, letter), within
}

// endsPart says whether a part of the word ends before that index. Several colons
// or slashes in a row stay together: a line that begins with :: would be a command
// to GitHub's runner. So does the line that a place is on.
func endsPart(word string, end int) bool {
	mark := func(c byte) bool { return c == ':' || c == '/' }
	if !mark(word[end-1]) || end < len(word) && mark(word[end]) {
		return false
	}
	const most = 7 // digits of a line or column; accounts have 12
	rest := strings.TrimLeft(word[end:], "0123456789")
	digits := len(word) - end - len(rest)
	return digits == 0 || digits > most || word[end-1] != ':' || rest != "" && !mark(rest[0])
}

// nextPart is the length of the first part of the word.
func nextPart(word string) int {
	for end := 1; end < len(word); end++ {
		if endsPart(word, end) {
			return end
		}
	}
	return len(word)
}

// narrow is the width below which text cannot be wrapped without a line that is
// longer: that of its longest part.
func narrow(s string) int {
	width := 0
	for word := range strings.SplitSeq(s, " ") {
		for word != "" {
			n := nextPart(word)
			if part := measure(word[:n]); part <= whole {
				width = max(width, part)
			}
			word = word[n:]
		}
	}
	return width
}
