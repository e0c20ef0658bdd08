package access

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// KeyStatements asks about the statements of a key policy one by one, each with
// the denials of the same policy and of the RCPs that are known.
type KeyStatements struct {
	a       *Account
	k       *key
	actions [][]string // see Actions; nil before it is asked for
}

// KeyStatements prepares to ask about the policy of a key, nil where it was not
// read.
func (a *Account) KeyStatements(keyARN string) *KeyStatements {
	k := a.keys[keyARN]
	if k == nil || k.policy == nil || k.policy.unread != nil {
		return nil
	}
	return &KeyStatements{a: a, k: k}
}

// Actions are the actions on the key that statement i is on: none where its
// Resource leaves the key out (K6). They must not be changed.
func (k *KeyStatements) Actions(i int) []string {
	if k.actions == nil {
		k.actions = make([][]string, len(k.k.policy.statements))
		ctx := NewContext()
		parts, ok := splitARN(k.k.at.ARN)
		at := situation{resource: k.k.at.ARN, isARN: ok, parts: parts, isKey: true, ctx: &ctx}
		for j := range k.actions {
			if s := &k.k.policy.statements[j]; s.onResource(&at) != no {
				k.actions[j], _ = s.onKeys()
			}
		}
	}
	return k.actions[i]
}

// onKeys are the actions on keys that the statement is on, and whether that is
// every one. They must not be changed.
func (s *statement) onKeys() (names []string, every bool) {
	count, sets := 0, keySets()
	for i := range sets {
		if s.kms&sets[i] != 0 {
			count++
		}
	}
	switch count {
	case 0:
		return nil, false
	case len(sets):
		return slices.Clip(keyActions()), true
	}
	names = make([]string, 0, count)
	for i, name := range keyActions() {
		if s.kms&sets[i] != 0 {
			names = append(names, name)
		}
	}
	return names, false
}

// Gives is what statement i gives a principal whose own policies allow everything.
// q says who asks for what and what is known of the request. With met, the
// conditions of the statement count as met.
func (k *KeyStatements) Gives(i int, q *Question, met bool) Verdict {
	whole := k.k.policy
	alone := whole.statements[i]
	if met {
		alone.tests = nil
	}
	p := *whole
	p.statements = []statement{alone}
	for j := range whole.statements {
		if whole.statements[j].deny && j != i {
			p.statements = append(p.statements, whole.statements[j])
		}
	}
	x := query{one: k.a.subject(q.Principal), action: q.Action, resource: k.k.at.ARN, context: q.Context, stance: MustNotBeAble}
	k.a.findResource(&x)
	x.policies.Identity = []*Policy{{layer: LayerIdentity, permissive: true}}
	x.policies.Resource, x.policies.Grants = &p, nil
	r := k.a.request(&x)
	return Evaluate(&r, &x.policies)
}

// Bound tells whether a test of statement i holds it to callers, or to resources
// that a service acts for, that it names: a fixed value of a key that says who
// calls or what for, or of the encryption context.
func (k *KeyStatements) Bound(i int) bool {
	p := k.k.policy
	s := &p.statements[i]
	if fixed, _ := p.restrictions(s); len(fixed) > 0 {
		return true
	}
	return slices.ContainsFunc(s.tests, func(t test) bool { return t.bindsContext() })
}

// Turns tells whether a test of statement i turns on the value of a key: it holds
// where the key has the value, and not where it has the other.
func (k *KeyStatements) Turns(i int, key, value, other string) bool {
	with, without := NewContext().With(key, value), NewContext().With(key, other)
	return slices.ContainsFunc(k.k.policy.statements[i].tests, func(t test) bool {
		return t.key == strings.ToLower(key) && t.eval(&with) == yes && t.eval(&without) == no
	})
}

// bindsContext reports a test that fixes a pair of the encryption context: to a
// value without a wildcard, or to the ARN of a resource of a certain account.
func (t *test) bindsContext() bool {
	if !strings.HasPrefix(t.key, contextPrefix) || t.negated || t.ifExists || t.set == setAll || len(t.source.Values) == 0 {
		return false
	}
	switch t.kind {
	case opString, opStringFold, opLike, opARN:
	default:
		return false
	}
	return !slices.ContainsFunc(t.source.Values, func(value string) bool {
		plain := t.kind != opLike && t.kind != opARN || !strings.ContainsAny(value, "*?")
		parts, ok := splitARN(value)
		return strings.Contains(value, "${") || !plain && !(ok && snapshot.IsAccountID(parts[arnAccount]))
	})
}
