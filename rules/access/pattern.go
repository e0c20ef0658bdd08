package access

import (
	"strings"
	"unicode/utf8"
)

type tokenKind uint8

const (
	literal tokenKind = iota
	star
	question
	variable
)

// token is a step of a pattern.
type token struct {
	kind tokenKind
	text string // literal text; default of a variable
	key  string // of a variable, in lower case
	def  bool   // the variable has a default
}

// pattern is a compiled text with wildcards and policy variables.
type pattern struct {
	tokens []token
	plain  bool // one literal, or nothing
	any    bool // matches everything
	vars   bool // has variables
}

// compilePattern reads text; wild makes * and ? wildcards, vars makes ${…} a
// variable (C12, C13).
func compilePattern(text string, wild, vars bool) pattern {
	p := pattern{}
	if !(wild && strings.ContainsAny(text, "*?")) && !(vars && strings.Contains(text, "${")) {
		p.plain = true
		if text != "" {
			p.tokens = []token{{kind: literal, text: text}}
		}
		return p
	}
	var lit strings.Builder
	flush := func() {
		if lit.Len() > 0 {
			p.tokens = append(p.tokens, token{kind: literal, text: lit.String()})
			lit.Reset()
		}
	}
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case wild && c == '*':
			flush()
			if n := len(p.tokens); n == 0 || p.tokens[n-1].kind != star {
				p.tokens = append(p.tokens, token{kind: star})
			}
		case wild && c == '?':
			flush()
			p.tokens = append(p.tokens, token{kind: question})
		case vars && strings.HasPrefix(text[i:], "${"):
			end := strings.IndexByte(text[i:], '}')
			if end < 0 {
				lit.WriteByte(c)
				break
			}
			inner := text[i+2 : i+end]
			i += end + 1
			if inner == "*" || inner == "?" || inner == "$" {
				lit.WriteString(inner)
				continue
			}
			flush()
			p.tokens = append(p.tokens, variableToken(inner))
			p.vars = true
			continue
		default:
			lit.WriteByte(c)
		}
		i++
	}
	flush()
	p.any = len(p.tokens) == 1 && p.tokens[0].kind == star
	p.plain = len(p.tokens) == 0 || len(p.tokens) == 1 && p.tokens[0].kind == literal
	return p
}

// variableToken reads what stands between ${ and }: a key, or a key and a
// default in quotes (C14).
func variableToken(inner string) token {
	key, def, found := strings.Cut(inner, ",")
	t := token{kind: variable, key: strings.ToLower(strings.TrimSpace(key))}
	if found {
		def = strings.TrimSpace(def)
		if len(def) >= 2 && (def[0] == '\'' || def[0] == '"') && def[len(def)-1] == def[0] {
			t.text, t.def = def[1:len(def)-1], true
		}
	}
	return t
}

// matches compares s with the pattern. A variable without value makes the
// pattern match nothing (C14); one whose value is not known leaves it open.
func (p *pattern) matches(s string, ctx *Context, fold bool) tri {
	switch {
	case p.any:
		return yes
	case p.plain:
		text := ""
		if len(p.tokens) == 1 {
			text = p.tokens[0].text
		}
		return truth(text == s || fold && strings.EqualFold(text, s))
	case p.vars:
		tokens, result := resolve(p.tokens, ctx)
		if result == no || !glob(tokens, s, fold) {
			return no
		}
		return result
	}
	return truth(glob(p.tokens, s, fold))
}

// open is the truth for a value that is not known: no if nothing can match, as
// with a variable without value (C14).
func (p *pattern) open(ctx *Context) tri {
	if p.vars {
		if _, result := resolve(p.tokens, ctx); result == no {
			return no
		}
	}
	return maybe
}

// resolve puts the values of variables in. The text of a variable is no pattern.
// Result: yes when all have values, no when one has none, maybe when one is not
// known; unknown ones are left as wildcards.
func resolve(tokens []token, ctx *Context) ([]token, tri) {
	out := make([]token, 0, len(tokens))
	result := yes
	for _, t := range tokens {
		if t.kind != variable {
			out = append(out, t)
			continue
		}
		f := ctx.lookup(t.key)
		switch {
		case f.state == known && !f.many && len(f.values) == 1 && !multivalued(t.key):
			out = append(out, token{kind: literal, text: f.values[0]})
			if f.head {
				out = append(out, token{kind: star})
				result = min(result, maybe)
			}
		case (f.state == present || f.state == unknown) && !multivalued(t.key):
			out = append(out, token{kind: star})
			result = min(result, maybe)
		case t.def:
			out = append(out, token{kind: literal, text: t.text})
		default:
			return nil, no
		}
	}
	return out, result
}

// glob matches s with tokens that have no variables.
func glob(tokens []token, s string, fold bool) bool {
	t, i := 0, 0
	lastStar, from := -1, 0
	for {
		if t == len(tokens) {
			if i == len(s) {
				return true
			}
		} else {
			switch tok := &tokens[t]; tok.kind {
			case star:
				if t == len(tokens)-1 {
					return true
				}
				lastStar, from = t, i
				t++
				continue
			case question:
				if i < len(s) {
					_, n := utf8.DecodeRuneInString(s[i:])
					i += n
					t++
					continue
				}
			case literal:
				if n, ok := startsWith(s[i:], tok.text, fold); ok {
					i += n
					t++
					continue
				}
			}
		}
		if lastStar < 0 || from >= len(s) {
			return false
		}
		_, n := utf8.DecodeRuneInString(s[from:])
		from += n
		i, t = from, lastStar+1
	}
}

func startsWith(s, prefix string, fold bool) (int, bool) {
	if !fold {
		return len(prefix), strings.HasPrefix(s, prefix)
	}
	if len(s) < len(prefix) {
		return 0, false
	}
	return len(prefix), strings.EqualFold(s[:len(prefix)], prefix)
}

// matchesHead compares the pattern with a value of which only the beginning is
// known.
func (p *pattern) matchesHead(head string, ctx *Context, fold bool) tri {
	tokens, result := p.tokens, yes
	if p.vars {
		if tokens, result = resolve(tokens, ctx); result == no {
			return no
		}
	}
	n := len(tokens)
	if n > 0 && tokens[n-1].kind == star && glob(tokens, head, fold) {
		return result
	}
	// Join neighbouring literals before comparing the fixed beginning.
	lead, whole := "", true
	for _, t := range tokens {
		if t.kind != literal {
			whole = false
			break
		}
		lead += t.text
	}
	shared := min(len(lead), len(head))
	if !strings.EqualFold(lead[:shared], head[:shared]) || !fold && lead[:shared] != head[:shared] || whole && len(lead) < len(head) {
		return no
	}
	return maybe
}
