package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Inert makes text that others wrote (names, tags, Sids, error messages) safe
// to show: whatever could steer a terminal, turn the reading direction round,
// hide or break a line becomes a visible escape such as \n, \x1b or \u202e. So
// do bytes that are not UTF-8, and one letter of the marks by which build services
// take commands from their logs (##[, ##vso[, ##teamcity[, and :: before a
// word). All else, letters of any script included, stays as it is. Inert text
// is left alone by a second call.
//
// It does not know the syntax of the reader: escaping for Markdown, HTML or CSV
// is the business of whoever writes those.
func Inert(s string) string {
	if inert(s) {
		return commands(s)
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case unseen(r):
			b.WriteString(escape(r))
		default:
			b.WriteString(s[:size])
		}
		s = s[size:]
	}
	return commands(b.String())
}

// commands spells one letter of what would be a command in a log.
func commands(s string) string {
	if strings.HasPrefix(s, "::") {
		s = `:\x3a` + s[2:]
	}
	s = strings.ReplaceAll(s, " ::", ` :\x3a`)
	if !strings.Contains(s, "##") {
		return s
	}
	return strings.NewReplacer("##[", `#\x23[`, "##vso[", `#\x23vso[`, "##teamcity[", `#\x23teamcity[`).Replace(s)
}

// Paragraphs splits prose at its blank lines and makes each paragraph one line
// of inert text; white space within it folds to single spaces.
func Paragraphs(prose string) []string {
	var paragraphs []string
	var words []string
	end := func() {
		if len(words) > 0 {
			paragraphs = append(paragraphs, Inert(strings.Join(words, " ")))
		}
		words = nil
	}
	for line := range strings.Lines(prose) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			end()
		}
		words = append(words, fields...)
	}
	end()
	return paragraphs
}

// Cut shortens text to a number of characters.
func Cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	letters := []rune(s)
	if len(letters) <= most {
		return s
	}
	return string(letters[:most-3]) + "..."
}

func inert(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, unseen) < 0
}

// unseen says whether a character acts on what surrounds it instead of showing
// itself: controls, format characters (directions, joiners, zero widths, tags),
// line and paragraph separators, variation selectors, blank fillers.
func unseen(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r < 0xa0:
		return true
	case r < 0x7f:
		return false
	case r == 0x034f, r == 0x115f, r == 0x1160, r == 0x17b4, r == 0x17b5, r == 0x3164, r == 0xffa0:
		return true // combining grapheme joiner, Hangul fillers, Khmer inherent vowels
	}
	return unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Variation_Selector)
}

func escape(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < 0x100:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}
