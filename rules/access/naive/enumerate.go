package naive

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// Denied and Depends are verdicts of cases with unknown keys.
const (
	Denied  = "Denied" // of one kind here and of the other there (Q2)
	Depends = "Depends"
)

// Result is what all worlds of a case say together.
type Result struct {
	Verdict string
	// Answer is that of the first world.
	Answer Answer
	Worlds int
	// Open says that something is not known that the policies ask for.
	Open bool
	// Tied says that two tests ask for the same unknown key: a reading test by
	// test may then say Depends though all worlds agree (U4).
	Tied bool
}

// Decide decides a case in every world that could be. It gives up, and ok is
// false, when there are more worlds than the limit.
func Decide(c *Case, limit int) (result Result, ok bool) {
	tests := c.tests()
	keys := c.openKeys(tests)
	names := []string{}
	choices := [][][]string{}
	total := 1
	for _, key := range keys {
		values := c.candidates(key, tests)
		names, choices = append(names, key), append(choices, values)
		total *= len(values)
		if tests[key].count > 1 {
			result.Tied = true
		}
	}
	switches := c.switches()
	for range switches {
		total *= 2
	}
	if total > limit {
		return result, false
	}
	result.Open = len(keys)+len(switches) > 0
	seen := map[string]bool{}
	for number := range total {
		w := &world{c: c, settled: map[string][]string{}, switches: map[string]bool{}}
		for i, name := range names {
			w.settled[name] = choices[i][number%len(choices[i])]
			number /= len(choices[i])
		}
		for _, name := range switches {
			w.switches[name] = number%2 == 1
			number /= 2
		}
		answer := w.decide()
		if result.Worlds == 0 {
			result.Answer = answer
		}
		result.Worlds++
		seen[answer.Verdict] = true
		if seen[Allowed] && (seen[Explicitly] || seen[Implicitly]) {
			break
		}
	}
	switch {
	case seen[Allowed] && len(seen) > 1:
		result.Verdict = Depends
	case len(seen) > 1:
		result.Verdict = Denied
	default:
		result.Verdict = result.Answer.Verdict
	}
	return result, true
}

// switches names the readings that are open (M16, G5).
func (c *Case) switches() (names []string) {
	if c.ResourcePolicy != nil && c.resourcePolicyCounts() {
		for i, s := range c.ResourcePolicy.Statements {
			if s.Effect == policy.Deny && s.NotPrincipal != nil && c.notPrincipal(s.NotPrincipal) == unclear {
				names = append(names, "M16 "+strconv.Itoa(i))
			}
		}
	}
	for i, g := range c.Grants {
		if isService(g.GranteePrincipal) && c.kind() != aService {
			names = append(names, "G5 "+strconv.Itoa(i), "G5 "+strconv.Itoa(i)+" account")
		}
	}
	return names
}

// asked is what the policies ask of one key.
type asked struct {
	count  int // tests and variables
	tests  []policy.Condition
	values []string // asked for outside of conditions
}

// tests collects what is asked of each key, in lower case.
func (c *Case) tests() map[string]*asked {
	found := map[string]*asked{}
	at := func(key string) *asked {
		key = strings.ToLower(key)
		if found[key] == nil {
			found[key] = &asked{}
		}
		found[key].count++
		return found[key]
	}
	variables := func(texts []string) {
		for _, text := range texts {
			for _, name := range variablesOf(text) {
				a := at(name)
				a.values = append(a.values, c.words()...)
			}
		}
	}
	for _, d := range c.documents() {
		for _, s := range d.Statements {
			variables(s.Resource)
			variables(s.NotResource)
			for _, text := range append(slices.Clone(s.Resource), s.NotResource...) {
				if parts := strings.Split(text, ":"); c.Resource == "*" && len(parts) > 3 {
					a := at("aws:RequestedRegion")
					a.values = append(a.values, strings.NewReplacer("*", "", "?", "x").Replace(parts[3]))
				}
			}
			for _, test := range s.Conditions {
				a := at(test.Key)
				a.tests = append(a.tests, test)
				variables(test.Values)
				if op := takeApart(test.Operator); op.all || op.any {
					variables(test.Values) // once for each value of the request
				}
			}
		}
	}
	for _, g := range c.Grants {
		pairs := func(pairs map[string]string) {
			for name, value := range pairs {
				a := at(contextPrefix + name)
				a.values = append(a.values, value)
			}
		}
		pairs(g.Constraints.EncryptionContextEquals)
		pairs(g.Constraints.EncryptionContextSubset)
		if arn := g.Constraints.SourceArn; arn != "" {
			a := at("aws:SourceArn")
			a.values = append(a.values, arn, strings.ReplaceAll(arn, "*", ""))
		}
		if isService(g.GranteePrincipal) {
			at("kms:ViaService").values = append(at("kms:ViaService").values, "s3.us-east-1.amazonaws.com")
		}
		if c.action("kms:CreateGrant") && slices.Contains(g.Operations, "CreateGrant") {
			a := at("kms:GrantOperations")
			a.values = append(a.values, g.Operations...)
		}
		if len(g.Constraints.EncryptionContextEquals) > 0 {
			at(contextPrefix + "some other name")
			for _, name := range c.Unknown {
				if strings.HasPrefix(strings.ToLower(name), contextPrefix) && !strings.HasSuffix(name, "*") {
					at(name)
				}
			}
		}
	}
	return found
}

// documents are all policies of the case.
func (c *Case) documents() (all []*Document) {
	all = append(append(all, c.Identity...), c.Boundary...)
	for _, level := range append(slices.Clone(c.SCP), c.RCP...) {
		all = append(all, level...)
	}
	for _, d := range []*Document{c.Session, c.ResourcePolicy} {
		if d != nil {
			all = append(all, d)
		}
	}
	return all
}

// openKeys are the keys that are asked for and not known.
func (c *Case) openKeys(tests map[string]*asked) (keys []string) {
	for key := range tests {
		if c.unknown(key) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

func (c *Case) unknown(key string) bool {
	for known := range c.Context {
		if strings.EqualFold(known, key) {
			return false
		}
	}
	return slices.ContainsFunc(c.Unknown, func(name string) bool {
		prefix, wild := strings.CutSuffix(strings.ToLower(name), "*")
		return wild && strings.HasPrefix(key, prefix) || strings.EqualFold(name, key)
	})
}

// variablesOf lists the keys that a text has as variables.
func variablesOf(text string) (keys []string) {
	for {
		_, rest, found := strings.Cut(text, "${")
		if !found {
			return keys
		}
		inner, after, _ := strings.Cut(rest, "}")
		key, _, _ := strings.Cut(inner, ",")
		keys = append(keys, strings.TrimSpace(key))
		text = after
	}
}
