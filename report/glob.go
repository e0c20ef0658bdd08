package report

import (
	"strings"
	"unicode/utf8"
)

// glob says whether the pattern matches the whole of s. Time is at most the
// product of the two lengths, so that no pattern can stall a run.
func glob(pattern, s string) bool {
	star := -1    // index in pattern after the last * seen
	var again int // where in s that * would next let go
	p, i := 0, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			p++
			star, again = p, i
		case p < len(pattern) && pattern[p] == '?':
			p++
			i += width(s[i:])
		case p < len(pattern) && pattern[p] == s[i]:
			p++
			i++
		case star >= 0:
			again += width(s[again:])
			p, i = star, again
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// width is the length in bytes of the first character; a byte that is not
// UTF-8 is a character of its own.
func width(s string) int {
	_, size := utf8.DecodeRuneInString(s)
	return size
}
