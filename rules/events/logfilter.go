package events

import (
	"errors"
	"regexp"
	"strings"
)

// LogFilter is the filter pattern of a metric filter.
type LogFilter struct{ root node }

// ParseLogFilter reads a filter pattern ("Filter pattern syntax for metric filters"
// of the CloudWatch Logs User Guide): one for JSON, or terms. Patterns for lines
// whose fields are parted by spaces are not understood, as no event is such a line.
func ParseLogFilter(pattern string) (*LogFilter, error) {
	const longest = 8 << 10 // AWS takes a kilobyte
	if len(pattern) > longest {
		return nil, errors.New("the filter pattern is too long")
	}
	pattern = strings.TrimSpace(pattern)
	inside, json := strings.CutPrefix(pattern, "{")
	if !json {
		root, err := parseTerms(pattern)
		return &LogFilter{root}, err
	}
	inside, json = strings.CutSuffix(inside, "}")
	if !json {
		return nil, errors.New("the filter pattern has no } at its end")
	}
	p := &filterParser{rest: inside}
	root, err := p.any()
	if err == nil && p.space() != "" {
		err = errors.New("the filter pattern goes on after its end")
	}
	return &LogFilter{root}, err
}

// Match says which events the filter takes.
func (f *LogFilter) Match(e Event) Match { return f.root(e) }

// node is a part of a filter pattern.
type node func(Event) Match

func both(a, b node) node   { return func(e Event) Match { return min(a(e), b(e)) } }
func either(a, b node) node { return func(e Event) Match { return max(a(e), b(e)) } }

func always(m Match) node { return func(Event) Match { return m } }

// regex compiles what stands between percent signs. CloudWatch Logs finds it
// anywhere in the text, and knows less than Go does of regular expressions.
func regex(source string) (*regexp.Regexp, error) {
	re, err := regexp.Compile(source)
	if err != nil {
		return nil, errors.New("the regular expression of the filter pattern is not understood")
	}
	return re, nil
}
