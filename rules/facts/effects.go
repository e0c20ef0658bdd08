package facts

import (
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// addEffects adds a row for every policy of the customer, of a key or of an identity,
// of which some statement can be judged.
func (b *builder) addEffects() {
	if !b.wanted.wants("effects") {
		return
	}
	effects := b.account.NewEffects()
	b.document.Effects = make([]Effect, 0, len(b.document.Policies)/2+len(b.s.Keys)) // about as many as are about KMS
	identity := func(id func(end string) string, resource, name string, reading snapshot.Reading[snapshot.Document], at string) {
		document, reason := certainPolicy(reading, "iam:GetAccountAuthorizationDetails")
		if reason != nil {
			return // whose statements are not known is told where they would count
		}
		if found := effects.Of(at); len(found) > 0 {
			b.addEffect(Effect{ID: id("|effects"), Kind: "identity", Resource: resource, Policy: name, Place: at}, document, found)
		}
	}
	inline := func(owner string, policies snapshot.Reading[[]snapshot.NamedPolicy], list string, i int) {
		named, _ := policies.Get()
		for j := range named {
			one := &named[j]
			id := func(end string) string { return owner + "|" + one.Name + end }
			identity(id, owner, one.Name, one.Document, place(list, i, "inline_policies", "value", j, "document", "value"))
		}
	}
	for i := range b.s.Roles {
		inline(b.s.Roles[i].ARN, b.s.Roles[i].InlinePolicies, "roles", i)
	}
	for i := range b.s.Users {
		inline(b.s.Users[i].ARN, b.s.Users[i].InlinePolicies, "users", i)
	}
	for i := range b.s.Groups {
		inline(b.s.Groups[i].ARN, b.s.Groups[i].InlinePolicies, "groups", i)
	}
	for i := range b.s.ManagedPolicies {
		managed := &b.s.ManagedPolicies[i]
		if accountOf(managed.ARN) != "aws" {
			id := func(end string) string { return managed.ARN + end }
			identity(id, managed.ARN, managed.Name, managed.Document, place("managed_policies", i, "document", "value"))
		}
	}
	for i, k := range b.s.Keys {
		row := Effect{ID: k.ARN + "|effects", Kind: "key", Resource: k.ARN, Policy: "key policy", Place: place("keys", i, "policy", "value")}
		if m, ok := k.Metadata.Get(); ok && m.Manager == "AWS" {
			continue
		}
		document, reason := certainPolicy(k.Policy, "kms:GetKeyPolicy")
		if reason != nil {
			row.Place = place("keys", i, "policy")
			row.Undecided = []Undecided{undecidedBy("the key policy", row.Place, *reason)}
			b.document.Effects = append(b.document.Effects, row)
			continue
		}
		b.addEffect(row, document, effects.OfKey(k.ARN))
	}
	b.addUnreadEffects()
}

// addUnreadEffects adds a row for every identity policy that was not read, and one for
// the keys of each listing that is not complete.
func (b *builder) addUnreadEffects() {
	for i := range b.document.Policies {
		p := &b.document.Policies[i]
		if reason, unread := p.Unread["document"]; unread && p.Manager == "customer" {
			b.document.Effects = append(b.document.Effects, Effect{
				ID: p.ID + "|effects", Kind: "identity", Resource: p.ARN, Policy: p.Name, Place: p.Place,
				Undecided: []Undecided{undecidedBy("the policy", p.Place, reason)},
			})
		}
	}
	b.unlistedKeys(func(k *Key, undecided Undecided) {
		b.document.Effects = append(b.document.Effects, Effect{
			ID: k.ARN, Kind: "key", Resource: k.ARN, Policy: "key policy", Place: k.Place, Undecided: []Undecided{undecided},
		})
	})
}

func (b *builder) addEffect(row Effect, document *policy.Document, found []access.StatementEffect) {
	if len(found) == 0 {
		return
	}
	at, open := row.Place, opens(nil)
	for i := range found {
		one := &found[i]
		from := &document.Statements[one.Index]
		switch one.Outcome {
		case access.NoEffect:
			row.Denied = append(row.Denied, b.noEffect(from, document.Identity(one.Index), at+from.Pointer, one))
		case access.Undecided:
			if open == nil {
				open = opens{}
			}
			open.add("statement "+document.Identity(one.Index), one.By.Unread)
		case access.HasEffect:
		}
	}
	row.Undecided = open.rows()
	b.document.Effects = append(b.document.Effects, row)
}

func (b *builder) noEffect(from *policy.Statement, identity, at string, one *access.StatementEffect) NoEffect {
	fact := NoEffect{
		What: identity, Place: at, Identity: identity, Effect: from.Effect, Count: one.Holders, Fault: string(one.Why), Tests: testsOf(one.Tests),
	}
	var tests []string
	for _, t := range fact.Tests {
		tests = append(tests, t.Key+" "+t.Operator+" "+strings.Join(t.Values, " | "))
	}
	switch one.Why {
	case access.Overruled:
		for i := range one.By.DecidedBy {
			if ref := &one.By.DecidedBy[i]; ref.Layer == access.LayerResource && ref.Policy == "" {
				ref.Policy = one.Resource
			}
		}
		d := deniedOf(one.Action, one.Resource, *one.By)
		fact.By, fact.Why = d.By, d.Why
		if _, exists := b.keys[one.Resource]; one.Resource != "" && !exists {
			fact.Why = "there is no key " + one.Resource
		}
		fact.Principal, fact.Action, fact.Resource = one.Principal, one.Action, one.Resource
		fact.Mend = "take the statement out, or change what overrules it"
	case access.NamesNobody:
		fact.Why = "its Principal is nobody"
		fact.Mend = "name users and roles by their whole ARNs, without wildcards"
	case access.NoKeyAction:
		fact.Why = "it has no action that a key policy decides"
		fact.Mend = "take the statement out; actions without a key belong into identity policies"
	case access.OtherKey:
		fact.Why = "its Resource is not the key"
		fact.Mend = "write * for Resource, which means this key in a key policy"
	case access.NeverHolds:
		fact.Why = "its condition never holds: no request for its actions meets " + strings.Join(tests, " together with ")
		fact.Mend = "correct the condition, or take the statement out"
	case access.NotAcross:
		fact.Why = "it names other accounts, and none of its actions works from there"
		fact.Mend = "take the statement out, or allow actions that work across accounts"
	case access.IdleTest:
		fact.Why = "it denies only what lacks " + fact.Tests[0].Key + ": beside Null with true, the test " + tests[1] + " decides nothing, and a wrong value is never denied"
		fact.Mend = "make two statements of it, one with each test"
	}
	return fact
}
