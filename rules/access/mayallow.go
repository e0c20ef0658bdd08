package access

import "strings"

// mayAllow reports whether some identity policy of the principal could allow one
// of the actions, in lower case, on the key. It looks at actions and resources
// only, and takes a resource with variables for one that matches: whom it turns
// away, the decision would turn away too.
func (one *actor) mayAllow(actions []string, key *arn) bool {
	for _, p := range one.identity {
		switch {
		case p == nil:
			continue
		case p.unread != nil || p.permissive:
			return true
		case p.allows&serviceKMS == 0:
			continue
		}
		for i := range p.statements {
			if s := &p.statements[i]; !s.deny && s.services&serviceKMS != 0 && s.mayCover(key) && s.onAny(actions) {
				return true
			}
		}
	}
	return false
}

func (s *statement) onAny(actions []string) bool {
	for _, action := range actions {
		if s.onAction(action) {
			return true
		}
	}
	return false
}

func (s *statement) mayCover(key *arn) bool {
	if s.noResource || s.notResource {
		return s.notResource
	}
	for i := range s.resources {
		if p := &s.resources[i]; p.any || strings.Contains(p.text, "${") || p.matches(key, nil) != no {
			return true
		}
	}
	return false
}
