package access

import (
	"slices"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// Keepers are those who can change a key's policy, as far as that policy decides.
type Keepers struct {
	// Verdict is the best that anybody has: Allowed, Depends, Unknown or a denial.
	Verdict Verdict
	By      []string // who has it, a few
	Tests   []Test   // where it Depends
	Unread  []UnreadRef
	// Gone are principals that the policy lets change it and that do not exist;
	// Foreign are those of other accounts, for whom PutKeyPolicy does not work
	// (K10).
	Gone, Foreign []string
}

// someKeepers is how many keepers are named.
const someKeepers = 3

// Keepers asks who can change a key's policy. SCPs, RCPs and boundaries are left
// aside: whoever made them can take them back, but a key policy that lets nobody
// change it stays as it is.
func (a *Account) Keepers(keyARN string) Keepers {
	k := a.keys[keyARN]
	if k == nil || k.policy == nil {
		return Keepers{Verdict: ImplicitlyDenied}
	}
	if k.policy.unread != nil {
		return Keepers{Unread: []UnreadRef{*k.policy.unread}}
	}
	best := Keepers{Verdict: ImplicitlyDenied}
	root := a.subjects[a.s.Account.ARN()]
	if best.ask(a, k, root); best.Verdict == Allowed {
		return best
	}
	everybody := false
	asked := map[*actor]bool{root: true}
	for i := range k.policy.statements {
		s := &k.policy.statements[i]
		if s.deny || !s.onAction("kms:putkeypolicy") {
			continue
		}
		everybody = everybody || s.notPrincipal
		for _, n := range s.principals {
			one := a.subjects[a.canonical(n.text)]
			if one == nil {
				one = a.byID[n.text]
			}
			everybody = everybody || n.who.kind == callerAnyone || n.who.kind == callerRoot && n.account == a.id
			if one == nil || asked[one] {
				continue
			}
			asked[one] = true
			switch {
			case one.missing != nil && one.missing.Verdict.Denied():
				best.Gone = append(best.Gone, one.ARN)
			case one.Account != a.id && one.Kind == "foreign":
				best.Foreign = append(best.Foreign, one.ARN)
			default:
				best.ask(a, k, one)
			}
		}
	}
	if everybody {
		for _, one := range a.sorted {
			if best.Verdict == Allowed {
				break
			}
			if !asked[one] && one.missing == nil && one.Account == a.id && (one.Kind == "user" || one.Kind == "role") {
				best.ask(a, k, one)
			}
		}
	}
	return best
}

// ask takes the principal in if it fares no worse than those before.
func (best *Keepers) ask(a *Account, k *key, one *actor) {
	rank := func(v Verdict) int { return slices.Index([]Verdict{ImplicitlyDenied, Unknown, Depends, Allowed}, v) }
	d := Decision{}
	if one.missing != nil {
		d = *one.missing
	} else {
		x := query{one: one, action: "kms:PutKeyPolicy", resource: k.at.ARN, stance: MustNotBeAble}
		a.find(&x)
		x.policies.SCP, x.policies.RCP, x.policies.Grants = nil, nil, nil
		x.policies.Boundary, x.policies.HasBoundary = nil, false
		r := a.request(&x)
		d = Decide(&r, &x.policies)
	}
	if d.Verdict.Denied() || rank(d.Verdict) < rank(best.Verdict) {
		return
	}
	if d.Verdict != best.Verdict {
		best.Verdict, best.By, best.Tests, best.Unread = d.Verdict, nil, d.DependsOn, d.Unread
	}
	if len(best.By) < someKeepers {
		best.By = append(best.By, one.ARN)
	}
}

// Delegation says what a statement of a key policy leaves to the account's IAM
// policies (K1).
type Delegation struct {
	Actions     []string // on keys
	Every       bool     // all of them
	Conditional bool
}

// DelegationOf reads statement i of a key's policy; nothing is left by one that
// does not allow the account itself.
func DelegationOf(doc *policy.Document, i int, account string) Delegation {
	from := &doc.Statements[i]
	if from.Effect != policy.Allow || from.Principal == nil || !slices.ContainsFunc(from.Principal.List, func(p policy.Principal) bool {
		w := whoIs(p.Value)
		return p.Kind == policy.KindAWS && w.kind == callerRoot && w.account == account
	}) {
		return Delegation{}
	}
	s := compileStatement(i, from, LayerResource, doc.Version == "2012-10-17")
	d := Delegation{Conditional: len(s.tests) > 0}
	d.Actions, d.Every = s.onKeys()
	return d
}
