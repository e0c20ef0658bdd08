package access

import "strings"

// arn is an ARN in its six parts; the sixth keeps further colons.
type arn [6]string

const (
	arnPartition = 1
	arnService   = 2
	arnRegion    = 3
	arnAccount   = 4
	arnResource  = 5
)

// is reports whether the ARN is written so.
func (a *arn) is(text string) bool {
	for _, part := range a[:arnResource] {
		n := len(part)
		if len(text) <= n || text[n] != ':' || text[:n] != part {
			return false
		}
		text = text[n+1:]
	}
	return text == a[arnResource]
}

func splitARN(s string) (arn, bool) {
	var a arn
	for i := range 5 {
		part, rest, found := strings.Cut(s, ":")
		if !found {
			return arn{}, false
		}
		a[i], s = part, rest
	}
	a[5] = s
	return a, a[0] == "arn"
}

// arnPattern is a compiled ARN with wildcards inside its parts (M6, C5).
type arnPattern struct {
	any   bool // a bare *
	wrong bool // no ARN: matches nothing
	short bool // fewer than six parts, filled up with *
	// parts are nil for an exact ARN, without wildcards and variables, which is
	// compared as text.
	parts *[6]pattern
	text  string
	// whole is set instead of parts when a variable may bring colons with it,
	// as in "${aws:PrincipalArn}".
	whole *pattern
}

// compileARN reads an ARN pattern. fill completes one that has fewer parts and
// ends in a star (M6); varsFrom is the first part in which variables count.
func compileARN(text string, fill, vars bool, varsFrom int) arnPattern {
	p := arnPattern{text: text}
	if text != "" && strings.Trim(text, "*") == "" {
		p.any = true
		return p
	}
	if !strings.ContainsAny(text, "*?$") {
		p.wrong = strings.Count(text, ":") < arnResource
		return p
	}
	parts := splitPattern(text, vars)
	if len(parts) < 6 {
		if p.whole = wholePattern(text, vars && varsFrom == 0); p.whole != nil {
			return p
		}
		if !fill || len(parts) < 2 || !strings.HasSuffix(text, "*") {
			p.wrong = true
			return p
		}
		p.short = true
		for len(parts) < 6 {
			parts = append(parts, "*")
		}
	}
	if !strings.ContainsAny(text, "*?") && (!vars || !strings.Contains(text, "${")) {
		return p
	}
	p.parts = new([6]pattern)
	for i, part := range parts {
		p.parts[i] = compilePattern(part, true, vars && i >= varsFrom)
	}
	return p
}

// splitPattern cuts text at its first five colons outside of variables.
func splitPattern(text string, vars bool) []string {
	parts := make([]string, 0, 6)
	from, inside := 0, false
	for i := 0; i < len(text) && len(parts) < 5; i++ {
		switch {
		case vars && strings.HasPrefix(text[i:], "${") && strings.IndexByte(text[i:], '}') > 0:
			inside = true
		case text[i] == '}':
			inside = false
		case text[i] == ':' && !inside:
			parts = append(parts, text[from:i])
			from = i + 1
		}
	}
	return append(parts, text[from:])
}

func (p *arnPattern) matches(a *arn, ctx *Context) tri {
	if p.any {
		return yes
	}
	if p.wrong {
		return no
	}
	if p.whole != nil {
		return p.matchesWhole(a, ctx)
	}
	if p.parts == nil {
		return truth(a.is(p.text))
	}
	result := yes
	for i := range p.parts {
		if result = min(result, p.parts[i].matches(a[i], ctx, false)); result == no {
			return no
		}
	}
	return result
}

// matchesHead compares the pattern with an ARN of which only the beginning of
// the sixth part is known.
func (p *arnPattern) matchesHead(a *arn, ctx *Context) tri {
	switch {
	case p.any:
		return yes
	case p.wrong:
		return no
	case p.whole != nil:
		return p.whole.open(ctx)
	case p.parts == nil:
		own, _ := splitARN(p.text)
		head := own[arnResource]
		own[arnResource] = a[arnResource]
		return min(maybe, truth(own == *a && strings.HasPrefix(head, a[arnResource])))
	}
	result := p.parts[arnResource].matchesHead(a[arnResource], ctx, false)
	for i := range arnResource {
		result = min(result, p.parts[i].matches(a[i], ctx, false))
	}
	return result
}

// wholePattern compiles a text with variables, nil if it has none.
func wholePattern(text string, vars bool) *pattern {
	whole := compilePattern(text, true, vars)
	if !whole.vars {
		return nil
	}
	return &whole
}

// matchesWhole puts the variables in first and then compares part by part.
func (p *arnPattern) matchesWhole(a *arn, ctx *Context) tri {
	tokens, result := resolve(p.whole.tokens, ctx)
	if result == no {
		return no
	}
	if result == maybe {
		return min(maybe, truth(glob(tokens, strings.Join(a[:], ":"), false)))
	}
	parts, ok := splitTokens(tokens)
	for i := range parts {
		ok = ok && glob(parts[i].tokens, a[i], false)
	}
	return truth(ok)
}

// splitTokens cuts tokens without variables at the first five colons.
func splitTokens(tokens []token) (parts [6]pattern, ok bool) {
	part := 0
	for _, t := range tokens {
		for t.kind == literal && part < 5 {
			before, after, found := strings.Cut(t.text, ":")
			if !found {
				break
			}
			parts[part].tokens = append(parts[part].tokens, token{kind: literal, text: before})
			part++
			t.text = after
		}
		parts[part].tokens = append(parts[part].tokens, t)
	}
	return parts, part == 5
}

// open is the truth for a value that is not known.
func (p *arnPattern) open(ctx *Context) tri {
	result := maybe
	if p.wrong {
		return no
	}
	if p.whole != nil {
		tokens, settled := resolve(p.whole.tokens, ctx)
		if _, ok := splitTokens(tokens); settled == yes && !ok {
			return no // no ARN
		}
		return min(maybe, settled)
	}
	if p.parts != nil {
		for i := range p.parts {
			result = min(result, p.parts[i].open(ctx))
		}
	}
	return result
}
