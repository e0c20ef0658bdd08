package access

import (
	little "encoding/binary"
	"slices"
	"strconv"
)

// signature is equal for people whom every key treats alike but for pairs, which it
// notes; it holds until the next is asked for. It is written without leaving anything
// behind: there are as many as people.
func (s *sorter) signature(i int, one *actor) []byte {
	s.text = appendText(s.text[:0], one.Kind, one.Account)
	s.text = strconv.AppendBool(s.text, one.caller.ServiceLinked || one.ServiceLinked)
	s.text = strconv.AppendBool(s.text, one.hasBoundary)
	s.lines(i, one, one.identity)
	s.lines(i, one, one.boundary)
	s.text = appendValues(s.text, one.facts, s.naming)
	for j, t := range s.facing {
		if of := s.faced[j]; of.keys {
			s.text = append(appendValues(s.text, one.facts, of.about), ';')
		} else {
			s.text = append(s.text, '0'+byte(s.alone(t, one)))
		}
	}
	return s.text
}

// lines adds which statements of the policies classes are made of, whatever their
// order, and notes which keys make pairs.
func (s *sorter) lines(i int, one *actor, policies []*Policy) {
	s.numbers = s.numbers[:0]
	for _, p := range policies {
		switch {
		case p == nil:
			continue
		case p.unread != nil, p.permissive:
			s.line = strconv.AppendBool(append(s.line[:0], "unread "...), p.permissive)
			s.numbered()
			continue
		case (p.allows|p.denies)&serviceKMS == 0:
			continue
		}
		for j := range p.statements {
			if st := &p.statements[j]; st.kms&s.set != 0 && !st.hasPrincipal {
				s.pair(i, st)
				if s.keeps(one, st) {
					s.say(one, st)
					s.numbered()
				}
			}
		}
	}
	slices.Sort(s.numbers)
	s.numbers = slices.Compact(s.numbers)
	for _, n := range s.numbers {
		s.text = little.AppendUvarint(s.text, n)
	}
	s.text = append(s.text, 0) // which no number is
}

// numbered adds the number of a line.
func (s *sorter) numbered() {
	n, met := s.known[string(s.line)]
	if !met {
		n = uint64(len(s.known) + 1)
		s.known[string(s.line)] = n
	}
	s.numbers = append(s.numbers, n)
}

// pair notes the pairs that a statement of person i makes.
func (s *sorter) pair(i int, st *statement) {
	for j := range st.resources {
		r := &st.resources[j]
		if r.exact() {
			if k, found := s.number[r.text]; found {
				s.near[k] = append(s.near[k], i)
			}
		} else if spread := s.resource[r.text]; spread != nil && spread.single {
			for _, k := range spread.keys {
				s.near[k] = append(s.near[k], i)
			}
		}
	}
}

// say writes what classes keep of a statement of somebody.
func (s *sorter) say(one *actor, st *statement) {
	s.words = s.words[:0]
	for j := range st.resources {
		if r := &st.resources[j]; s.sorts(r) {
			s.words = append(s.words, r.text)
		}
	}
	s.line = strconv.AppendBool(s.line[:0], st.deny)
	s.line = strconv.AppendBool(s.line, st.notResource)
	s.line = little.AppendUvarint(s.line, uint64(st.kms&s.set))
	slices.Sort(s.words)
	s.line = append(appendText(s.line, s.words...), ';')
	s.words = s.words[:0]
	for j := range st.tests {
		t := &st.tests[j]
		switch of := s.turns(t); {
		case !of.keys:
			if s.alone(t, one) == maybe { // tests can be tied
				s.words = append(s.words, of.open)
			}
		case !of.people:
			s.tests[of.text] = t
			s.words = append(s.words, of.text)
		default:
			s.words = append(s.words, of.text+values(one.facts, of.about))
			for _, name := range of.about {
				s.mixed[name] = true
			}
		}
	}
	slices.Sort(s.words)
	s.line = appendText(s.line, slices.Compact(s.words)...)
}

// appendText adds texts so that no two lists are written alike.
func appendText(to []byte, texts ...string) []byte {
	for _, text := range texts {
		to = little.AppendUvarint(to, uint64(len(text)+1))
		to = append(to, text...)
	}
	return append(to, 0)
}

// values says what is known of context keys, whose names are sorted.
func values(f *facts, names []string) string { return string(appendValues(nil, f, names)) }

// appendValues adds what is known of context keys.
func appendValues(to []byte, f *facts, names []string) []byte {
	for _, name := range names {
		if found := f.lookup(name); found.state != unset {
			to = appendText(append(to, '0'+byte(found.state)), name)
			to = strconv.AppendBool(strconv.AppendBool(to, found.many), found.head)
			to = appendText(to, found.values...)
		}
	}
	return to
}
