package events

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
)

// RulePattern is the event pattern of a rule of EventBridge.
type RulePattern struct{ fields map[string]any }

var errRulePattern = errors.New("the event pattern is not understood")

// ParseRulePattern reads an event pattern ("Creating Amazon EventBridge event
// patterns" of the EventBridge User Guide).
func ParseRulePattern(pattern string) (*RulePattern, error) {
	const deepest = 64
	var p RulePattern
	if err := json.Unmarshal([]byte(pattern), &p.fields); err != nil || p.fields == nil {
		return nil, errRulePattern
	}
	if !wellFormed(p.fields, deepest) {
		return nil, errRulePattern
	}
	return &p, nil
}

// wellFormed tells whether all that stands at the ends of the fields is a list of
// values and tests that matchOne knows.
func wellFormed(fields map[string]any, deep int) bool {
	for name, value := range fields {
		list, isList := value.([]any)
		below, isMap := value.(map[string]any)
		switch {
		case deep == 0, !isList && !isMap:
			return false
		case isMap && !wellFormed(below, deep-1):
			return false
		case isList && name == "$or":
			for _, one := range list {
				if below, isMap = one.(map[string]any); !isMap || !wellFormed(below, deep-1) {
					return false
				}
			}
		case isList && slices.ContainsFunc(list, func(one any) bool { return !knownTest(one) }):
			return false
		}
	}
	return true
}

func knownTest(one any) bool {
	test, isTest := one.(map[string]any)
	if !isTest {
		_, isList := one.([]any)
		return !isList
	}
	names := []string{"prefix", "suffix", "equals-ignore-case", "wildcard", "anything-but", "exists", "numeric", "cidr"}
	for name := range test {
		return len(test) == 1 && slices.Contains(names, name)
	}
	return false
}

// Match says which events the rule takes.
func (p *RulePattern) Match(e Event) Match { return matchFields(p.fields, "", e) }

func matchFields(fields map[string]any, above string, e Event) Match {
	m := Every
	for name, value := range fields {
		switch value := value.(type) {
		case map[string]any:
			m = min(m, matchFields(value, above+name+".", e))
		case []any:
			one := None
			for _, alternative := range value {
				if below, isMap := alternative.(map[string]any); isMap && name == "$or" {
					one = max(one, matchFields(below, above, e))
				} else {
					one = max(one, matchOne(alternative, e.envelope(above+name)))
				}
			}
			m = min(m, one)
		}
	}
	return m
}

// matchOne compares a field with one of the values or tests that are allowed.
func matchOne(want any, f field) Match {
	test, isTest := want.(map[string]any)
	if exists, asks := test["exists"].(bool); asks && f.presence != unknown {
		return sure(exists == (f.presence != missing))
	}
	switch {
	case f.presence == unknown:
		return Some
	case f.presence == missing:
		return None
	case f.presence == boolean:
		if yes, isBool := want.(bool); isBool {
			return sure(yes == (f.value == "true"))
		}
		return sureUnless(isTest)
	case !isTest:
		word, isText := want.(string)
		return sure(isText && word == f.value)
	}
	for name, argument := range test {
		if name != "anything-but" {
			return matchText(name, argument, f.value)
		}
		but := None
		list, isList := argument.([]any)
		if !isList {
			list = []any{argument}
		}
		for _, one := range list {
			but = max(but, matchOne(one, f))
		}
		return but.not()
	}
	return Some
}

// sureUnless is None, or Some where a test is made that has no meaning.
func sureUnless(strange bool) Match {
	if strange {
		return Some
	}
	return None
}

func matchText(test string, argument any, value string) Match {
	if nested, isMap := argument.(map[string]any); isMap { // {"prefix": {"equals-ignore-case": "…"}}
		word, isText := nested["equals-ignore-case"].(string)
		if !isText {
			return Some
		}
		argument, value = strings.ToLower(word), strings.ToLower(value)
	}
	if list, isList := argument.([]any); isList {
		m := None
		for _, one := range list {
			m = max(m, matchText(test, one, value))
		}
		return m
	}
	word, isText := argument.(string)
	switch {
	case !isText:
		return Some
	case test == "prefix":
		return sure(strings.HasPrefix(value, word))
	case test == "suffix":
		return sure(strings.HasSuffix(value, word))
	case test == "equals-ignore-case":
		return sure(strings.EqualFold(value, word))
	case test == "wildcard" && !strings.Contains(word, `\`):
		return sure(like(word, value))
	}
	return Some
}
