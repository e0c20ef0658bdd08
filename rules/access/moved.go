package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Moved is how principals stand to keys in two censuses of one action: each of the
// Principals to each of the Keys. All of them fare alike, before and after.
type Moved struct {
	Principals []string // ARNs, sorted
	Keys       []string // ARNs, sorted
	Was, Now   Verdict  // Unknown where it was not read
}

// Compare says what differs between an earlier census and this one of the same
// action: verdicts that are not the same, conditions that are not the same under
// two verdicts of Depends, and what is unknown in either. Who is nobody, or a key
// that is not there, is denied, if the listing is complete; else nobody knows.
//
// Statements, policies and their order do not show, only what comes of them. It
// goes over classes as Census does: with the classes of principals times those of
// keys, and single pairs.
func (c *Census) Compare(earlier *Census) []Moved {
	if c.set == 0 {
		return nil
	}
	m := &mover{old: newSide(earlier), now: newSide(c), except: map[int]map[int]map[int]bool{}}
	m.people()
	m.keys()
	m.single()
	m.dense()
	return m.list
}

// side is a census as one of two.
type side struct {
	*Census
	unlisted   bool // users or roles may be missing
	keysHidden bool // keys may be
	blind      []bool
}

func newSide(c *Census) *side {
	s := &side{Census: c, blind: make([]bool, len(c.keys))}
	s.unlisted = len(c.account.unlistedPeople(&doors{})) > 0
	s.keysHidden = len(c.account.unlistedKeys()) > 0
	for i, k := range c.keys {
		s.blind[i] = k.policy != nil && k.policy.unread != nil || slices.ContainsFunc(k.grants, func(g Grant) bool { return g.Unread != nil })
	}
	return s
}

// of grades a pair; p and k are -1 for who or what is not there. whole says that it
// is not known because a listing, or all that the key lets in, was not read: that
// is told once, not pair by pair. Without single, pairs are left out: it grades what
// classes make of p and k.
func (s *side) of(p, k int, one *Principal, single bool) (v verdict, whole bool) {
	switch {
	case k < 0 && s.keysHidden, p < 0 && k >= 0 && s.unlisted && (one.Kind == "user" || one.Kind == "role"):
		return 1, true
	case k < 0:
		return 0, false
	case p < 0 && one.Known != KnownFull && s.keyClass[k] >= 0: // nobody names it
		v = s.stranger(one, k)
	case p < 0, s.keyClass[k] < 0:
	default:
		paired := false
		if single {
			v, paired = s.pairs[k].of(p)
		}
		if !paired && s.class[p] >= 0 {
			v = s.dense[s.keyClass[k]][s.class[p]]
		}
	}
	if v == 0 && s.blind[k] {
		return 1, true
	}
	return v, false
}

// stranger decides for a principal that only the other side names.
func (s *side) stranger(one *Principal, k int) verdict {
	q := Question{Principal: one.ARN, Action: s.action, Resource: s.keys[k].at.ARN, Stance: s.stance}
	return verdict(grade(s.account.Verdict(q)))
}

// joint is a place in both sides, -1 for none.
type joint struct{ old, now int }

// mover compares two sides.
type mover struct {
	old, now *side
	who      []joint // by person of either
	names    []*Principal
	class    []int                        // by person
	members  [][]int                      // by class
	what     []joint                      // by key of either
	alike    [][]int                      // keys by class
	kind     []int                        // class by key
	except   map[int]map[int]map[int]bool // key → class of people → people that make a pair
	list     []Moved
}

func (m *mover) people() {
	for i, one := range m.now.people {
		at, found := m.old.index[one.ARN]
		if !found {
			at = -1
		}
		m.who, m.names = append(m.who, joint{at, i}), append(m.names, &one.Principal)
	}
	for i, one := range m.old.people {
		if _, both := m.now.index[one.ARN]; !both {
			m.who, m.names = append(m.who, joint{i, -1}), append(m.names, &one.Principal)
		}
	}
	classes := map[[3]int]int{}
	for p, at := range m.who {
		id := [3]int{-2, -2, 0}
		if at.old >= 0 {
			id[0] = m.old.class[at.old]
		}
		if at.now >= 0 {
			id[1] = m.now.class[at.now]
		}
		if m.names[p].Known != KnownFull {
			id[2] = p + 1 // decided one by one
		}
		m.class, m.members = fileUnder(classes, id, p, m.class, m.members)
	}
}

func (m *mover) keys() {
	for i, k := range m.now.keys {
		at, found := m.old.number[k.at.ARN]
		if !found {
			at = -1
		}
		m.what = append(m.what, joint{at, i})
	}
	for i, k := range m.old.keys {
		if _, both := m.now.number[k.at.ARN]; !both {
			m.what = append(m.what, joint{i, -1})
		}
	}
	classes := map[[4]int]int{}
	for k, at := range m.what {
		id := [4]int{-2, -2}
		for i, s := range []*side{m.old, m.now} {
			if at := []int{at.old, at.now}[i]; at >= 0 {
				id[i] = s.keyClass[at]
				if s.blind[at] {
					id[i+2] = 1
				}
			}
		}
		m.kind, m.alike = fileUnder(classes, id, k, m.kind, m.alike)
	}
}

// fileUnder files one under the class of its id: it adds the class to of, the list
// by one, and one to the members of the class.
func fileUnder[ID comparable](classes map[ID]int, id ID, one int, of []int, members [][]int) ([]int, [][]int) {
	n, met := classes[id]
	if !met {
		n = len(members)
		classes[id] = n
		members = append(members, nil)
	}
	members[n] = append(members[n], one)
	return append(of, n), members
}

// single compares those who make a pair in either.
func (m *mover) single() {
	back := [2][]int{make([]int, len(m.old.people)), make([]int, len(m.now.people))}
	for p, at := range m.who {
		if at.old >= 0 {
			back[0][at.old] = p
		}
		if at.now >= 0 {
			back[1][at.now] = p
		}
	}
	for k, at := range m.what {
		met := map[int]bool{}
		if at.old >= 0 {
			for p := range m.old.pairs[at.old].all() {
				met[back[0][p]] = true
			}
		}
		if at.now >= 0 {
			for p := range m.now.pairs[at.now].all() {
				met[back[1][p]] = true
			}
		}
		m.except[k] = map[int]map[int]bool{}
		for p := range met {
			class := m.class[p]
			if m.except[k][class] == nil {
				m.except[k][class] = map[int]bool{}
			}
			m.except[k][class][p] = true
		}
		people := make([]int, 0, len(met))
		for p := range met {
			people = append(people, p)
		}
		slices.Sort(people)
		for _, p := range people {
			m.add([]int{p}, []int{k})
		}
	}
}

// dense compares the rest, class by class.
func (m *mover) dense() {
	for _, people := range m.members {
		for _, keys := range m.alike {
			class := m.class[people[0]]
			if _, _, same := m.grades(people[0], keys[0], false); same {
				continue
			}
			var plain []int
			for _, k := range keys {
				except := m.except[k][class]
				if len(except) == 0 {
					plain = append(plain, k)
					continue
				}
				rest := make([]int, 0, len(people))
				for _, p := range people {
					if !except[p] {
						rest = append(rest, p)
					}
				}
				m.add(rest, []int{k})
			}
			m.add(people, plain)
		}
	}
}

// add compares people and keys who fare alike by one of them.
func (m *mover) add(people, keys []int) {
	if len(people) == 0 || len(keys) == 0 {
		return
	}
	p, k := people[0], keys[0]
	was, now, same := m.grades(p, k, true)
	if same || was == dependsGrade && now == dependsGrade && m.sameTests(p, k) {
		return
	}
	one := Moved{Was: was.verdict(), Now: now.verdict()}
	for _, p := range people {
		one.Principals = append(one.Principals, m.names[p].ARN)
	}
	for _, k := range keys {
		one.Keys = append(one.Keys, m.keyARN(k))
	}
	slices.Sort(one.Principals)
	slices.Sort(one.Keys)
	m.list = append(m.list, one)
}

// dependsGrade is the verdict of Depends.
const dependsGrade verdict = 2

// grades are those of a pair on both sides, or of their classes. The same are those
// of which nothing is to tell, whatever the conditions.
func (m *mover) grades(p, k int, single bool) (was, now verdict, same bool) {
	was, oldHidden := m.old.of(m.who[p].old, m.what[k].old, m.names[p], single)
	now, nowHidden := m.now.of(m.who[p].now, m.what[k].now, m.names[p], single)
	const open = 1
	hidden := was <= open && now <= open && (was != open || oldHidden) && (now != open || nowHidden)
	return was, now, hidden || was == now && was > dependsGrade
}

func (m *mover) keyARN(k int) string {
	if at := m.what[k].now; at >= 0 {
		return m.now.keys[at].at.ARN
	}
	return m.old.keys[m.what[k].old].at.ARN
}

// sameTests reports that a pair hangs on the same conditions on both sides.
func (m *mover) sameTests(p, k int) bool {
	q := Question{Principal: m.names[p].ARN, Action: m.now.action, Resource: m.keyARN(k), Stance: m.now.stance}
	return hangsOn(m.old.account.Decide(q)) == hangsOn(m.now.account.Decide(q))
}

// hangsOn writes what a decision hangs on in one way only: when it allows, in which
// nothing of the order of statements shows, or else its open tests.
func hangsOn(d Decision) string {
	if d.When == nil {
		return openTests(d)
	}
	return d.When.canonical()
}

// openTests writes what a decision hangs on in one way only: the tests of each
// statement together, in order, whatever the statement is called.
func openTests(d Decision) string {
	by := map[string][]string{}
	for _, t := range d.DependsOn {
		values := slices.Compact(slices.Sorted(slices.Values(t.Values)))
		key := t.Statement.Pointer
		by[key] = append(by[key], fmt.Sprintf("%s %s %s %q", t.Statement.Effect, strings.ToLower(t.Operator), strings.ToLower(t.Key), values))
	}
	var lines []string
	for _, tests := range by {
		slices.Sort(tests)
		lines = append(lines, strings.Join(slices.Compact(tests), " and "))
	}
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), "\n")
}

// Way is which way access went.
func (m *Moved) Way() Way {
	rank := map[Verdict]int{Depends: 1, Allowed: 2}
	switch {
	case m.Was == Unknown || m.Now == Unknown:
		return Unclear
	case rank[m.Now] > rank[m.Was]:
		return Gained
	case rank[m.Now] < rank[m.Was]:
		return Lost
	}
	return Altered
}

// Way is which way access went between two censuses.
type Way string

// The ways.
const (
	Gained  Way = "gained"  // allowed now, or allowed under conditions
	Lost    Way = "lost"    // denied now, or allowed under conditions only
	Altered Way = "altered" // under other conditions: more or less, nobody can say
	Unclear Way = "unsure"  // not known before or now
)

// Unlisted are the listings that are not complete, so that nobody knows who or
// what is missing in the census.
func (c *Census) Unlisted() []UnreadRef {
	return slices.SortedFunc(slices.Values(append(c.account.unlistedPeople(&doors{}), c.unread...)), func(x, y UnreadRef) int {
		return cmp.Or(cmp.Compare(x.Pointer, y.Pointer), cmp.Compare(x.Policy, y.Policy), cmp.Compare(x.Operation, y.Operation))
	})
}
