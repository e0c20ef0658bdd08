package access

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// conditional is the condition of a statement, compiled when it is first asked for.
type conditional struct {
	*IdleFinder
	from  *policy.Statement
	vars  bool
	tests []test
}

// never finds the tests that do not hold for the action on any resource of the
// statement that fits; none if they may on one.
func (c *conditional) never(action string, fits shape) []Test {
	if len(c.from.Conditions) == 0 {
		return nil
	}
	if c.tests == nil {
		for i := range c.from.Conditions {
			c.tests = append(c.tests, compileTest(&c.from.Conditions[i], c.vars))
		}
	}
	fixed := c.fixed[action]
	if fixed == nil {
		fixed = actionFacts(action)
		c.fixed[action] = fixed
	}
	if c.from.NotResource != nil {
		return untrue(c.tests, fixed, c.caller, nil)
	}
	var found []Test
	for _, text := range c.from.Resource {
		if c.shape(text, c.vars)&fits == 0 {
			continue
		}
		var resource *facts
		if fits&shapeKMS == 0 {
			resource = resourceFacts(text)
		}
		never := untrue(c.tests, fixed, c.caller, resource)
		if len(never) == 0 {
			return nil
		}
		if found == nil {
			found = never
		}
	}
	return found
}

// callerFacts are what is certain of a principal whose own policy it is (C17, C23).
func callerFacts(account string) *facts {
	f := newFacts()
	f.set("aws:PrincipalAccount", account)
	f.set("kms:CallerAccount", account)
	f.set("aws:PrincipalIsAWSService", "false")
	f.mark(absent, "aws:PrincipalServiceName", "aws:PrincipalServiceNamesList")
	return f
}

// resourceFacts are what a key's ARN says of it (C22), where it says it plainly.
func resourceFacts(text string) *facts {
	f := newFacts()
	parts := strings.SplitN(text, ":", 6)
	if len(parts) < 6 || parts[arnService] != "kms" {
		return f
	}
	if snapshot.IsRegion(parts[arnRegion]) {
		f.set("aws:RequestedRegion", parts[arnRegion])
	}
	if snapshot.IsAccountID(parts[arnAccount]) {
		f.set("aws:ResourceAccount", parts[arnAccount])
	}
	return f
}

// untrue finds tests of which one never holds, or which never hold together, where
// nothing is known but these facts; none if all may.
func untrue(tests []test, fixed, caller, resource *facts) []Test {
	ctx := Context{under: [4]*facts{fixed, nil, caller, resource}, otherwise: unknown}
	for i := range tests {
		t := &tests[i]
		if t.sure() && (t.eval(&ctx) == no || t.foreign(&ctx)) {
			return []Test{t.shown()}
		}
	}
	for i := range tests {
		if together := disagree(tests, &tests[i], &ctx); together != nil {
			return together
		}
	}
	return nil
}

// sure reports tests of which the meaning is not disputed (C1, C21).
func (t *test) sure() bool {
	return t.kind != opUnknown && (t.set != setNone || t.kind == opNull || !multivalued(t.key))
}

func (t *test) shown() Test {
	return Test{Key: t.source.Key, Operator: t.source.Operator, Values: t.source.Values}
}

// foreign reports a positive test with no value that its key ever has: another
// Region's service in kms:ViaService (C16), what is no alias among aliases (C20).
func (t *test) foreign(ctx *Context) bool {
	if t.negated || t.ifExists || t.set == setAll || len(t.patterns) == 0 {
		return false
	}
	switch t.key {
	case "kms:viaservice":
		region := ""
		if f := ctx.lookup("aws:requestedregion"); f.state == known {
			region = f.values[0]
		}
		return !slices.ContainsFunc(t.source.Values, func(v string) bool { return mayBeService(v, region) })
	case "kms:resourcealiases", "kms:requestalias":
		return !slices.ContainsFunc(t.patterns, func(p pattern) bool { return p.matchesHead("alias/", ctx, t.kind == opStringFold) != no })
	}
	return false
}

// mayBeService reports what kms:ViaService can be or match: service.region, in the
// Region if that is known.
func mayBeService(value, region string) bool {
	if strings.ContainsAny(value, "*?$") {
		value = strings.ToLower(value)
		name, found := strings.CutSuffix(value, ".amazonaws.com")
		at := name[strings.LastIndexByte(name, '.')+1:]
		return !found || region == "" || !snapshot.IsRegion(at) || at == region
	}
	name, found := strings.CutSuffix(strings.ToLower(value), ".amazonaws.com")
	at := name[strings.LastIndexByte(name, '.')+1:]
	return found && snapshot.IsRegion(at) && at != name && (region == "" || at == region)
}

// disagree finds the tests on the key of t that never hold together: t leaves the
// key a few values, or none, and each of them fails another test.
func disagree(tests []test, t *test, ctx *Context) []Test {
	if !t.sure() || t.negated || t.set != setNone || multivalued(t.key) || ctx.lookup(t.key).state == known {
		return nil
	}
	var worlds []Context
	switch {
	case t.kind == opNull && t.null(true) == yes && t.null(false) == no:
		worlds = append(worlds, ctx.WithAbsent(t.key))
	case (t.kind == opString || t.kind == opBool) && !slices.ContainsFunc(t.source.Values, hasVariable):
		for _, value := range t.source.Values {
			worlds = append(worlds, ctx.With(t.key, value))
		}
		if t.ifExists {
			worlds = append(worlds, ctx.WithAbsent(t.key))
		}
	}
	if len(worlds) == 0 {
		return nil
	}
	found := []Test{t.shown()}
	for i := range worlds {
		failed := false
		for j := range tests {
			other := &tests[j]
			if other == t || other.key != t.key || !other.sure() || other.eval(&worlds[i]) != no {
				continue
			}
			failed = true
			if shown := other.shown(); !slices.ContainsFunc(found, func(o Test) bool { return o.Operator == shown.Operator && o.Key == shown.Key }) {
				found = append(found, shown)
			}
		}
		if !failed {
			return nil
		}
	}
	return found
}
