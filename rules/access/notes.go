package access

import "slices"

// statementNotes reports what is odd about a statement that speaks of the action.
func (e *explainer) statementNotes(p *Policy, s *statement) {
	if s.notResource && s.on(e.at) && slices.ContainsFunc(s.resources, func(r arnPattern) bool {
		if r.parts == nil || !r.parts[arnResource].vars {
			return false
		}
		_, result := resolve(r.parts[arnResource].tokens, e.at.ctx)
		return result == no
	}) {
		e.notes = append(e.notes, "M7: an entry of NotResource whose variable has no value is taken to match nothing "+p.place(s))
	}
	e.testNotes(p, s)
	if len(s.notes) == 0 {
		return
	}
	odd := slices.ContainsFunc(s.actions, func(a actionPattern) bool { return a.wrong })
	if !odd && !s.on(e.at) {
		return
	}
	for _, note := range s.notes {
		e.notes = append(e.notes, note+" "+p.place(s))
	}
}

// testNotes names tests whose outcome is a reading, given what the request has.
func (e *explainer) testNotes(p *Policy, s *statement) {
	for i := range s.tests {
		t := &s.tests[i]
		several := t.set == setNone && t.kind != opNull && !multivalued(t.key) // multivalued ones are told by their text alone
		missing := t.set == setAny && t.ifExists
		if !several && !missing || !s.onAction(e.at.action) {
			continue
		}
		f := e.at.ctx.lookup(t.key)
		if several && f.many {
			e.notes = append(e.notes, "C21: the plain operator "+t.source.Operator+" on several values of "+t.source.Key+" is taken as never true "+p.place(s))
		}
		if missing && (f.state == absent || f.state == unknown) {
			e.notes = append(e.notes, "C6: ForAnyValue with IfExists is taken as true when the key is missing "+p.place(s))
		}
	}
}

func hasVariable(text string) bool {
	return len(splitPattern(text, false)) > 0 && compilePattern(text, false, true).vars
}

// denialNotes explains implicit denials that surprise.
func (e *explainer) denialNotes(o *outcome) {
	at := e.at
	if o.blocked != noObstacle {
		e.notes = append(e.notes, o.blocked.note(at.action))
		return
	}
	key := at.service == serviceKMS && !at.identityOnly() && !at.retire && !at.crossing
	if key && o.parts[identity] != no && max(o.parts[resourceAccount], o.parts[grantAccount]) == no && (at.who.iam() || at.who.kind == callerRoot) {
		if at.who.kind == callerRoot {
			e.notes = append(e.notes, "K7: no key policy statement gives the account this action, so its root user does not have it")
		} else {
			e.notes = append(e.notes, "K1: no key policy statement lets the account's IAM policies decide")
		}
	}
	e.limitedGrant(o)
	if at.who.kind == callerFederatedUser && o.parts[identity] == no {
		e.notes = append(e.notes, "E7: a federated user session has nothing from identity policies without a session policy")
	}
}

// pathNotes names the readings that an allowed or open verdict rests on.
func (e *explainer) pathNotes(o *outcome) {
	at := e.at
	if !at.crossing {
		for _, w := range e.witnesses {
			switch {
			case w.deny || w.part != resourceDirect:
			case w.everybody && min(o.parts[boundary], o.parts[session]) != yes:
				e.notes = append(e.notes, "E5.4: what a resource policy gives to everybody is taken as not limited by boundary and session policy")
			case !w.everybody && o.parts[session] != yes:
				e.notes = append(e.notes, "E5.2: what a resource policy gives to a session is taken as not limited by the session policy")
			}
		}
	}
	granted := max(o.parts[grantDirect], o.parts[grantRole])
	if granted != no && at.crossing && o.parts[identity] != yes && !at.retire {
		e.notes = append(e.notes, "G6: a grant to a principal of another account is taken to need no identity policy there")
	}
	e.limitedGrant(o)
}

// limitedGrant says what is taken to stand against a grant.
func (e *explainer) limitedGrant(o *outcome) {
	limited := min(o.parts[boundary], o.parts[session], o.scp) != yes
	if limited && max(o.parts[grantDirect], o.parts[grantRole]) != no {
		e.notes = append(e.notes, "G7: SCPs and RCPs are taken to limit grants; boundary and session policy as they limit key policies")
	}
}

func (e *explainer) notPrincipalNotes(p *Policy, s *statement, r reach) {
	switch {
	case !s.deny:
		e.notes = append(e.notes, "M16: Allow with NotPrincipal is taken to allow everybody else "+p.place(s))
	case e.at.boundary == yes && reachOf(s.principals, &e.at.who).any() != no:
		e.notes = append(e.notes, "M16: Deny with NotPrincipal denies every principal that has a boundary "+p.place(s))
	case r.any() == maybe:
		e.notes = append(e.notes, "M16: NotPrincipal lists the caller without its account, role or session, which may deny it all the same "+p.place(s))
	}
}
