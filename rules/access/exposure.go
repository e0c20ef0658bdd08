package access

import (
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// Exposure says how open a statement of a key policy is to strangers.
type Exposure struct {
	// Anyone says that the principal is everybody: *, {"AWS":"*"}, or NotPrincipal
	// in an Allow.
	Anyone bool `json:"anyone"`
	// Restriction is none, weak or fixed: whether conditions confine the caller to
	// principals, accounts, organizations or networks that they name.
	Restriction string `json:"restriction"`
	// By are the tests that restrict: the fixed ones if there are any, else the
	// weak ones.
	By []Test `json:"by"`
	// Actions are the actions of KMS on the key left open to everybody after the
	// Denies of the same policy; none when the restriction is fixed.
	Actions []string `json:"actions"`
}

// Values of Exposure.Restriction.
const (
	RestrictionNone  = "none"
	RestrictionWeak  = "weak"
	RestrictionFixed = "fixed"
)

// ExposureOf says how open a statement of a key policy is to strangers. A Deny of
// the same policy that spares only principals with
// fixed values restricts the actions it covers just as a test of the Allow does.
func ExposureOf(doc *policy.Document, statement int) Exposure {
	return exposureOf(doc, statement, "")
}

func exposureOf(doc *policy.Document, statement int, keyARN string) Exposure {
	e := Exposure{Restriction: RestrictionNone}
	if doc == nil || statement < 0 || statement >= len(doc.Statements) {
		return e
	}
	if !namesEverybody(&doc.Statements[statement]) {
		return e // as most: there is nothing to compile
	}
	return CompileAt("", LayerResource, "", &policy.Document{Version: doc.Version, Statements: doc.Statements}).exposure(statement, keyARN)
}

// exposure is ExposureOf for a resource policy that is compiled.
func (p *Policy) exposure(statement int, keyARN string) Exposure {
	e := Exposure{Restriction: RestrictionNone}
	s := &p.statements[statement]
	e.Anyone = s.everybody()
	if !e.Anyone || s.deny {
		return e
	}
	for i := range s.tests {
		if s.tests[i].kind == opUnknown || len(s.tests[i].source.Values) == 0 {
			e.Anyone = false // a test that nothing meets: the statement applies to nobody (C1)
			return e
		}
	}
	fixed, weak := p.restrictions(s)
	var open, confined []string
	var by []Test
	for _, action := range keyActions() {
		if !s.onAction(strings.ToLower(action)) {
			continue
		}
		switch denied, tests := p.spared(strings.ToLower(action), keyARN); {
		case !denied:
			open = append(open, action)
		case len(tests) > 0:
			confined = append(confined, action)
			by = append(by, tests...)
		}
	}
	switch {
	case len(fixed) > 0:
		e.Restriction, e.By = RestrictionFixed, fixed
	case len(open) == 0 && len(confined) > 0:
		e.Restriction, e.By = RestrictionFixed, distinct(by)
	case len(weak) > 0:
		e.Restriction, e.By, e.Actions = RestrictionWeak, weak, open
	default:
		e.Actions = open
	}
	return e
}

func distinct(tests []Test) []Test {
	var out []Test
	for _, t := range tests {
		if !slices.ContainsFunc(out, func(o Test) bool {
			return o.Statement == t.Statement && o.Key == t.Key && o.Operator == t.Operator
		}) {
			out = append(out, t)
		}
	}
	return out
}

// keyActions are the actions that have a resource.
var keyActions = sync.OnceValue(func() []string {
	var names []string
	for _, a := range KMSActions() {
		if a.Resource != onNothing {
			names = append(names, a.Name)
		}
	}
	return names
})

// keySets are the same as sets of one.
var keySets = sync.OnceValue(func() []actionSet {
	var sets []actionSet
	for _, name := range keyActions() {
		sets = append(sets, setOf(strings.ToLower(name)))
	}
	return sets
})

// namesEverybody is everybody of a statement that is not compiled.
func namesEverybody(from *policy.Statement) bool {
	s := statement{deny: from.Effect == policy.Deny, notPrincipal: from.NotPrincipal != nil}
	if from.Principal != nil {
		s.principals = compilePrincipals(from.Principal)
	}
	return s.everybody()
}

// everybody reports statements whose principal element covers strangers.
func (s *statement) everybody() bool {
	if s.notPrincipal {
		return !s.deny
	}
	return slices.ContainsFunc(s.principals, func(n named) bool { return n.who.kind == callerAnyone && !n.bad })
}

// restrictions sorts the tests of an Allow.
func (p *Policy) restrictions(s *statement) (fixed, weak []Test) {
	for i := range s.tests {
		t := &s.tests[i]
		if identifying(t.key) == notIdentifying {
			continue
		}
		one := Test{Key: t.source.Key, Operator: t.source.Operator, Values: t.source.Values, Statement: *p.ref(s)}
		positive := !t.negated && !t.ifExists && t.set != setAll
		if positive && t.fixed() {
			fixed = append(fixed, one)
		} else {
			weak = append(weak, one)
		}
	}
	return fixed, weak
}

// spared reports whether a Deny of the policy takes the action away from
// strangers, and the tests that spare named ones; none when nobody is spared.
func (p *Policy) spared(action, keyARN string) (denied bool, tests []Test) {
	key, _ := splitARN(keyARN)
	ctx := NewContext()
	at := situation{isARN: keyARN != "", parts: key, ctx: &ctx}
	for i := range p.statements {
		s := &p.statements[i]
		if !s.deny || !s.onAction(action) || s.onResource(&at) != yes {
			continue
		}
		strangers := s.everybody() || s.notPrincipal && !slices.ContainsFunc(s.principals, func(n named) bool { return n.who.kind == callerAnyone })
		if !strangers {
			continue
		}
		var here []Test
		confines := true
		for j := range s.tests {
			t := &s.tests[j]
			switch {
			case t.negated && t.set != setAny && identifying(t.key) == confining && t.fixed():
				here = append(here, Test{Key: t.source.Key, Operator: t.source.Operator, Values: t.source.Values, Statement: *p.ref(s)})
			case t.key == "aws:principalisawsservice" && t.kind == opBool && t.whenThere(&fact{state: known, values: []string{"false"}}, &ctx) == yes:
				// Strangers are no services: the test holds for them.
			default:
				confines = false
			}
		}
		if !confines {
			continue
		}
		if s.notPrincipal {
			from := &p.doc.Statements[i]
			var values []string
			for _, n := range from.NotPrincipal.List {
				values = append(values, n.Value)
			}
			here = append(here, Test{Key: "NotPrincipal", Operator: "NotPrincipal", Values: values, Statement: *p.ref(s)})
		}
		if len(here) == 0 {
			return true, nil
		}
		denied, tests = true, append(tests, here...)
	}
	return denied, tests
}

// confinement is what a test on a key can do about strangers.
type confinement uint8

const (
	notIdentifying confinement = iota // says nothing about who calls
	loose                             // says something that strangers can meet
	confining                         // with a fixed value, names the callers
)

// identifying sorts condition keys (all in lower case).
func identifying(key string) confinement {
	switch key {
	case "aws:principalarn", "aws:principalaccount", "kms:calleraccount", "aws:principalorgid", "aws:principalorgpaths",
		"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths",
		"aws:sourcevpc", "aws:sourcevpce", "aws:sourceip", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths", "aws:sourcevpcarn":
		return confining
	case "kms:viaservice", "aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:viaawsservice", "aws:userid",
		"aws:username", "aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths", "aws:principaltype",
		"aws:principalisawsservice", "aws:principalservicename", "aws:principalservicenameslist", "aws:federatedprovider",
		"aws:vpcsourceip", "aws:sourceidentity":
		return loose
	}
	if strings.HasPrefix(key, "aws:principaltag/") || strings.HasPrefix(key, "aws:resourcetag/") {
		return loose
	}
	return notIdentifying
}

// fixed reports whether every value of the test names somebody: no wildcard that
// reaches over accounts, no policy variable.
func (t *test) fixed() bool {
	if identifying(t.key) != confining || len(t.source.Values) == 0 {
		return false
	}
	for _, value := range t.source.Values {
		if !t.fixedValue(value) {
			return false
		}
	}
	return true
}

func (t *test) fixedValue(value string) bool {
	if strings.Contains(value, "${") {
		return false
	}
	switch t.kind {
	case opIP:
		n, ok := network(value)
		return ok && !wide(n)
	case opString, opStringFold:
		return value != "" && value != "*"
	case opLike, opARN:
	default:
		return false
	}
	if !strings.ContainsAny(value, "*?") {
		return value != ""
	}
	switch t.key {
	case "aws:principalarn", "aws:sourcearn", "aws:sourcevpcarn":
		a, ok := splitARN(value)
		return ok && snapshot.IsAccountID(a[arnAccount])
	case "aws:principalorgpaths", "aws:sourceorgpaths", "aws:vpceorgpaths":
		id, _, found := strings.Cut(value, "/")
		return found && strings.HasPrefix(id, "o-") && !strings.ContainsAny(id, "*?")
	}
	return false
}

// wide reports networks that are most of the internet.
func wide(n netip.Prefix) bool {
	if n.Addr().Is4() {
		return n.Bits() < 8
	}
	return n.Bits() < 16
}
