package naive

import (
	"strings"
	"unicode/utf8"
)

// symbol is one character of a pattern: itself, or a wildcard.
type symbol struct {
	char rune
	wild bool // char is * or ?
}

// like matches by plain recursion.
func like(pattern []symbol, text string) bool {
	if len(pattern) == 0 {
		return text == ""
	}
	first, rest := pattern[0], pattern[1:]
	if first.wild && first.char == '*' {
		for i := 0; i <= len(text); i++ {
			if (i == len(text) || utf8.RuneStart(text[i])) && like(rest, text[i:]) {
				return true
			}
		}
		return false
	}
	if text == "" {
		return false
	}
	char, size := utf8.DecodeRuneInString(text)
	return (first.wild || first.char == char) && like(rest, text[size:])
}

// symbols reads a pattern without variables.
func symbols(text string) []symbol {
	var out []symbol
	for _, char := range text {
		out = append(out, symbol{char, char == '*' || char == '?'})
	}
	return out
}

// literal is the pattern as plain text.
func literal(pattern []symbol) string {
	var b strings.Builder
	for _, s := range pattern {
		b.WriteRune(s.char)
	}
	return b.String()
}

// expand replaces variables (C12-C14). ok is false if one has no value.
func (w *world) expand(text string, variables bool) (pattern []symbol, ok bool) {
	for text != "" {
		end := strings.Index(text, "}")
		if !variables || !strings.HasPrefix(text, "${") || end < 0 {
			char, size := utf8.DecodeRuneInString(text)
			pattern = append(pattern, symbol{char, char == '*' || char == '?'})
			text = text[size:]
			continue
		}
		value, found := w.variable(text[2:end])
		if !found {
			return nil, false
		}
		for _, char := range value {
			pattern = append(pattern, symbol{char, false})
		}
		text = text[end+1:]
	}
	return pattern, true
}

func (w *world) variable(inner string) (string, bool) {
	if inner == "*" || inner == "?" || inner == "$" {
		return inner, true
	}
	key, fallback, hasFallback := strings.Cut(inner, ",")
	key = strings.TrimSpace(key)
	if values := w.values(key); len(values) == 1 && !multivalued(key) {
		return values[0], true
	}
	fallback = strings.TrimSpace(fallback)
	for _, quote := range []string{"'", `"`} {
		if len(fallback) > 1 && strings.HasPrefix(fallback, quote) && strings.HasSuffix(fallback, quote) {
			return strings.Trim(fallback, quote), hasFallback
		}
	}
	return "", false
}

// matchAction is M3.
func matchAction(pattern, action string) bool {
	if pattern == "*" || pattern == "**" || pattern == "*:*" { // the last is accepted on save
		return true
	}
	service, name, found := strings.Cut(strings.ToLower(pattern), ":")
	wantService, wantName, _ := strings.Cut(strings.ToLower(action), ":")
	return found && service == wantService && like(symbols(name), wantName)
}

// matchARN compares six parts (M6, C5).
func matchARN(pattern [][]symbol, arn string) bool {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || len(pattern) != 6 || parts[0] != "arn" {
		return false
	}
	for i := range parts {
		if !like(pattern[i], parts[i]) {
			return false
		}
	}
	return true
}

// splitSymbols cuts an expanded pattern into at most six parts.
func splitSymbols(pattern []symbol) [][]symbol {
	parts := [][]symbol{nil}
	for _, s := range pattern {
		if s.char == ':' && len(parts) < 6 {
			parts = append(parts, nil)
			continue
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], s)
	}
	return parts
}

// matchResource is M6, M7 and M9 for one pattern; rest says that a pattern with
// fewer than six parts goes on with stars.
func (w *world) matchResource(text string, variables, rest bool) bool {
	if text == "*" || text == "**" {
		return true
	}
	parts := strings.SplitN(text, ":", 6)
	if len(parts) < 6 {
		if !rest || len(parts) == 1 || !strings.HasSuffix(text, "*") {
			return false
		}
		for len(parts) < 6 {
			parts = append(parts, "*")
		}
	}
	last, ok := w.expand(parts[5], variables)
	if !ok {
		return false
	}
	resource := w.c.Resource
	if resource == "*" {
		// M9: the account-wide form. The Region counts where the request's is known.
		for _, region := range w.values("aws:RequestedRegion") {
			if parts[3] != "" && !like(symbols(parts[3]), region) {
				return false
			}
		}
		service, _, _ := strings.Cut(strings.ToLower(w.c.Action), ":")
		return parts[5] == "*" && like(symbols(parts[2]), service) && (parts[4] == "" || like(symbols(parts[4]), account(w.c.Principal)))
	}
	pattern := [][]symbol{}
	for _, part := range parts[:5] {
		pattern = append(pattern, symbols(part))
	}
	return matchARN(append(pattern, last), resource)
}

// account is the account of an ARN.
func account(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return ""
	}
	return parts[4]
}
