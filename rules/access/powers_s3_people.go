package access

import (
	little "encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// add gathers the powers of everybody.
func (s *bucketSorter) add(g *gatherer) {
	named := s.named()
	known := map[string]*reached{}
	may := newSet(len(s.arns))
	for i, one := range s.account.sorted {
		if one.missing != nil || one.Kind == "root" {
			continue
		}
		clear(may)
		for _, p := range one.identity {
			if s.of(p).any {
				may.join(s.whole)
			}
		}
		s.eachOwn(one, func(_ *Policy, _ *statement, on set) { may.join(on) })
		for _, on := range named[i] {
			may.add(on)
		}
		if may.first() < 0 {
			continue
		}
		id := ""
		if named[i] == nil {
			id = s.signature(one)
		}
		r := known[id]
		if id == "" || r == nil {
			r = s.reach(one, may)
			known[id] = r
		}
		g.add(one, r, []string{s.action}, func(see func(*Policy, *statement, set)) { s.eachOwn(one, see) })
	}
}

// eachOwn calls see for the person's own statements that allow the action, with
// the buckets that they may cover.
func (s *bucketSorter) eachOwn(one *actor, see func(*Policy, *statement, set)) {
	for _, p := range one.identity {
		for _, st := range s.of(p).all {
			if !st.hasPrincipal && !st.deny {
				see(p, st, s.reachable(st))
			}
		}
	}
}

// signature is equal for people whom no bucket tells apart that does not name them.
func (s *bucketSorter) signature(one *actor) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s %v %v", one.Kind, one.Account, one.hasBoundary, one.ServiceLinked)
	for _, list := range [][]*Policy{one.identity, one.boundary} {
		text.WriteByte('|')
		for _, p := range list {
			if r := s.of(p); r.any || len(r.all) > 0 {
				text.WriteString(r.says() + "\n")
			}
		}
	}
	text.WriteString(values(one.facts, s.looks))
	ctx := Context{under: [4]*facts{s.account.actions[s.lower], s.fixed, one.facts, nil}, otherwise: unknown}
	for _, t := range s.facing {
		text.WriteByte('0' + byte(t.eval(&ctx)))
	}
	return text.String()
}

// named are the buckets, by person, whose policies name it in statements on the
// action.
func (s *bucketSorter) named() map[int][]int {
	index := map[string][]int{} // of the names that they have
	for on := range s.arns {
		for _, st := range s.speaks[on] {
			for j := range st.principals {
				n := &st.principals[j]
				index[n.text] = nil
				if n.who.kind == callerRole {
					index[n.account+"/"+n.name] = nil
				}
			}
		}
	}
	note := func(name string, i int) {
		if list, named := index[name]; named {
			index[name] = append(list, i)
		}
	}
	for i, one := range s.account.sorted {
		note(one.ARN, i)
		if id := one.caller.UniqueID; id != "" {
			note(id, i)
		}
		if one.Kind != "user" && one.Kind != "role" {
			if w := whoIs(one.ARN); w.kind == callerSession {
				note(w.account+"/"+w.name, i)
			} else if w.kind == callerRoot {
				note(w.account, i)
			}
		}
	}
	found := map[int][]int{}
	for on := range s.arns {
		for _, st := range s.speaks[on] {
			for j := range st.principals {
				n := &st.principals[j]
				people := slices.Clone(index[n.text])
				if n.who.kind == callerRole {
					people = append(people, index[n.account+"/"+n.name]...)
				}
				for _, i := range people {
					if list := found[i]; len(list) == 0 || list[len(list)-1] != on {
						found[i] = append(found[i], on)
					}
				}
			}
		}
	}
	return found
}

// reach decides for a person and the buckets that it may act on.
func (s *bucketSorter) reach(one *actor, may set) *reached {
	r := newReached(len(s.arns))
	var patterns []coverage
	met, single := map[string]bool{}, false
	s.own(one, func(_ *Policy, st *statement) {
		for i := range st.resources {
			if p := &st.resources[i]; !p.any && !met[p.text] {
				met[p.text] = true
				patterns = append(patterns, s.covered(p))
				single = single || p.hasVariables()
			}
		}
	})
	may.less(s.blind)
	decide := func(on int) verdict {
		x := s.query(one, on)
		return verdict(grade(s.account.verdict(&x)))
	}
	if !single && len(s.members) <= mostClasses {
		s.plain(r, may, patterns, decide)
	}
	known := map[string]verdict{}
	const head = 4 // the class
	face := make([]byte, head+len(patterns))
	for on := range may.all() {
		for i := range patterns {
			face[head+i] = patterns[i].how(on)
		}
		class := s.class[on]
		little.LittleEndian.PutUint32(face, uint32(class)) //nolint:gosec // -1 is never looked up
		v, decided := known[string(face)]
		if !decided || single || class < 0 {
			v = decide(on)
			known[string(face)] = v
		}
		r.put(on, v)
	}
	return r
}

// mostClasses is how many classes of buckets are looked at as sets: of more of them,
// buckets are looked at one by one.
const mostClasses = 64

// plain decides for the buckets that none of the patterns covers, a class at a time,
// and takes them out.
func (s *bucketSorter) plain(r *reached, may set, patterns []coverage, decide func(on int) verdict) {
	rest := slices.Clone(may)
	for i := range patterns {
		for _, on := range patterns[i].some {
			rest.take(on)
		}
	}
	for _, members := range s.members {
		part := slices.Clone(rest)
		part.limit(members)
		if on := part.first(); on >= 0 {
			r.join(part, decide(on))
			may.less(part)
		}
	}
}

func (s *bucketSorter) query(one *actor, on int) query {
	x := query{one: one, action: s.action, resource: s.arns[on], stance: MustNotBeAble, fixed: s.fixed}
	if s.object {
		x.resource, x.open, x.chosen = x.resource+"/", true, true
	}
	s.account.find(&x)
	return x
}
