package access

import (
	"math/bits"
	"slices"
	"strings"
)

// Effects tells which statements have no effect because of other policies, or of
// what they stand in. It is made for one account and not for concurrent use.
type Effects struct {
	account  *Account
	policies map[string]*Policy // of users, groups and roles, by pointer
	holders  map[*Policy][]*actor
	idle     *IdleFinder
	onKeys   actionSet
}

// Outcome is what becomes of a statement.
type Outcome uint8

// The outcomes. NoEffect is certain; Undecided leaves it open, as something was not
// read.
const (
	HasEffect Outcome = iota
	NoEffect
	Undecided
)

// StatementEffect is the outcome of a statement.
type StatementEffect struct {
	Index   int // of the statement
	Outcome Outcome
	// Why says why it has none: Overruled, or what is wrong with it.
	Why EffectFault
	// Holders are how many principals have an overruled Allow. Principal, Action and
	// Resource are one case of it, and By its decision; of one that has an effect, and
	// of what is wrong with the statement itself, there is none.
	Holders                     int
	Principal, Action, Resource string
	By                          *Decision
	Tests                       []Test // that never hold, or never count
}

// EffectFault is why a statement has no effect.
type EffectFault string

// The faults.
const (
	Overruled    EffectFault = "overruled"     // other policies deny whatever it allows
	NamesNobody  EffectFault = "nobody"        // no principal can be meant (M11, M12)
	NoKeyAction  EffectFault = "action"        // no action that is on a key and that key policies decide (M9, G8)
	OtherKey     EffectFault = "resource"      // its resource is not the key (K6)
	NeverHolds   EffectFault = "condition"     // its condition never holds (C16 to C21)
	NotAcross    EffectFault = "cross_account" // its actions do not work from other accounts (K10)
	IdleTest     EffectFault = "test"          // one of its tests decides nothing: see NewEffects
	noFault      EffectFault = ""
	retiresGrant             = "kms:retiregrant"
)

// NewEffects prepares the account's policies. Statements are judged only where it is
// certain what they are for:
//
//   - Allows of identity policies about KMS alone. Where all their resources are
//     keys of the account, they have no effect if every action on every key is
//     denied to everybody who has them; other ones if a boundary, a level of SCPs or
//     a Deny without a condition leaves nothing of them. What IdleFinder finds is
//     left to it.
//   - Statements of key policies that match nothing, Allows whose users and roles are all
//     denied whatever they allow, and Denies in which Null with true stands beside a
//     negated test of the same context key: a wrong value is never denied (C3, C7).
func (a *Account) NewEffects() *Effects {
	e := &Effects{
		account: a, policies: map[string]*Policy{}, holders: map[*Policy][]*actor{},
		idle: NewIdleFinder(a.s.Account.Partition, a.id),
	}
	for i, action := range kmsActions() {
		if action.Resource != onNothing && strings.ToLower(action.Name) != retiresGrant {
			e.onKeys |= 1 << i
		}
	}
	for _, one := range a.sorted {
		if one.role == nil && one.user == nil || one.Kind == "session" || one.missing != nil {
			continue
		}
		for _, p := range one.identity {
			if p != nil && p.pointer != "" && p.unread == nil {
				e.policies[p.pointer] = p
				e.holders[p] = append(e.holders[p], one)
			}
		}
	}
	return e
}

// Of tells what becomes of the Allows of an identity policy that can be judged; at
// is where its document stands in the snapshot.
func (e *Effects) Of(at string) []StatementEffect {
	p := e.policies[at]
	if p == nil {
		return nil
	}
	var list []StatementEffect
	for i := range p.statements {
		st := &p.statements[i]
		if st.deny || st.notAction || st.notResource || st.hasPrincipal || st.services != serviceKMS || st.kms&e.onKeys == 0 {
			continue
		}
		keys, wide, judged := e.keysOf(st)
		if !judged {
			continue
		}
		var found StatementEffect
		if wide {
			found = e.leaves(e.holders[p], st)
		} else {
			found = e.overruled(e.holders[p], keys, st.kms&e.onKeys, LayerIdentity)
		}
		if found.Outcome != HasEffect && e.idle.Of(p.doc, i).Whole {
			continue
		}
		found.Index = i
		list = append(list, found)
	}
	return list
}

// keysOf are the keys that a statement names. It is wide where a resource is a
// pattern, and not judged where one is a key of another account.
func (e *Effects) keysOf(st *statement) (keys []string, wide, judged bool) {
	for i := range st.resources {
		r := &st.resources[i]
		parts, ok := splitARN(r.text)
		switch {
		case !r.exact():
			wide = wide || !r.wrong
		case !ok || parts[arnService] != "kms" || !strings.HasPrefix(parts[arnResource], "key/"):
		case parts[arnAccount] != e.account.id:
			return nil, false, false
		default:
			keys = append(keys, r.text)
		}
	}
	return keys, wide, wide || len(keys) > 0
}

// overruled asks for every principal, key and action until one is not denied. A
// denial for want of an Allow in the layer of the statement itself tells nothing: it
// does not apply there.
func (e *Effects) overruled(people []*actor, keys []string, set actionSet, own Layer) StatementEffect {
	found := StatementEffect{Holders: len(people)}
	open := false
	var first StatementEffect
	for _, one := range people {
		for _, key := range keys {
			for left := set; left != 0; left &= left - 1 {
				x := query{one: one, action: kmsActions()[bits.TrailingZeros64(uint64(left))].Name, resource: key, stance: MustBeAble}
				e.account.find(&x)
				switch v := e.account.verdict(&x); {
				case v == Allowed || v == Depends:
					return found
				case v == Unknown && !open:
					open, first = true, e.told(&x)
				case v.Denied() && found.Principal == "" && !open:
					if told := e.told(&x); !slices.Contains(told.By.Missing, own) {
						found.Principal, found.Action, found.Resource, found.By = told.Principal, told.Action, told.Resource, told.By
					}
				}
			}
		}
	}
	switch {
	case open:
		first.Outcome, first.Holders = Undecided, len(people)
		return first
	case found.Principal != "":
		found.Outcome, found.Why = NoEffect, Overruled
	}
	return found
}

func (e *Effects) told(x *query) StatementEffect {
	by := e.account.decide(x)
	return StatementEffect{Principal: x.one.ARN, Action: x.action, Resource: x.resource, By: &by}
}

// leaves tells whether boundaries, SCPs and Denies leave anything of an Allow on
// patterns of keys.
func (e *Effects) leaves(people []*actor, st *statement) StatementEffect {
	found := StatementEffect{Holders: len(people)}
	var open *StatementEffect
	for _, one := range people {
		by, settled := e.against(one, st.kms&e.onKeys)
		switch {
		case settled && by == nil:
			return StatementEffect{Holders: len(people)}
		case settled && found.Principal == "":
			found.Principal, found.By = one.ARN, by
		case !settled && open == nil:
			open = &StatementEffect{Outcome: Undecided, Principal: one.ARN, Holders: len(people), By: by}
		}
	}
	if open != nil {
		return *open
	}
	found.Outcome, found.Why = NoEffect, Overruled
	return found
}

// against finds what takes the whole set of actions from a principal, on whatever
// key and in whatever context; nil if nothing does. It is not settled where
// something was not read that might.
func (e *Effects) against(one *actor, set actionSet) (by *Decision, settled bool) {
	var levels [][]*Policy
	if org := &e.account.org; !org.management && !one.ServiceLinked {
		levels = org.scp[MustBeAble]
	}
	layers := levels
	if len(one.boundary) > 0 {
		layers = append(slices.Clone(levels), one.boundary)
	}
	var unread []UnreadRef
	denied := Decision{Verdict: ExplicitlyDenied}
	left := set
	for i, layer := range append(slices.Clone(layers), one.identity) {
		var allowed actionSet
		for _, p := range layer {
			if p == nil {
				continue
			}
			if p.unread != nil {
				unread, allowed = append(unread, *p.unread), set
				continue
			}
			for j := range p.statements {
				st := &p.statements[j]
				switch {
				case !st.deny:
					allowed |= st.kms
				case st.everywhere() && left&st.kms != 0:
					left &^= st.kms
					denied.DecidedBy = append(denied.DecidedBy, *p.ref(st))
				}
			}
		}
		if i < len(layers) && allowed&set == 0 {
			missing := LayerSCP
			if i >= len(levels) {
				missing = LayerBoundary
			}
			return &Decision{Verdict: ImplicitlyDenied, Missing: []Layer{missing}}, true
		}
	}
	switch {
	case left == 0:
		return &denied, true
	case len(unread) > 0:
		return &Decision{Verdict: Unknown, Unread: unread}, false
	}
	return nil, true
}

// everywhere reports a statement without a condition that is on every resource.
func (s *statement) everywhere() bool {
	return len(s.tests) == 0 && !s.hasPrincipal && !s.notResource && slices.ContainsFunc(s.resources, func(r arnPattern) bool { return r.any })
}
