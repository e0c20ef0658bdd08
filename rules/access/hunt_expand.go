package access

import (
	"cmp"
	"slices"
	"strings"
)

// expand looks at everybody who could come to a node by a step.
func (h *hunt) expand(n, floor int, reach func(int, way)) {
	d := h.ways[n].steps
	i := n / 2
	h.now++
	if n%2 == 0 {
		h.eachBecoming(i, func(c int) {
			if !h.open(c, d+1) {
				return
			}
			if m, ok := h.become(c, i, floor); ok {
				reach(c, way{steps: d + 1, next: n, moves: []move{m}})
			}
		})
		return
	}
	h.eachWidening(i, func(c int) {
		switch {
		case c == n:
		case c/2 == i && h.open(c, d+1):
			if m, ok := h.widen(c, i, floor); ok {
				reach(c, way{steps: d + 1, next: n, moves: []move{m}})
			}
		case c/2 != i && h.open(c, d+2):
			m, ok := h.widen(c, i, floor)
			if !ok {
				return
			}
			if as, ok := h.become(c, i, floor); ok {
				as.to = n
				reach(c, way{steps: d + 2, next: n, moves: []move{m, as}})
			}
		}
	})
}

// open reports nodes that have not been looked at in this expansion and that a
// way of so many steps would be news for.
func (h *hunt) open(n, steps int) bool {
	w := &h.ways[n]
	if h.met[n] == h.now || h.blind[n/2] || w.settled || w.reached && w.steps <= steps {
		return false
	}
	if n%2 == 1 && !h.widenable(n/2) {
		return false
	}
	h.met[n] = h.now
	return true
}

// done reports nodes for which nothing that is to come is news.
func (h *hunt) done(n int) bool {
	w := &h.ways[n]
	return w.settled || w.reached && w.steps <= h.level+1
}

// eachBecoming visits the nodes that could become person i by one step.
func (h *hunt) eachBecoming(i int, visit func(int)) {
	one := h.people[i]
	home := h.home[i]
	if home == nil {
		return
	}
	var actions []string
	switch {
	case one.role != nil:
		trust := h.trust(i)
		if trust.everybody {
			for c := range h.ways {
				visit(c)
			}
			return
		}
		for _, c := range trust.named {
			visit(2 * c)
			visit(2*c + 1)
		}
		if len(trust.accounts) > 0 {
			h.eachHint("sts:AssumeRole", one.role.ARN, func(c int) {
				if trust.accounts[h.people[c/2].Account] {
					visit(c)
				}
			})
		}
		actions = []string{"iam:UpdateAssumeRolePolicy"}
		if len(trust.services) > 0 {
			actions = append(actions, "iam:PassRole")
		}
	case one.user != nil:
		actions = Steps()[StepCredentials]
	default:
		return
	}
	for _, action := range actions {
		h.eachHint(action, one.ARN, visit)
	}
	h.eachWidened(visit)
}

// eachWidening visits the nodes that could widen person i.
func (h *hunt) eachWidening(i int, visit func(int)) {
	for _, m := range h.widenings(i) {
		h.eachHint(m.action, m.on, visit)
	}
	h.eachWidened(visit)
}

func (h *hunt) eachHint(action, arn string, visit func(int)) {
	for _, c := range h.hints.exact[action][arn] {
		visit(c)
	}
	wild := slices.DeleteFunc(h.hints.wild[action], h.done)
	h.hints.wild[action] = wild
	for _, c := range wild {
		visit(c)
	}
}

func (h *hunt) eachWidened(visit func(int)) {
	h.wide = slices.DeleteFunc(h.wide, h.done)
	for _, c := range h.wide {
		visit(c)
	}
}

// repairs finds the steps on keys and buckets that let the node's own requests
// through: at least one, or nil.
func (h *hunt) repairs(n, floor int) []move {
	one := h.actor(n)
	var best []move
	for i := 0; i < h.goal.alternatives() && h.goal.mayRepair(one); i++ {
		moves := h.repairsOf(one, i, floor)
		if len(moves) > 0 && (best == nil || len(moves) < len(best)) {
			best = moves
		}
	}
	if best != nil || n%2 == 1 {
		return best
	}
	if m, ok := h.itself(n, floor); ok {
		return []move{m}
	}
	return nil
}

func (h *hunt) repairsOf(one *actor, alternative, floor int) []move {
	var moves []move
	for j, q := range h.goal.requests(one, alternative) {
		if grade(h.a.verdict(&q.query)) >= floor || h.repaired(moves, &q, j, floor) {
			continue
		}
		m, ok := h.repair(one, &q, floor)
		if !ok {
			return nil
		}
		m.choice, m.action, m.requests = alternative, q.action, []int{j}
		moves = append(moves, m)
	}
	return moves
}

// repaired reports whether one of the steps lets request number j through too.
func (h *hunt) repaired(moves []move, q *request, j, floor int) bool {
	for i := range moves {
		m := &moves[i]
		if m.on != q.resource && m.on != bucketOf(q.resource) || m.kind == StepGrant && m.action != q.action {
			continue
		}
		after := m.repair.after(*q)
		if h.afterwards(&after, m.repair.chosen) >= floor {
			m.requests = append(m.requests, j)
			return true
		}
	}
	return false
}

func (h *hunt) repair(one *actor, q *request, floor int) (move, bool) {
	for _, r := range h.goal.repairs(q) {
		worst := grade(Allowed)
		on := ""
		for _, step := range r.steps(one) {
			on = cmp.Or(on, step.resource)
			if worst = min(worst, grade(h.a.verdict(&step.query))); worst < floor {
				break
			}
		}
		if worst < floor {
			continue
		}
		after := r.after(*q)
		if h.afterwards(&after, r.chosen) >= floor {
			return move{kind: r.kind, on: on, to: -1, repair: &r}, true
		}
	}
	return move{}, false
}

// afterwards grades a request whose context keys the principal may have chosen:
// tests of those alone do not keep it from anything.
func (h *hunt) afterwards(q *request, chosen []string) int {
	v := h.a.verdict(&q.query)
	if v != Depends || len(chosen) == 0 {
		return grade(v)
	}
	d := h.a.decide(&q.query)
	for _, t := range d.DependsOn {
		if !hasPrefix(strings.ToLower(t.Key), chosen) {
			return grade(v)
		}
	}
	return grade(Allowed)
}

func hasPrefix(text string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(text, p) {
			return true
		}
	}
	return false
}

// itself finds a step by which somebody changes itself: tags, and groups of users.
func (h *hunt) itself(n, floor int) (move, bool) {
	one := h.people[n/2]
	if h.home[n/2] == nil || one.protected() {
		return move{}, false
	}
	action := map[string]string{"role": "iam:TagRole", "user": "iam:TagUser"}[one.Kind]
	if action != "" && h.may(n, action) && h.try(one, action, one.ARN) >= floor {
		r := tagItself()
		if i, ok := h.anyAfter(one, &r, floor); ok {
			return move{kind: StepTagItself, action: action, on: one.ARN, to: -1, repair: &r, choice: i}, true
		}
	}
	if one.Kind == "user" && h.may(n, "iam:AddUserToGroup") {
		for _, g := range h.home[n/2].s.Groups {
			if h.try(one, "iam:AddUserToGroup", g.ARN) < floor {
				continue
			}
			r := joinGroup(h.home[n/2].groups[g.Name])
			if i, ok := h.anyAfter(one, &r, floor); ok {
				return move{kind: StepJoinGroup, action: "iam:AddUserToGroup", on: g.ARN, to: -1, repair: &r, choice: i}, true
			}
		}
	}
	return move{}, false
}

// anyAfter finds the first alternative that the step lets through.
func (h *hunt) anyAfter(one *actor, r *repair, floor int) (int, bool) {
	for i := range h.goal.alternatives() {
		ok := true
		for _, q := range h.goal.requests(one, i) {
			q = r.after(q)
			ok = ok && h.afterwards(&q, r.chosen) >= floor
		}
		if ok {
			return i, true
		}
	}
	return 0, false
}

func tagItself() repair {
	return repair{kind: StepTagItself, chosen: []string{"aws:principaltag/"}, after: func(q request) request {
		q.leaveOpen("aws:PrincipalTag/*")
		return q
	}}
}

func joinGroup(policies []*Policy) repair {
	return repair{kind: StepJoinGroup, after: func(q request) request {
		q.policies.Identity = append(q.policies.Identity[:len(q.policies.Identity):len(q.policies.Identity)], policies...)
		return q
	}}
}
