package access

// openKeys are the keys that open tests ask for. Two tests that ask for one key
// may be tied (U4). It finds out without allocating.
type openKeys struct {
	at     *situation
	keys   [8]string
	n      int
	grants int // that are open
	tied   bool
}

// tied reports whether two open tests ask for one key, or there are so many that
// nobody looked.
func (p *Policies) tied(at *situation) bool {
	k := openKeys{at: at}
	if at.who.iam() {
		k.own(p.Identity)
		k.own(p.Boundary)
		if p.Session != nil {
			k.policy(p.Session, false)
		}
	}
	if !at.identityOnly() && !at.retire && p.Resource != nil {
		k.policy(p.Resource, true)
	}
	if at.service == serviceKMS && !at.identityOnly() {
		for i := range p.Grants {
			if p.Grants[i].effect(at).any() == maybe {
				k.grants++
			}
		}
	}
	if !at.scpFree {
		for _, level := range p.SCP {
			k.own(level)
		}
	}
	if !at.rcpFree {
		for _, level := range p.RCP {
			for _, policy := range level {
				k.policy(policy, true)
			}
		}
	}
	// What one grant asks for, policies and other grants may ask for as well.
	return k.tied || k.grants > 0 && k.grants+k.n > 1
}

func (k *openKeys) own(policies []*Policy) {
	for _, p := range policies {
		if p != nil {
			k.policy(p, false)
		}
	}
}

func (k *openKeys) policy(p *Policy, ofResource bool) {
	for i := range p.statements {
		s := &p.statements[i]
		if s.services&k.at.service == 0 || s.hasPrincipal != ofResource || ofResource && s.reachOf(k.at).any() == no || s.applies(k.at) != maybe {
			continue
		}
		for j := range s.tests {
			if t := &s.tests[j]; t.eval(k.at.ctx) == maybe {
				k.see(t.key)
			}
		}
	}
}

func (k *openKeys) see(key string) {
	for _, known := range k.keys[:k.n] {
		if known == key {
			k.tied = true
		}
	}
	if k.n == len(k.keys) {
		k.tied = true
		return
	}
	k.keys[k.n] = key
	k.n++
}
