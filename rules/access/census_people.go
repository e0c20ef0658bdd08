package access

import (
	"fmt"
	"slices"
	"strings"
)

// sortPeople sorts the people.
func (s *sorter) sortPeople() {
	s.opened = s.open()
	s.spreads()
	classes := map[string]int{}
	for i, one := range s.people {
		s.class[i] = -1
		switch one.Kind {
		case "user", "role", "session", "root", "anyone":
		default:
			continue // those who are named only
		}
		if !s.counts(one) {
			continue // only those keys count that name it
		}
		if s.personal(one) {
			for k := range s.near {
				s.near[k] = append(s.near[k], i)
			}
			continue
		}
		model, signature, allows := s.model(i, one)
		n, met := classes[signature]
		if !met {
			n = len(s.models)
			classes[signature] = n
			s.models = append(s.models, model)
			s.members = append(s.members, nil)
			s.allows = append(s.allows, allows)
		}
		s.class[i] = n
		s.members[n] = append(s.members[n], i)
	}
}

// open reports whether some key lets people in whom it does not name and whose own
// policies do not allow it.
func (s *sorter) open() bool {
	for _, k := range s.keys {
		ctx := Context{under: [4]*facts{s.fixed, s.with, nil, k.facts}, otherwise: unknown}
		for i := 0; k.policy != nil && i < len(k.policy.statements); i++ {
			st := &k.policy.statements[i]
			fails := func(t test) bool { return t.eval(&ctx) == no }
			if st.kms&s.set != 0 && !st.deny && st.everybody() && !slices.ContainsFunc(st.tests, fails) {
				return true
			}
		}
		if slices.ContainsFunc(k.grants, func(g Grant) bool { return whoIs(g.Grantee).kind == callerAnyone }) {
			return true
		}
	}
	return false
}

// counts reports whether a key that does not name somebody may let it in.
func (s *sorter) counts(one *actor) bool { return s.opened || s.gives(one) }

// gives reports whether anything on the person's side may allow the action.
func (s *sorter) gives(one *actor) bool {
	if one.Kind == "root" || one.Kind == "anyone" {
		return true
	}
	for _, p := range one.identity {
		if p == nil {
			continue
		}
		if p.unread != nil || p.permissive {
			return true
		}
		if p.allows&serviceKMS == 0 {
			continue
		}
		for i := range p.statements {
			if st := &p.statements[i]; st.kms&s.set != 0 && !st.deny && !st.hasPrincipal {
				return true
			}
		}
	}
	return false
}

// own calls see for every statement of the person's policies that is on the action.
func (s *sorter) own(one *actor, see func(*Policy, *statement)) {
	for _, list := range [][]*Policy{one.identity, one.boundary} {
		for _, p := range list {
			if p == nil || (p.allows|p.denies)&serviceKMS == 0 {
				continue
			}
			for i := range p.statements {
				if st := &p.statements[i]; st.kms&s.set != 0 && !st.hasPrincipal {
					see(p, st)
				}
			}
		}
	}
}

// personal reports people whose statements name resources by variables: they make
// a pair with every key.
func (s *sorter) personal(one *actor) bool {
	found := false
	s.own(one, func(_ *Policy, st *statement) {
		found = found || slices.ContainsFunc(st.resources, func(r arnPattern) bool { return r.hasVariables() })
	})
	return found
}

// spreads finds which patterns of resources make pairs, of those who count.
func (s *sorter) spreads() {
	for _, one := range s.people {
		if !s.counts(one) {
			continue
		}
		met := map[string]bool{}
		s.own(one, func(_ *Policy, st *statement) {
			for i := range st.resources {
				r := &st.resources[i]
				if r.any || r.exact() || r.hasVariables() || met[r.text] {
					continue
				}
				met[r.text] = true
				if s.resource[r.text] == nil {
					s.resource[r.text] = &spread{pattern: r}
				}
				s.resource[r.text].people++
			}
		})
	}
	for _, one := range s.resource {
		one.keys = s.covered(one.pattern)
		one.single = one.people*len(one.keys) <= s.spread*(one.people+len(one.keys))
	}
}

// model is the person without what makes pairs, and with a name that nobody names;
// the signature is equal for people whom every key treats alike but for pairs.
func (s *sorter) model(i int, one *actor) (model *actor, signature string, allows actionSet) {
	twin := *one
	switch one.Kind {
	case "user":
		twin.caller.ARN, twin.caller.UniqueID = "arn:aws:iam::"+one.Account+":user/\x00", "AIDA\x00"
	case "role":
		twin.caller.ARN, twin.caller.UniqueID = "arn:aws:iam::"+one.Account+":role/\x00", "AROA\x00"
	case "session":
		twin.caller.ARN, twin.caller.UniqueID = "arn:aws:sts::"+one.Account+":assumed-role/\x00/\x00", "AROA\x00"
	}
	if parts, ok := splitARN(one.caller.ARN); ok && one.Kind != "root" {
		twin.caller.ARN = strings.Replace(twin.caller.ARN, "arn:aws:", "arn:"+parts[arnPartition]+":", 1)
	}
	twin.caller.ServiceLinked = one.caller.ServiceLinked || one.ServiceLinked
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s %v %v\n", one.Kind, one.Account, twin.caller.ServiceLinked, one.hasBoundary)
	identity, first := s.strip(i, one, one.identity)
	boundary, second := s.strip(i, one, one.boundary)
	twin.identity, twin.boundary = identity, boundary
	fmt.Fprintf(&text, "%s\n%s\n", strings.Join(first, "\n"), strings.Join(second, "\n"))
	text.WriteString(values(one.facts, s.naming))
	for _, t := range s.facing {
		if of := s.turns(t); of.keys {
			text.WriteString(values(one.facts, of.about))
		} else {
			text.WriteByte('0' + byte(s.alone(t, one)))
		}
	}
	if one.Kind == "root" {
		return &twin, text.String(), s.set
	}
	for _, p := range identity {
		if p.unread != nil || p.permissive {
			allows = s.set
		}
		for j := range p.statements {
			if st := &p.statements[j]; !st.deny {
				allows |= st.kms & s.set
			}
		}
	}
	return &twin, text.String(), allows
}

// alone is the truth of a test that no key has a part in.
func (s *sorter) alone(t *test, one *actor) tri {
	ctx := Context{under: [4]*facts{s.fixed, s.with, one.facts, nil}, otherwise: unknown}
	return t.eval(&ctx)
}

// values says what is known of context keys, whose names are sorted.
func values(f *facts, names []string) string {
	var text strings.Builder
	for _, name := range names {
		if found := f.lookup(name); found.state != unset {
			fmt.Fprintf(&text, "%q %v\n", name, found)
		}
	}
	return text.String()
}

// strip leaves of the policies what classes are made of, and says it in lines; what
// names keys makes pairs.
func (s *sorter) strip(i int, one *actor, policies []*Policy) (left []*Policy, lines []string) {
	for _, p := range policies {
		switch {
		case p == nil:
			continue
		case p.unread != nil, p.permissive:
			left = append(left, p)
			lines = append(lines, fmt.Sprintf("unread %v", p.permissive))
			continue
		case (p.allows|p.denies)&serviceKMS == 0:
			continue
		}
		rest := *p
		rest.statements = nil
		for j := range p.statements {
			st := &p.statements[j]
			if st.kms&s.set == 0 || st.hasPrincipal {
				continue
			}
			if own, line := s.left(i, one, st); own != nil {
				rest.statements = append(rest.statements, *own)
				lines = append(lines, line)
			}
		}
		left = append(left, &rest) // an empty boundary still limits
	}
	slices.Sort(lines)
	return left, slices.Compact(lines)
}

// left is what classes keep of a statement, nil if that is nothing.
func (s *sorter) left(i int, one *actor, st *statement) (*statement, string) {
	own := *st
	own.resources = nil
	var texts []string
	for j := range st.resources {
		r := &st.resources[j]
		switch spread := s.resource[r.text]; {
		case r.exact():
			if k, found := s.number[r.text]; found {
				s.near[k] = append(s.near[k], i)
			}
		case spread != nil && spread.single:
			for _, k := range spread.keys {
				s.near[k] = append(s.near[k], i)
			}
		default:
			own.resources = append(own.resources, *r)
			texts = append(texts, r.text)
		}
	}
	if len(own.resources) == 0 && !own.notResource {
		return nil, ""
	}
	line := "allow"
	if st.deny {
		line = "deny"
	}
	slices.Sort(texts)
	line += fmt.Sprintf(" %x %v %q", st.kms&s.set, own.notResource, texts)
	var tests []string
	for j := range st.tests {
		t := &st.tests[j]
		of := s.turns(t)
		text := of.text
		switch {
		case !of.keys:
			switch s.alone(t, one) {
			case no:
				return nil, ""
			case yes:
				continue
			}
			text = "open " + text // tests can be tied
		case !of.people:
			s.tests[text] = t
		default:
			text += values(one.facts, of.about)
			for _, name := range of.about {
				s.mixed[name] = true
			}
		}
		tests = append(tests, text)
	}
	slices.Sort(tests)
	return &own, line + fmt.Sprintf(" %q", slices.Compact(tests))
}
