package access

import (
	"slices"
	"strings"
	"sync"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// hints say quickly who may be able to take which step: by the Allow statements
// of identity policies that are on its action.
type hints struct {
	exact map[string]map[string][]int // nodes by action and ARN of what their statements name
	wild  map[string][]int            // nodes by action, whose statements name no ARN exactly
	have  []uint32                    // by node: actions that it may do on something
	asked []uint32                    // by node: those of which have is known
	// widens are the accounts, by id, in which somebody may widen somebody.
	widens map[string]bool
	// moves are the widenings, by person.
	moves map[int][]move
}

// stepBits numbers the actions on roles, users, groups and policies.
var stepBits = sync.OnceValue(func() map[string]uint32 {
	bits := map[string]uint32{}
	var names []string
	for _, actions := range Steps() {
		for _, action := range actions {
			if !strings.HasPrefix(action, "kms:") && !strings.HasPrefix(action, "s3:") {
				names = append(names, action)
			}
		}
	}
	slices.Sort(names)
	for i, name := range names {
		bits[name] = 1 << i
	}
	return bits
})

// widening are the actions that widen somebody.
var widening = sync.OnceValue(func() uint32 {
	var set uint32
	for _, kind := range []StepKind{StepIdentityPolicy, StepPolicyVersion, StepGroupPolicy} {
		for _, action := range Steps()[kind] {
			set |= stepBits()[action]
		}
	}
	return set
})

// onIdentities is the set of steps that a statement is on.
func (s *statement) onIdentities() uint32 {
	if s.deny || s.services&serviceOther == 0 {
		return 0
	}
	speaks := s.notAction
	for i := range s.actions {
		a := &s.actions[i]
		speaks = speaks || a.any || a.service == "iam" || a.service == "sts"
	}
	if !speaks {
		return 0
	}
	var set uint32
	for action, bit := range stepBits() {
		if s.onAction(strings.ToLower(action)) {
			set |= bit
		}
	}
	return set
}

// exactly are the ARNs that a statement names, or false if it covers others too.
func (s *statement) exactly() ([]string, bool) {
	if s.notResource {
		return nil, false
	}
	var arns []string
	for i := range s.resources {
		p := &s.resources[i]
		if p.any || strings.ContainsAny(p.text, "*?") || strings.Contains(p.text, "${") {
			return nil, false
		}
		arns = append(arns, p.text)
	}
	return arns, true
}

// collect gathers the hints of all who cannot get to the goal by now.
func (h *hunt) collect() hints {
	k := hints{
		exact: map[string]map[string][]int{}, wild: map[string][]int{}, widens: map[string]bool{}, moves: map[int][]move{},
		have: make([]uint32, len(h.ways)), asked: make([]uint32, len(h.ways)),
	}
	h.hints = k
	type hint struct {
		set uint32
		s   *statement
	}
	byPolicy := map[*Policy][]hint{}
	for i, one := range h.people {
		if h.home[i] == nil || h.blind[i] || h.can[one.ARN] == Allowed {
			continue
		}
		var own []hint
		for _, p := range one.identity {
			found, met := byPolicy[p]
			if !met && p != nil {
				for j := range p.statements {
					if set := p.statements[j].onIdentities(); set != 0 {
						found = append(found, hint{set, &p.statements[j]})
					}
				}
				byPolicy[p] = found
			}
			own = append(own, found...)
		}
		var all uint32
		for _, one := range own {
			all |= one.set
		}
		n := 2 * i
		k.asked[n] = ^all // nothing else
		for action, bit := range stepBits() {
			if all&bit == 0 || action != "sts:AssumeRole" && !h.may(n, action) {
				continue
			}
			if bit&widening() != 0 {
				k.widens[h.home[i].id] = true
			}
			wild := false
			for _, one := range own {
				if one.set&bit == 0 {
					continue
				}
				arns, exactly := one.s.exactly()
				if k.exact[action] == nil {
					k.exact[action] = map[string][]int{}
				}
				for _, arn := range arns {
					k.exact[action][arn] = append(k.exact[action][arn], n)
				}
				wild = wild || !exactly
			}
			if wild {
				k.wild[action] = append(k.wild[action], n)
			}
		}
	}
	return k
}

// may reports whether the node's own policies could let it do an action on some
// role, user, group or policy of its account.
func (h *hunt) may(n int, action string) bool {
	bit := stepBits()[action]
	if h.hints.asked[n]&bit == 0 {
		h.hints.asked[n] |= bit
		if h.mayOnSome(n, action) {
			h.hints.have[n] |= bit
		}
	}
	return h.hints.have[n]&bit != 0
}

// mayAny reports whether it may do any of them.
func (h *hunt) mayAny(n int) bool {
	for action := range stepBits() {
		if h.may(n, action) {
			return true
		}
	}
	return false
}

func (h *hunt) mayOnSome(n int, action string) bool {
	home := h.home[n/2]
	if home == nil {
		return false
	}
	x := query{one: h.actor(n), owner: home, from: home, action: action, open: true, chosen: true, stance: MustNotBeAble}
	x.resource = "arn:" + home.s.Account.Partition + ":iam::" + home.id + ":"
	x.own(home)
	x.resources = newFacts()
	x.resources.mark(unknown, "*")
	r := home.request(&x)
	at := newSituation(&r, &x.policies)
	o := evaluate(&at, &x.policies)
	return o.deny != yes && min(o.parts[identity], o.parts[boundary], o.scp) != no
}

// widenable reports whether anybody could widen person i.
func (h *hunt) widenable(i int) bool {
	home := h.home[i]
	return home != nil && h.hints.widens[home.id] && len(h.widenings(i)) > 0
}

// trustDoors is whom a trust policy lets in, as far as that can be told quickly.
type trustDoors struct {
	everybody bool
	accounts  map[string]bool // that are let in as a whole
	named     []int           // people
	services  []string
}

// trust reads the trust policy of person i.
func (h *hunt) trust(i int) *trustDoors {
	d := h.doors[i]
	if d != nil {
		return d
	}
	d = &trustDoors{accounts: map[string]bool{}}
	h.doors[i] = d
	one := h.people[i]
	if one.role == nil || h.home[i] == nil {
		return d
	}
	arn := one.role.ARN
	p := h.target(arn).policy
	if p == nil || p.unread != nil {
		return d
	}
	for j := range p.statements {
		s := &p.statements[j]
		if s.deny {
			continue
		}
		if s.notPrincipal {
			d.everybody = true
		}
		for k := range s.principals {
			d.admit(h, &s.principals[k], h.home[i])
		}
	}
	slices.Sort(d.named)
	d.named = slices.Compact(d.named)
	return d
}

func (d *trustDoors) admit(h *hunt, n *named, home *Account) {
	switch {
	case n.bad:
	case n.who.kind == callerAnyone:
		d.everybody = true
	case n.who.kind == callerService && n.kind == policy.KindService:
		d.services = append(d.services, n.text)
	default:
		if n.who.kind == callerRoot {
			d.accounts[n.account] = true
		}
		one := home.asking(n.text)
		if one == nil || one.ARN == "" {
			return
		}
		if i, found := h.index[one.ARN]; found {
			d.named = append(d.named, i)
		}
	}
}
