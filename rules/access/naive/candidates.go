package naive

import (
	"math/big"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// words are texts of the case that a variable may have to be equal to.
func (c *Case) words() (all []string) {
	whole := []string{resourcePart(c.Resource), c.Principal, resourcePart(c.Principal)}
	for _, values := range c.Context {
		whole = append(whole, values...)
	}
	for _, text := range whole {
		all = append(all, strings.FieldsFunc(text, func(r rune) bool { return r == '/' || r == ':' })...)
	}
	all = append(all, whole...)
	slices.Sort(all)
	return slices.Compact(all)
}

// candidates are all values of an unknown key that could make a difference:
// its absence, what the policies ask for, what is near to that, and a stranger.
func (c *Case) candidates(key string, tests map[string]*asked) [][]string {
	found := slices.Clone(tests[key].values)
	for _, test := range tests[key].tests {
		base := takeApart(test.Operator).base
		for _, value := range test.Values {
			for _, text := range c.instances(value, tests) {
				found = append(found, near(base, text)...)
			}
		}
	}
	// A key that stands as a variable beside another one may have to be equal to it.
	for other, a := range tests {
		for _, test := range a.tests {
			if slices.ContainsFunc(test.Values, func(v string) bool {
				return slices.ContainsFunc(variablesOf(v), func(name string) bool { return strings.EqualFold(name, key) })
			}) {
				for _, value := range tests[other].tests {
					found = append(found, value.Values...)
				}
				found = append(found, "equal to the other")
			}
		}
	}
	found = append(found, "~ a stranger")
	slices.Sort(found)
	found = slices.Compact(found)

	sets := [][]string{nil}
	for i, value := range found {
		sets = append(sets, []string{value})
		if multivalued(key) {
			for _, second := range found[:i] {
				sets = append(sets, []string{value, second})
			}
		}
	}
	return sets
}

// instances are texts that a value with variables may come to.
func (c *Case) instances(value string, tests map[string]*asked) []string {
	names := variablesOf(value)
	if len(names) == 0 {
		return []string{value}
	}
	fill := append(c.words(), "equal to the other", "")
	if a := tests[strings.ToLower(names[0])]; a != nil {
		for _, test := range a.tests {
			fill = append(fill, test.Values...)
		}
	}
	for _, name := range names {
		if _, fallback, found := strings.Cut(name, ","); found {
			fill = append(fill, strings.Trim(strings.TrimSpace(fallback), "'"))
		}
	}
	out := []string{value}
	start, end := strings.Index(value, "${"), strings.Index(value, "}")
	inner := value[start+2 : end]
	if _, fallback, found := strings.Cut(inner, ","); found {
		fill = append(fill, strings.Trim(strings.TrimSpace(fallback), "'"))
	}
	if inner == "*" || inner == "?" || inner == "$" {
		fill = []string{inner}
	}
	for _, text := range fill {
		out = append(out, value[:start]+text+value[end+1:])
	}
	return out
}

// near are values on both sides of a test's value.
func near(base, text string) []string {
	beside := []string{text}
	switch {
	case base == "bool":
		return []string{"true", "false"}
	case strings.HasPrefix(base, "numeric"):
		if n, ok := number(text); ok {
			one := big.NewRat(1, 1)
			return []string{text, new(big.Rat).Add(n, one).FloatString(3), new(big.Rat).Sub(n, one).FloatString(3)}
		}
	case strings.HasPrefix(base, "date"):
		if t, ok := moment(text); ok {
			return []string{text, t.Add(time.Hour).Format(time.RFC3339), t.Add(-time.Hour).Format(time.RFC3339)}
		}
	case base == "ipaddress":
		if network, err := netip.ParsePrefix(text); err == nil {
			return []string{network.Addr().String(), network.Masked().Addr().String(), "203.0.113.77"}
		}
		return []string{text, "203.0.113.77"}
	case base == "stringequalsignorecase":
		return []string{text, strings.ToUpper(text)}
	case base == "binaryequals":
		return []string{text}
	case strings.HasPrefix(base, "arn"):
		beside = append(beside, "arn:x:x:x:x:x")
	}
	plain := strings.NewReplacer("*", "", "?", "x")
	long := strings.NewReplacer("*", "x", "?", "x")
	return append(beside, plain.Replace(text), long.Replace(text))
}
