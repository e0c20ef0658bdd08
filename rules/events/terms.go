package events

import (
	"slices"
	"strings"
)

// parseTerms reads a pattern that asks for terms: all of them, one of those with a
// question mark, none of those with a minus. No term at all takes everything.
// A line of CloudTrail surely holds a few of the terms; others it may hold.
func parseTerms(pattern string) (node, error) {
	p := &filterParser{rest: pattern}
	all, some := always(Every), always(None)
	must, may := 0, 0
	for p.space() != "" {
		optional, excluded := p.sign("?"), p.sign("-")
		term, err := p.term()
		if err != nil {
			return nil, err
		}
		switch {
		case optional && !excluded:
			some = either(some, term)
			may++
		case excluded:
			all = both(all, func(e Event) Match { return term(e).not() })
			must++
		default:
			all = both(all, term)
			must++
		}
	}
	switch {
	case may == 0:
		return all, nil
	case must == 0:
		return some, nil
	default: // AWS says that it does not heed the optional ones then
		return both(both(all, some), always(Some)), nil
	}
}

func (p *filterParser) term() (node, error) {
	var term string
	var err error
	switch rest := p.rest; {
	case strings.HasPrefix(rest, `"`):
		if term, err = p.between('"'); err != nil {
			return nil, err
		}
	case strings.HasPrefix(rest, "%"):
		re, err := p.regex()
		if err != nil {
			return nil, err
		}
		whole := strings.ContainsAny(re.String(), "^$") // it looks at where the line begins or ends
		return func(e Event) Match {
			if !whole && (re.MatchString(e.Name) || re.MatchString(e.Source)) {
				return Every
			}
			return Some
		}, nil
	default:
		if term = p.word(); term == "" || strings.ContainsAny(term, "[]") {
			return nil, errPattern
		}
	}
	if term == "" {
		return always(Every), nil
	}
	return func(e Event) Match {
		if slices.Contains([]string{e.Name, e.Source, "eventName", "eventSource", "AwsApiCall"}, term) {
			return Every
		}
		return Some
	}, nil
}
