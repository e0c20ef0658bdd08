package events

import (
	"errors"
	"regexp"
	"strings"
)

// filterParser reads a filter pattern for JSON, without its braces.
//
//	any        = all { "||" all }
//	all        = one { "&&" one }
//	one        = "(" any ")" | selector test
//	test       = ("=" | "!=" | "<" | ">" | "<=" | ">=") value
//	           | "IS" ("TRUE" | "FALSE" | "NULL") | ["NOT"] "EXISTS"
//	value      = word | "quoted" | %regular expression%
type filterParser struct{ rest string }

var errPattern = errors.New("the filter pattern is not understood")

// space skips spaces and returns what is left.
func (p *filterParser) space() string {
	p.rest = strings.TrimLeft(p.rest, " \t\r\n")
	return p.rest
}

// sign takes a sign if it comes next.
func (p *filterParser) sign(sign string) bool {
	rest, found := strings.CutPrefix(p.space(), sign)
	if found {
		p.rest = rest
	}
	return found
}

func (p *filterParser) any() (node, error) { return p.joined("||", either, p.all) }
func (p *filterParser) all() (node, error) { return p.joined("&&", both, p.one) }

func (p *filterParser) joined(sign string, join func(a, b node) node, part func() (node, error)) (node, error) {
	whole, err := part()
	for err == nil && p.sign(sign) {
		var next node
		if next, err = part(); err == nil {
			whole = join(whole, next)
		}
	}
	return whole, err
}

func (p *filterParser) one() (node, error) {
	if p.sign("(") {
		inside, err := p.any()
		if err == nil && !p.sign(")") {
			err = errPattern
		}
		return inside, err
	}
	name, err := p.selector()
	if err != nil {
		return nil, err
	}
	for _, sign := range [...]string{"!=", "<=", ">=", "=", "<", ">"} {
		if !p.sign(sign) {
			continue
		}
		is, err := p.value()
		if err != nil {
			return nil, err
		}
		return compared(name, sign, is), nil
	}
	switch words := strings.ToUpper(p.word()); words {
	case "EXISTS":
		return exists(name), nil
	case "NOT":
		if !strings.EqualFold(p.word(), "EXISTS") {
			return nil, errPattern
		}
		there := exists(name)
		return func(e Event) Match { return there(e).not() }, nil
	case "IS":
		return isWord(name, strings.ToUpper(p.word()))
	}
	return nil, errPattern
}

// word takes the letters, digits and marks that come next.
func (p *filterParser) word() string {
	rest := p.space()
	end := strings.IndexAny(rest, " \t\r\n()=<>!&|\"%{}")
	if end < 0 {
		end = len(rest)
	}
	p.rest = rest[end:]
	return rest[:end]
}

// between takes what stands between the mark that comes next and the same mark; a
// backslash takes a mark's meaning away.
func (p *filterParser) between(mark byte) (string, error) {
	var inside strings.Builder
	for i := 1; i < len(p.rest); i++ {
		switch c := p.rest[i]; {
		case c == mark:
			p.rest = p.rest[i+1:]
			return inside.String(), nil
		case c == '\\' && i+1 < len(p.rest) && (mark != '%' || p.rest[i+1] == mark):
			i++
			inside.WriteByte(p.rest[i])
		default:
			inside.WriteByte(c)
		}
	}
	return "", errPattern
}

// regex takes the regular expression that comes next.
func (p *filterParser) regex() (*regexp.Regexp, error) {
	source, err := p.between('%')
	if err != nil {
		return nil, err
	}
	return regex(source)
}

// value takes what a field is compared with, and returns how.
func (p *filterParser) value() (func(string) bool, error) {
	pattern := ""
	switch rest := p.space(); {
	case strings.HasPrefix(rest, `"`):
		quoted, err := p.between('"')
		if err != nil {
			return nil, err
		}
		pattern = quoted
	case strings.HasPrefix(rest, "%"):
		re, err := p.regex()
		if err != nil {
			return nil, err
		}
		return re.MatchString, nil
	default:
		if pattern = p.word(); pattern == "" {
			return nil, errPattern
		}
	}
	return func(value string) bool { return like(pattern, value) }, nil
}

// selector takes the name of a field. What lies deeper than the record's own fields
// has dots or brackets in its name.
func (p *filterParser) selector() (string, error) {
	if !p.sign("$") {
		return "", errPattern
	}
	var steps []string
	for p.rest != "" && strings.IndexByte(".[", p.rest[0]) >= 0 {
		if p.rest[0] == '.' {
			p.rest = p.rest[1:]
		}
		if strings.HasPrefix(p.rest, "[") {
			inside, after, closed := strings.Cut(p.rest[1:], "]")
			if !closed {
				return "", errPattern
			}
			p.rest = after
			step := strings.Trim(strings.TrimSpace(inside), `'"`)
			if len(step)+2 > len(strings.TrimSpace(inside)) {
				step = "[" + step + "]" // a place in a list
			}
			steps = append(steps, step)
			continue
		}
		end := strings.IndexAny(p.rest, " \t\r\n.[]()=<>!&|\"%{}")
		if end < 0 {
			end = len(p.rest)
		}
		if end == 0 {
			return "", errPattern
		}
		steps = append(steps, p.rest[:end])
		p.rest = p.rest[end:]
	}
	if len(steps) == 0 {
		return "", errPattern
	}
	return strings.Join(steps, "."), nil
}
