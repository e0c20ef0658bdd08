package access

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
)

// sorter sorts people and keys into the classes of a census, and finds the pairs
// that classes do not tell about.
type sorter struct {
	*Census
	fixed    *facts      // by the action
	opened   bool        // some key lets people in whom it does not name
	near     [][]int     // by key: people who make pairs with it
	opens    []*doors    // by key
	asks     []actionSet // by census
	classes  []actionSet // that parts are made of
	byPerson []parts
	byID     []int           // keys by id, to find those that a pattern covers
	shared   []*statement    // of the organization
	facing   []*test         // of the organization and of keys, that turn on who asks
	naming   []string        // context keys that stand in their resources
	ofKeys   map[string]bool // context keys that keys fix
	families []string
	resource map[string]*spread // patterns in statements of people
	tests    map[string]*test   // of people's statements, about keys
	mixed    map[string]bool    // context keys whose values sort keys
	met      map[*test]*turn
	// What people's statements ask of keys, in order.
	kept     []*arnPattern
	asked    []*test
	compared []string
	faced    []*turn        // of facing
	looks    []look         // by class of keys
	texts    map[string]int // what looks number
	// Of signatures: what they are written in, and the numbers of lines.
	text, line []byte
	words      []string
	numbers    []uint64
	known      map[string]uint64
}

// spread is a pattern of keys in statements of people.
type spread struct {
	pattern *arnPattern
	people  int
	keys    []int
	last    int  // of the people, who is counted
	single  bool // makes pairs, not classes
}

// pairsPer is how many pairs a pattern makes at most, for each of the people and keys
// that it joins; others make classes.
const pairsPer = 16

func newSorter(c *Census) *sorter {
	s := &sorter{
		Census: c, fixed: c.account.actions[strings.ToLower(c.action)], near: make([][]int, len(c.keys)),
		ofKeys: map[string]bool{}, resource: map[string]*spread{}, tests: map[string]*test{}, mixed: map[string]bool{}, met: map[*test]*turn{}, texts: map[string]int{}, known: map[string]uint64{},
	}
	families := map[string]bool{}
	for _, k := range c.keys {
		for f := k.facts; f != nil; f = f.base {
			for _, e := range f.entries {
				s.ofKeys[e.key] = true
			}
			for _, p := range f.prefixes {
				families[p.prefix] = true
			}
		}
	}
	for prefix := range families {
		s.families = append(s.families, prefix)
	}
	s.byID = byID(c.keys)
	for _, account := range c.account.together() {
		for _, level := range slices.Concat(account.org.scp[c.stance], account.org.rcp[c.stance]) {
			for _, p := range level {
				for i := range p.statements {
					if one := &p.statements[i]; one.kms&c.set != 0 {
						s.shared = append(s.shared, one)
					}
				}
			}
		}
	}
	s.face()
	return s
}

// byID are the numbers of keys, sorted by id.
func byID(keys []*key) []int {
	list := make([]int, len(keys))
	for i := range keys {
		list[i] = i
	}
	slices.SortFunc(list, func(i, j int) int { return strings.Compare(keys[i].at.ID, keys[j].at.ID) })
	return list
}

// face gathers the tests that turn on who asks, each once.
func (s *sorter) face() {
	met, names := map[string]bool{}, map[string]bool{}
	see := func(st *statement) {
		(&statement{resources: st.resources}).testedKeys(names)
		for i := range st.tests {
			t := &st.tests[i]
			if of := s.turns(t); of.people && !met[of.text] {
				met[of.text] = true
				s.facing, s.faced = append(s.facing, t), append(s.faced, of)
			}
		}
	}
	for _, st := range s.shared {
		see(st)
	}
	s.eachDense(see)
	s.naming = slices.Sorted(maps.Keys(names))
}

// ofKey reports context keys that keys fix.
func (s *sorter) ofKey(name string) bool {
	if s.ofKeys[name] {
		return true
	}
	return slices.ContainsFunc(s.families, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// turn is what a test turns on: context keys, and whether people or keys fix them.
type turn struct {
	text, open   string
	about        []string
	people, keys bool
}

// turns finds what a test turns on: its own context key, and those of its
// variables. What nobody fixes is the same for all, and counts as people's.
func (s *sorter) turns(t *test) *turn {
	if found := s.met[t]; found != nil {
		return found
	}
	names := map[string]bool{}
	(&statement{tests: []test{*t}}).testedKeys(names)
	of := &turn{about: slices.Sorted(maps.Keys(names))}
	of.text = fmt.Sprintf("%q %q %q %q", t.source.Operator, t.source.Key, t.source.Values, of.about)
	for _, name := range of.about {
		if s.ofKey(name) {
			of.keys = true
		} else {
			of.people = true
		}
	}
	of.open = "open " + of.text
	s.met[t] = of
	return of
}

// covered are the keys that a pattern matches, for somebody at least.
func (s *sorter) covered(p *arnPattern) []int {
	candidates := s.byID
	if p.parts != nil {
		tokens := p.parts[arnResource].tokens
		if len(tokens) > 0 && tokens[0].kind == literal {
			if prefix, found := strings.CutPrefix(tokens[0].text, "key/"); found {
				from := sort.Search(len(s.byID), func(i int) bool { return s.keys[s.byID[i]].at.ID >= prefix })
				to := from
				for to < len(s.byID) && strings.HasPrefix(s.keys[s.byID[to]].at.ID, prefix) {
					to++
				}
				candidates = s.byID[from:to]
			}
		}
	}
	var keys []int
	anybody := Context{otherwise: unknown}
	for _, i := range candidates {
		if a, ok := splitARN(s.keys[i].at.ARN); ok && p.matches(&a, &anybody) != no {
			keys = append(keys, i)
		}
	}
	return keys
}

// exact reports a resource that is one ARN.
func (p *arnPattern) exact() bool {
	return !p.any && !p.wrong && !p.short && p.parts == nil && p.whole == nil
}

// variables reports a resource with variables.
func (p *arnPattern) hasVariables() bool {
	found := false
	p.variables(func(one *pattern) { found = found || one.vars })
	return found
}
