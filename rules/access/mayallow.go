package access

import "strings"

// mayAllow reports whether some identity policy of the principal could allow one
// of the actions on the key. It looks at actions and resources only, and takes a
// resource with variables for one that matches: whom it turns away, the decision
// would turn away too.
func (one *actor) mayAllow(d *doors) bool {
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
			s := &p.statements[i]
			if !s.deny && (s.kms&d.actions != 0 || d.unknown && s.services&serviceKMS != 0) && s.mayCover(&d.key) {
				return true
			}
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
