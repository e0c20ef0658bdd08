package access

import (
	"math/bits"
	"strings"
	"sync"
)

// actionSet is a set of actions of KMS, a bit for each in the order of
// kmsActions. Statements have theirs worked out when they are compiled, so that
// deciding compares no names.
type actionSet uint64

// kmsBits finds the bit of an action by its name in lower case.
var kmsBits = sync.OnceValue(func() map[string]actionSet {
	all := map[string]actionSet{}
	for i, action := range kmsActions() {
		all[strings.ToLower(action.Name)] = 1 << i
	}
	return all
})

// allActions is the set of every action of KMS.
func allActions() actionSet { return 1<<len(kmsActions()) - 1 }

// setOf is the set of the action, in lower case; empty for what is no known
// action of KMS.
func setOf(action string) actionSet {
	if !strings.HasPrefix(action, "kms:") {
		return 0
	}
	return kmsBits()[action]
}

// set is what the pattern covers.
func (p *actionPattern) set() actionSet {
	switch {
	case p.any:
		return allActions()
	case p.wrong || p.service != "kms":
		return 0
	case p.name == nil:
		return kmsBits()["kms:"+p.exact]
	case p.name.any:
		return allActions()
	}
	var set actionSet
	for name, one := range kmsBits() {
		if p.name.matches(name[len("kms:"):], nil, false) == yes {
			set |= one
		}
	}
	return set
}

// split divides the classes of actions so that each is within set or outside of it.
func split(classes []actionSet, set actionSet) []actionSet {
	for i, class := range classes {
		if in, out := class&set, class&^set; in != 0 && out != 0 {
			classes[i] = in
			classes = append(classes, out)
		}
	}
	return classes
}

// splitBy divides the classes by every statement of the policies.
func splitBy(classes []actionSet, policies []*Policy) []actionSet {
	for _, p := range policies {
		if p == nil {
			continue
		}
		for i := range p.statements {
			classes = split(classes, p.statements[i].kms)
		}
	}
	return classes
}

// alikeActions gives each action of KMS the number of its kind: where no other
// context keys are tested, those of one kind differ by statements only.
func alikeActions(fixed map[string]*facts, tested map[string]bool) []int {
	type kind struct {
		action       Action
		fixes, alone string
	}
	numbers := map[kind]int{}
	list := make([]int, len(kmsActions()))
	for i, action := range kmsActions() {
		name := strings.ToLower(action.Name)
		k := kind{action: action, fixes: fixed[name].signature(tested)}
		k.action.Name, k.action.Level = "", ""
		switch name {
		case "kms:retiregrant", "kms:creategrant", "kms:describekey": // G4, G8
			k.alone = name
		}
		if _, met := numbers[k]; !met {
			numbers[k] = len(numbers)
		}
		list[i] = numbers[k]
	}
	return list
}

// testedKeys are the context keys, in lower case, that any statement of the account
// tests or takes the value of.
func (a *Account) testedKeys() map[string]bool {
	tested := map[string]bool{}
	see := func(policies ...*Policy) {
		for _, p := range policies {
			if p == nil {
				continue
			}
			for i := range p.statements {
				p.statements[i].testedKeys(tested)
			}
		}
	}
	for _, one := range a.subjects {
		see(one.identity...)
		see(one.boundary...)
	}
	for _, k := range a.keys {
		see(k.policy)
	}
	for _, levels := range [][][]*Policy{a.org.scp[0], a.org.scp[1], a.org.rcp[0], a.org.rcp[1]} {
		for _, level := range levels {
			see(level...)
		}
	}
	return tested
}

func (s *statement) testedKeys(tested map[string]bool) {
	variables := func(p *pattern) {
		for _, t := range p.tokens {
			if t.kind == variable {
				tested[t.key] = true
			}
		}
	}
	for i := range s.tests {
		tested[s.tests[i].key] = true
		for j := range s.tests[i].patterns {
			variables(&s.tests[i].patterns[j])
		}
		for j := range s.tests[i].arns {
			s.tests[i].arns[j].variables(variables)
		}
	}
	for i := range s.resources {
		s.resources[i].variables(variables)
	}
}

// variables calls see for every pattern that may hold some.
func (p *arnPattern) variables(see func(*pattern)) {
	if p.whole != nil {
		see(p.whole)
	}
	if p.parts != nil {
		for i := range p.parts {
			see(&p.parts[i])
		}
	}
}

// classes divides the actions of a set by kind.
func (s actionSet) classes(kinds []int) []actionSet {
	var classes []actionSet
	at := map[int]int{}
	for ; s != 0; s &= s - 1 {
		kind := kinds[bits.TrailingZeros64(uint64(s))]
		i, met := at[kind]
		if !met {
			i = len(classes)
			at[kind] = i
			classes = append(classes, 0)
		}
		classes[i] |= s & -s
	}
	return classes
}
