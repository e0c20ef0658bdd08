package access

import (
	"math/bits"
	"slices"
	"strings"
)

// OfKey tells what becomes of the statements of a key's policy that can be judged.
// Of a policy that was not read, and of keys that AWS manages, there are none.
func (e *Effects) OfKey(keyARN string) []StatementEffect {
	k := e.account.keys[keyARN]
	if k == nil || k.aws || k.policy == nil || k.policy.unread != nil {
		return nil
	}
	list := make([]StatementEffect, 0, len(k.policy.statements))
	for i := range k.policy.statements {
		st := &k.policy.statements[i]
		found := e.matches(k, st)
		if found.Outcome == HasEffect && !st.deny {
			if people := e.named(st); len(people) > 0 {
				found = e.overruled(people, []string{keyARN}, st.kms&e.onKeys, LayerResource)
			}
		}
		found.Index = i
		list = append(list, found)
	}
	return list
}

// matches finds what keeps a statement of a key policy from ever matching.
func (e *Effects) matches(k *key, st *statement) StatementEffect {
	none := func(why EffectFault, tests ...Test) StatementEffect {
		return StatementEffect{Outcome: NoEffect, Why: why, Tests: tests}
	}
	set := st.kms & e.onKeys
	parts, ok := splitARN(k.at.ARN)
	ctx := Context{under: [4]*facts{nil, nil, nil, k.facts}, otherwise: unknown}
	at := situation{resource: k.at.ARN, isARN: ok, parts: parts, isKey: true, ctx: &ctx}
	switch {
	case !st.hasPrincipal || !st.notPrincipal && !slices.ContainsFunc(st.principals, func(n named) bool { return !n.bad }):
		return none(NamesNobody)
	case set == 0 && st.services == serviceKMS && e.certain(st):
		return none(NoKeyAction)
	case set == 0:
		return StatementEffect{}
	case st.onResource(&at) == no:
		return none(OtherKey)
	}
	var never []Test
	for left := set; left != 0; left &= left - 1 {
		name := strings.ToLower(kmsActions()[bits.TrailingZeros64(uint64(left))].Name)
		if never = untrue(st.tests, e.account.actions[name], nil, k.facts); len(never) == 0 {
			break
		}
	}
	switch {
	case len(never) > 0:
		return none(NeverHolds, never...)
	case !st.deny && e.foreign(st) && !across(set):
		return none(NotAcross)
	case st.deny:
		if tests := idleTests(st); len(tests) > 0 {
			return none(IdleTest, tests...)
		}
	}
	return StatementEffect{}
}

// certain reports a statement whose every action is known to this version: others
// may be new ones of AWS.
func (e *Effects) certain(st *statement) bool {
	return !st.notAction && len(st.actions) > 0 && !slices.ContainsFunc(st.actions, func(a actionPattern) bool { return a.set() == 0 })
}

// named are the users and roles of the account that an Allow names, if it names
// nobody else.
func (e *Effects) named(st *statement) []*actor {
	if st.notPrincipal {
		return nil
	}
	var people []*actor
	for i := range st.principals {
		one := e.account.subjects[st.principals[i].text]
		if one == nil || one.missing != nil || one.role == nil && one.user == nil {
			return nil
		}
		people = append(people, one)
	}
	return people
}

// foreign reports a statement that names principals of other accounts only.
func (e *Effects) foreign(st *statement) bool {
	if st.notPrincipal {
		return false
	}
	return !slices.ContainsFunc(st.principals, func(n named) bool {
		return !n.bad && (n.account == "" || n.account == e.account.id)
	})
}

// across reports whether one of the actions works across accounts (K10).
func across(set actionSet) bool {
	for ; set != 0; set &= set - 1 {
		if kmsActions()[bits.TrailingZeros64(uint64(set))].CrossAccount {
			return true
		}
	}
	return false
}

// idleTests finds Null with true beside a negated test of the same context key:
// where the key is missing the second holds as well, and where it is there neither
// does (C3, C7).
func idleTests(st *statement) []Test {
	for i := range st.tests {
		null := &st.tests[i]
		if null.kind != opNull || null.null(true) != yes || null.null(false) != no {
			continue
		}
		for j := range st.tests {
			if t := &st.tests[j]; t.key == null.key && t.negated && t.set == setNone {
				return []Test{null.shown(), t.shown()}
			}
		}
	}
	return nil
}
