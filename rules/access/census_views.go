package access

import (
	little "encoding/binary"
	"slices"
)

// look is what there is to see of a class of keys.
type look struct {
	side      int   // what its policy, its grants and the organization make of people; equal for some classes
	face      []int // what patterns and tests in statements of people make of it, and its values of context keys
	everybody bool  // lets people in whose own policies do not allow it
}

// lookText is a look in writing.
type lookText struct {
	side     string
	face     []byte   // a truth for each pattern that is kept and for each test that is asked
	compared []string // values of the context keys that are compared
}

// signature is equal for equal looks.
func (l *lookText) signature() string {
	text := l.side + "\x00" + string(l.face)
	for _, values := range l.compared {
		text += "\x00" + values
	}
	return text
}

// see notes the look of a new class of keys.
func (s *sorter) see(model *key, text *lookText) {
	number := func(of string) int {
		if _, met := s.texts[of]; !met {
			s.texts[of] = len(s.texts)
		}
		return s.texts[of]
	}
	doors := model.doors(s.account.id)
	l := look{side: number(text.side), face: make([]int, 0, len(text.face)+len(text.compared)), everybody: doors.everybody}
	for _, truth := range text.face {
		l.face = append(l.face, int(truth))
	}
	for _, values := range text.compared {
		l.face = append(l.face, number(values))
	}
	s.looks = append(s.looks, l)
}

// views says which classes of keys look the same to a class of people: statements of
// theirs look at few of all the patterns, tests and context keys that keys are sorted
// by, and what they do not look at makes no difference to them.
type views struct {
	*sorter
	place map[string]int // in faces: of patterns, by text
	tests map[string]int // of tests, by text
	keys  map[string]int // of context keys
	at    []int          // places that the people look at who are looked at now
	text  []byte
}

func newViews(s *sorter) *views {
	v := &views{sorter: s, place: map[string]int{}, tests: map[string]int{}, keys: map[string]int{}}
	for i, pattern := range s.kept {
		v.place[pattern.text] = i
	}
	for i, t := range s.asked {
		v.tests[s.turns(t).text] = len(s.kept) + i
	}
	for i, name := range s.compared {
		v.keys[name] = len(s.kept) + len(s.asked) + i
	}
	return v
}

// of turns to a class of people and the actions.
func (v *views) of(model *actor, actions actionSet) {
	v.at = v.at[:0]
	for _, list := range [][]*Policy{model.identity, model.boundary} {
		for _, p := range list {
			for i := range p.statements {
				if st := &p.statements[i]; st.kms&actions != 0 {
					v.statement(st)
				}
			}
		}
	}
	slices.Sort(v.at)
	v.at = slices.Compact(v.at)
}

func (v *views) statement(st *statement) {
	for i := range st.resources {
		if place, kept := v.place[st.resources[i].text]; kept {
			v.at = append(v.at, place)
		}
	}
	for i := range st.tests {
		switch of := v.turns(&st.tests[i]); {
		case !of.keys:
		case !of.people:
			v.at = append(v.at, v.tests[of.text])
		default:
			for _, name := range of.about {
				v.at = append(v.at, v.keys[name])
			}
		}
	}
}

// on is what the people see of a class of keys; it holds until the next is asked for.
func (v *views) on(class int) []byte {
	l := &v.looks[class]
	v.text = little.AppendUvarint(v.text[:0], uint64(l.side)) //nolint:gosec // a number of a text
	for _, place := range v.at {
		v.text = little.AppendUvarint(v.text, uint64(l.face[place])) //nolint:gosec // likewise
	}
	return v.text
}

// decideClasses decides for each class of people one of each of the keys that look
// the same to it.
func (c *Census) decideClasses(s *sorter) {
	c.dense = make([][]verdict, len(c.patterns))
	rows := make([]verdict, len(c.patterns)*len(c.models))
	for i := range c.dense {
		c.dense[i] = rows[i*len(c.models) : (i+1)*len(c.models)]
	}
	v := newViews(s)
	known := map[string]verdict{}
	for j, one := range c.models {
		v.of(one, c.set)
		clear(known)
		for i, model := range c.patterns {
			if !s.looks[i].everybody && c.allows[j]&c.set == 0 {
				continue
			}
			text := v.on(i)
			found, met := known[string(text)]
			if !met {
				found = c.grade(one, model)
				known[string(text)] = found
				c.decided++
			}
			c.dense[i][j] = found
		}
	}
}
