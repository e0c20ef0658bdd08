package access

import "slices"

// ending is how a way goes on from a node, told once for all who come to it.
type ending struct {
	verdict Verdict
	steps   []Step
	then    []Part
}

// tell tells the way of a node to the goal with its evidence.
func (h *hunt) tell(n int) Takeover {
	e := h.ending(n)
	return Takeover{Principal: h.people[n/2].Principal, Verdict: e.verdict, Steps: e.steps, Then: e.then}
}

func (h *hunt) ending(n int) ending {
	w := &h.ways[n]
	var e ending
	if w.next < 0 {
		e = ending{verdict: Allowed, then: h.then(n, w.moves)}
		if h.ended(w.moves) {
			e.count(e.then)
		}
	} else {
		met := false
		if e, met = h.endings[w.next]; !met {
			e = h.ending(w.next)
			h.endings[w.next] = e
		}
	}
	steps := make([]Step, 0, len(w.moves)+len(e.steps))
	for i := range w.moves {
		s := h.step(n, &w.moves[i])
		e.count(s.Requests)
		steps = append(steps, s)
	}
	e.steps = append(steps, e.steps...)
	return e
}

func (e *ending) count(parts []Part) {
	for i := range parts {
		e.verdict = lesser(e.verdict, parts[i].Decision.Verdict)
	}
}

// ended reports whether the last requests count for the verdict as they are; where
// a step chose the value of a context key, tests of that are no condition.
func (h *hunt) ended(moves []move) bool {
	for _, m := range moves {
		if m.repair != nil && len(m.repair.chosen) > 0 {
			return false
		}
	}
	return true
}

func (h *hunt) step(n int, m *move) Step {
	one := h.actor(n)
	s := Step{Kind: m.kind, By: one.ARN, On: m.on, Service: m.service}
	if m.to >= 0 {
		s.As = h.people[m.to/2].ARN
	}
	ask := func(x query) {
		q := request{query: x, half: half(x.action)}
		s.Requests = append(s.Requests, q.part(h.a))
	}
	switch m.kind {
	case StepKeyPolicy, StepGrant, StepTagKey, StepAlias, StepBucketPolicy:
		for _, q := range m.repair.steps(one) {
			s.Requests = append(s.Requests, q.part(h.a))
		}
	case StepPassRole:
		for _, x := range h.passQueries(one, m.on, m.service) {
			ask(x)
		}
		ask(h.runsQuery(m.service, h.people[m.to/2]))
	case StepTrustPolicy:
		ask(h.query(one, m.action, m.on, nil))
		ask(h.letInQuery(one, m.on))
	default:
		ask(h.query(one, m.action, m.on, nil))
	}
	return s
}

// half is the service of an action.
func half(action string) string {
	for i := range action {
		if action[i] == ':' {
			return action[:i]
		}
	}
	return ""
}

// then are the requests that a way ends in.
func (h *hunt) then(n int, moves []move) []Part {
	one := h.actor(n)
	choice, best := 0, -1
	for i := range h.goal.alternatives() {
		if now := h.grade(one, i); now > best {
			choice, best = i, now
		}
	}
	for _, m := range moves {
		if m.repair != nil {
			choice = m.choice
		}
	}
	var parts []Part
	for j, q := range h.goal.requests(one, choice) {
		for _, m := range moves {
			if m.repair != nil && (slices.Contains(m.requests, j) || m.kind == StepTagItself || m.kind == StepJoinGroup) {
				q = m.repair.after(q)
			}
		}
		parts = append(parts, q.part(h.a))
	}
	return parts
}
