package access

import (
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
		signature := s.signature(i, one)
		n, met := classes[string(signature)]
		if !met {
			n = len(s.models)
			classes[string(signature)] = n
			model, allows := s.model(one)
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
	for p, one := range s.people {
		if !s.counts(one) {
			continue
		}
		s.own(one, func(_ *Policy, st *statement) {
			for i := range st.resources {
				r := &st.resources[i]
				if r.any || r.exact() || r.hasVariables() {
					continue
				}
				of := s.resource[r.text]
				if of == nil {
					of = &spread{pattern: r, last: -1}
					s.resource[r.text] = of
				}
				if of.last != p {
					of.last = p
					of.people++
				}
			}
		})
	}
	for _, one := range s.resource {
		one.keys = s.covered(one.pattern)
		one.single = one.people*len(one.keys) <= s.spread*(one.people+len(one.keys))
	}
}

// model is the person without what makes pairs, and with a name that nobody names.
func (s *sorter) model(one *actor) (model *actor, allows actionSet) {
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
	twin.identity, twin.boundary = s.strip(one, one.identity), s.strip(one, one.boundary)
	if one.Kind == "root" {
		return &twin, s.set
	}
	for _, p := range twin.identity {
		if p.unread != nil || p.permissive {
			allows = s.set
		}
		for j := range p.statements {
			if st := &p.statements[j]; !st.deny {
				allows |= st.kms & s.set
			}
		}
	}
	return &twin, allows
}

// alone is the truth of a test that no key has a part in.
func (s *sorter) alone(t *test, one *actor) tri {
	ctx := Context{under: [4]*facts{s.fixed, s.with, one.facts, nil}, otherwise: unknown}
	return t.eval(&ctx)
}

// strip leaves of the policies what classes are made of; what names keys makes pairs.
func (s *sorter) strip(one *actor, policies []*Policy) (left []*Policy) {
	for _, p := range policies {
		switch {
		case p == nil:
			continue
		case p.unread != nil, p.permissive:
			left = append(left, p)
			continue
		case (p.allows|p.denies)&serviceKMS == 0:
			continue
		}
		rest := *p
		rest.statements = nil
		for j := range p.statements {
			st := &p.statements[j]
			if st.kms&s.set == 0 || st.hasPrincipal || !s.keeps(one, st) {
				continue
			}
			own := *st
			own.resources = nil
			for k := range st.resources {
				if s.sorts(&st.resources[k]) {
					own.resources = append(own.resources, st.resources[k])
				}
			}
			rest.statements = append(rest.statements, own)
		}
		left = append(left, &rest) // an empty boundary still limits
	}
	return left
}

// sorts reports a resource that classes are made of, and not pairs.
func (s *sorter) sorts(r *arnPattern) bool {
	spread := s.resource[r.text]
	return !r.exact() && (spread == nil || !spread.single)
}

// keeps reports a statement of somebody of which anything is left to classes.
func (s *sorter) keeps(one *actor, st *statement) bool {
	sorts := st.notResource
	for j := 0; j < len(st.resources) && !sorts; j++ {
		sorts = s.sorts(&st.resources[j])
	}
	if !sorts {
		return false
	}
	for j := range st.tests {
		if t := &st.tests[j]; !s.turns(t).keys && s.alone(t, one) == no {
			return false
		}
	}
	return true
}
