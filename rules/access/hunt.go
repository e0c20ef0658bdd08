package access

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// hunt searches who could come to a goal: backwards from those who are there,
// step by step, so that everybody is met by a shortest way and only once.
//
// A node is somebody, as he is or widened: with a policy of his own writing that
// allows everything. Node 2i is people[i] as he is, node 2i+1 is people[i] widened.
type hunt struct {
	a       *Account // that the goal is in
	goal    goal
	can     map[string]Verdict // who can already, by ARN
	people  []*actor
	home    []*Account // by person; nil where the account was not read
	index   map[string]int
	widened []*actor // by person, made when they are needed
	blind   []bool   // by person: an own policy was not read, so nothing is certain
	targets map[string]*target
	hints   hints
	doors   map[int]*trustDoors
	ways    []way // by node
	met     []int // by node: in which expansion it was looked at last
	now     int
	level   int // steps to the goal of the nodes that are expanded
	trusted map[int][]string
	wide    []int // widened nodes that may be able to take a step
	endings map[int]ending
	unread  []UnreadRef
}

// way is how a node comes to the goal.
type way struct {
	steps   int // 0 if it is there already
	reached bool
	settled bool
	certain bool
	next    int // node; -1 where moves lead to the goal
	moves   []move
}

// move is a step before it is told.
type move struct {
	kind     StepKind
	action   string // of the step, or that a repair lets through
	on       string
	service  string
	to       int // node; -1 on a key or bucket
	repair   *repair
	requests []int // that are repaired, in their alternative
	choice   int   // the alternative
}

// target is a role, user, group or policy as what a step acts on.
type target struct {
	facts   *facts
	policy  *Policy // trust policy
	settled *Decision
}

func newHunt(a *Account, g goal, can map[string]Verdict) *hunt {
	h := &hunt{
		a: a, goal: g, can: can, index: map[string]int{}, targets: map[string]*target{}, doors: map[int]*trustDoors{},
		trusted: map[int][]string{}, endings: map[int]ending{},
	}
	for _, one := range a.everybody() {
		if one.Kind == "service" || one.missing != nil {
			continue
		}
		h.index[one.ARN] = len(h.people)
		h.people = append(h.people, one)
		h.home = append(h.home, a.homeOf(one))
	}
	h.widened = make([]*actor, len(h.people))
	h.blind = make([]bool, len(h.people))
	for i, one := range h.people {
		h.blind[i] = h.home[i] != nil && one.unreadPolicies(nil)
	}
	h.ways = make([]way, 2*len(h.people))
	h.met = make([]int, 2*len(h.people))
	return h
}

// unreadPolicies reports whether policies of the principal's own were not read,
// and calls found for each.
func (one *actor) unreadPolicies(found func(UnreadRef)) bool {
	result := false
	for _, list := range [][]*Policy{one.identity, one.boundary} {
		for _, p := range list {
			if p != nil && p.unread != nil {
				result = true
				if found != nil {
					found(*p.unread)
				}
			}
		}
	}
	return result
}

// actor is who acts at a node.
func (h *hunt) actor(n int) *actor {
	i := n / 2
	if n%2 == 0 {
		return h.people[i]
	}
	if h.widened[i] == nil {
		one := *h.people[i]
		one.identity = append(one.identity[:len(one.identity):len(one.identity)], everything())
		h.widened[i] = &one
	}
	return h.widened[i]
}

// run searches twice: for ways whose every step is certain, and then for those
// that hang on conditions.
func (h *hunt) run() ([]Takeover, []UnreadRef) {
	h.hints = h.collect()
	var list []Takeover
	for _, floor := range []int{grade(Allowed), grade(Depends)} {
		h.search(floor)
		for i, one := range h.people {
			w := &h.ways[2*i]
			if !w.settled || w.steps == 0 || w.certain != (floor == grade(Allowed)) || !w.certain && !h.can[one.ARN].Denied() {
				continue
			}
			list = append(list, h.tell(2*i))
		}
	}
	list = slices.DeleteFunc(list, func(t Takeover) bool { return h.toldAsRole(&t) })
	slices.SortFunc(list, func(x, y Takeover) int { return strings.Compare(x.Principal.ARN, y.Principal.ARN) })
	h.gaps()
	return list, unique(h.unread)
}

// toldAsRole reports sessions of roles that are told themselves.
func (h *hunt) toldAsRole(t *Takeover) bool {
	if t.Principal.Kind != "session" {
		return false
	}
	one := h.people[h.index[t.Principal.ARN]]
	if one.role == nil {
		return false
	}
	i, found := h.index[one.role.ARN]
	return found && h.ways[2*i].settled
}

// search settles the nodes that come to the goal by requests of the grade or
// better.
func (h *hunt) search(floor int) {
	levels := [][]int{nil}
	h.wide = h.wide[:0]
	reach := func(n int, w way) {
		w.reached, w.certain = true, floor == grade(Allowed)
		h.ways[n] = w
		for len(levels) <= w.steps {
			levels = append(levels, nil)
		}
		levels[w.steps] = append(levels[w.steps], n)
	}
	for n := range h.ways {
		switch w := h.ways[n]; {
		case w.settled:
			reach(n, w)
			h.ways[n].certain = true // by the first search
		case h.blind[n/2] || n%2 == 1 && !h.widenable(n/2):
			h.ways[n] = way{}
		case h.there(n) >= floor:
			reach(n, way{next: -1})
		default:
			h.ways[n] = way{}
			if n%2 == 1 && h.mayAny(n) {
				h.wide = append(h.wide, n)
			}
			if moves := h.repairs(n, floor); moves != nil {
				reach(n, way{next: -1, steps: len(moves), moves: moves})
			}
		}
	}
	for d := 0; d < len(levels) && h.more(d+1); d++ {
		level := slices.DeleteFunc(levels[d], func(n int) bool { return h.ways[n].steps != d })
		slices.SortFunc(level, h.order)
		for _, n := range slices.Compact(level) {
			h.ways[n].settled = true
		}
		h.level = d
		for _, n := range level {
			h.expand(n, floor, reach)
		}
	}
}

// more reports whether anybody is left for whom a way of so many steps would be
// news. Where nobody is, what is reached counts as settled.
func (h *hunt) more(steps int) bool {
	for n := 0; n < len(h.ways); n += 2 {
		if w := &h.ways[n]; !w.settled && !h.blind[n/2] && (!w.reached || w.steps > steps) {
			return true
		}
	}
	for n := range h.ways {
		w := &h.ways[n]
		w.settled = w.settled || w.reached
	}
	return false
}

func (h *hunt) order(m, n int) int {
	if order := strings.Compare(h.people[m/2].ARN, h.people[n/2].ARN); order != 0 {
		return order
	}
	return m - n
}

// there grades whether the node is at the goal.
func (h *hunt) there(n int) int {
	if n%2 == 0 {
		v, asked := h.can[h.people[n/2].ARN]
		if !asked {
			h.can[h.people[n/2].ARN] = ImplicitlyDenied
			v = ImplicitlyDenied
		}
		return grade(v)
	}
	best := 0
	for i := range h.goal.alternatives() {
		best = max(best, h.grade(h.actor(n), i))
	}
	return best
}

// grade grades an alternative of the goal by its worst request.
func (h *hunt) grade(one *actor, alternative int) int {
	worst := grade(Allowed)
	for _, q := range h.goal.requests(one, alternative) {
		worst = min(worst, grade(h.a.verdict(&q.query)))
	}
	return worst
}

// gaps notes what was not read and could hide steps.
func (h *hunt) gaps() {
	add := func(ref UnreadRef) { h.unread = append(h.unread, ref) }
	for i, one := range h.people {
		if h.blind[i] && h.can[one.ARN].Denied() {
			one.unreadPolicies(add)
		}
		if one.Kind == "role" && h.ways[2*i].settled {
			if doc, why := snapshot.PolicyOf(one.role.TrustPolicy); doc == nil && why != nil {
				add(unreadRef(LayerResource, "", one.Pointer+"/trust_policy", authorizationDetails, why))
			}
		}
	}
}
