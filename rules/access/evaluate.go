package access

import "strings"

// applies is the truth of everything but the principal (section M, U2).
func (s *statement) applies(at *situation) tri {
	if s.services&at.service == 0 || !s.on(at) {
		return no
	}
	result := s.onResource(at)
	for i := range s.tests {
		if result == no {
			return no
		}
		result = min(result, s.tests[i].eval(at.ctx))
	}
	return result
}

// on reports whether the statement is on the action of the request.
func (s *statement) on(at *situation) bool {
	if at.set != 0 {
		return s.kms&at.set != 0
	}
	return s.onAction(at.action)
}

func (s *statement) onAction(action string) bool {
	for i := range s.actions {
		if s.actions[i].matches(action) {
			return !s.notAction
		}
	}
	return s.notAction
}

func (s *statement) onResource(at *situation) tri {
	if s.noResource {
		return no
	}
	result := no
	for i := range s.resources {
		if result = max(result, s.resources[i].covers(at)); result == yes {
			break
		}
	}
	if s.notResource {
		result = not(result)
	}
	if result == maybe && at.chosen {
		return truth(!s.deny)
	}
	return result
}

// covers compares a pattern with the resource of the request (M6, M9).
func (p *arnPattern) covers(at *situation) tri {
	switch {
	case p.any:
		return yes
	case p.wrong:
		return no
	case at.isARN && at.open:
		return p.matchesHead(&at.parts, at.ctx)
	case at.isARN:
		return p.matches(&at.parts, at.ctx)
	case at.resource != "*" || p.parts == nil || !p.parts[arnResource].any:
		return no
	}
	// The account-wide form. The Region counts where the request's is known.
	service, _, _ := strings.Cut(at.action, ":")
	result := p.parts[arnService].matches(service, at.ctx, false)
	if len(p.parts[arnAccount].tokens) > 0 { // S3's ARNs have no account
		result = min(result, p.parts[arnAccount].matches(at.owner, at.ctx, false))
	}
	if !p.parts[arnRegion].any && len(p.parts[arnRegion].tokens) > 0 {
		switch region := at.ctx.lookup("aws:requestedregion"); {
		case region.state == known && len(region.values) == 1:
			result = min(result, p.parts[arnRegion].matches(region.values[0], at.ctx, false))
		case region.state != absent:
			result = min(result, maybe)
		}
	}
	return result
}

// reachOf is how the statement's principal element covers the caller.
func (s *statement) reachOf(at *situation) reach {
	switch {
	case !s.hasPrincipal:
		return reach{} // M12
	case s.notPrincipal:
		return excepts(s.principals, &at.who, s.deny, at.boundary)
	}
	return reachOf(s.principals, &at.who)
}

// effect is what a layer says: the truth of its Allows and of its Denies (U3).
type effect struct{ allow, deny tri }

// each calls found for every statement of an identity-side policy that is not
// false; found returns false to stop. An unread policy is one unknown Allow and
// one unknown Deny.
func (p *Policy) each(at *situation, found func(s *statement, t tri) bool) {
	for i := range p.statements {
		s := &p.statements[i]
		if s.services&at.service == 0 || s.hasPrincipal {
			continue
		}
		if t := s.applies(at); t != no && !found(s, t) {
			return
		}
	}
}

// identityEffect unites policies of the principal's side (E1).
func identityEffect(policies []*Policy, at *situation) effect {
	var e effect
	for _, p := range policies {
		e = p.add(at, e)
	}
	return e
}

func (p *Policy) add(at *situation, e effect) effect {
	switch {
	case p == nil:
		return e
	case p.permissive:
		e.allow = yes
		return e
	case p.unread != nil:
		return effect{max(e.allow, maybe), max(e.deny, maybe)}
	case (p.allows|p.denies)&at.service == 0:
		return e
	}
	p.each(at, func(s *statement, t tri) bool {
		if s.deny {
			e.deny = max(e.deny, t)
		} else {
			e.allow = max(e.allow, t)
		}
		return true
	})
	return e
}

// resourceEffect is what a key or bucket policy says, by the form in which it
// names the caller (E5).
type resourceEffect struct {
	account, role, direct tri
	deny                  tri
}

func (p *Policy) resourceEffect(at *situation) resourceEffect {
	var e resourceEffect
	switch {
	case p == nil:
		return e
	case p.unread != nil:
		return resourceEffect{maybe, maybe, maybe, maybe}
	}
	for i := range p.statements {
		s := &p.statements[i]
		if s.services&at.service == 0 || !s.hasPrincipal {
			continue
		}
		r := s.reachOf(at)
		if r.any() == no {
			continue
		}
		t := s.applies(at)
		if s.deny {
			e.deny = max(e.deny, min(t, r.any()))
			continue
		}
		e.account = max(e.account, min(t, r.account))
		e.role = max(e.role, min(t, r.role))
		e.direct = max(e.direct, min(t, r.direct))
	}
	return e
}

// rcpDeny is the truth of the Denies of all RCPs (O4).
func rcpDeny(levels [][]*Policy, at *situation) tri {
	result := no
	for _, level := range levels {
		for _, p := range level {
			if p.permissive {
				continue
			}
			e := p.resourceEffect(at)
			result = max(result, e.deny)
		}
	}
	return result
}

// scpEffect is what the SCPs say: every level has to allow (O1), none may deny (O2).
func scpEffect(levels [][]*Policy, at *situation) effect {
	result := effect{allow: yes}
	for _, level := range levels {
		e := identityEffect(level, at)
		result.allow = min(result.allow, e.allow)
		result.deny = max(result.deny, e.deny)
	}
	return result
}
