package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// sortKeys sorts the keys.
func (s *sorter) sortKeys() {
	classes := map[string]int{}
	for _, name := range slices.Sorted(maps.Keys(s.resource)) {
		if one := s.resource[name]; !one.single {
			s.kept = append(s.kept, one.pattern)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.tests)) {
		s.asked = append(s.asked, s.tests[name])
	}
	s.compared = slices.Sorted(maps.Keys(s.mixed))
	for i, k := range s.keys {
		s.keyClass[i] = -1
		if k.policy != nil && k.policy.unread != nil {
			s.unread = append(s.unread, k.named(*k.policy.unread))
			continue
		}
		for j := range k.grants {
			if ref := k.grants[j].Unread; ref != nil {
				s.unread = append(s.unread, k.named(*ref))
			}
		}
		model, text := s.keyModel(i, k)
		signature := text.signature()
		n, met := classes[signature]
		if !met {
			n = len(s.patterns)
			classes[signature] = n
			s.patterns = append(s.patterns, model)
			s.see(model, text)
		}
		s.keyClass[i] = n
	}
	for k := range s.near {
		slices.Sort(s.near[k])
		s.near[k] = slices.Compact(s.near[k])
	}
}

// keyModel is the key without what makes pairs; the look is equal for keys that treat
// everybody alike but for pairs.
func (s *sorter) keyModel(i int, k *key) (*key, *lookText) {
	twin := *k
	var text strings.Builder
	fmt.Fprintf(&text, "%v %v\n", k.aws, k.fixed)
	var lines []string
	if k.policy != nil {
		rest := *k.policy
		rest.statements = nil
		for j := range k.policy.statements {
			st := &k.policy.statements[j]
			for l := range st.principals {
				s.meet(i, &st.principals[l])
			}
			if st.kms&s.set == 0 || !st.hasPrincipal {
				continue
			}
			if own, line := s.keyStatement(k, st); own != nil {
				rest.statements = append(rest.statements, *own)
				lines = append(lines, line)
			}
		}
		twin.policy = &rest
	}
	twin.grants = nil
	for j := range k.grants {
		g := &k.grants[j]
		for _, name := range []string{g.Grantee, g.GranteeService, g.Retiring, g.RetiringService, g.IssuingAccount} {
			n := named{who: whoIs(name)}
			s.meet(i, &n)
		}
		if whoIs(g.Grantee).kind == callerRoot || isService(g.Grantee) || s.set&setOf("kms:retiregrant") != 0 { // G8
			twin.grants = append(twin.grants, *g)
			same := *g
			same.ID, same.Name, same.Pointer = "", "", ""
			lines = append(lines, fmt.Sprintf("grant %+v", same))
		}
	}
	slices.Sort(lines)
	text.WriteString(strings.Join(slices.Compact(lines), "\n"))
	return &twin, s.faces(k, &text)
}

// lets reports whether the key's policy or grants may let somebody in whose own
// policies do not allow the action.
func (s *sorter) lets(k *key) bool {
	if len(k.grants) > 0 {
		return true
	}
	return k.policy != nil && slices.ContainsFunc(k.policy.statements, func(st statement) bool {
		return st.kms&s.set != 0 && !st.deny && (st.notPrincipal || slices.ContainsFunc(st.principals, func(n named) bool { return n.who.kind != callerRoot }))
	})
}

// meet makes pairs of a key and those whom a name of its policy or grants means.
func (s *sorter) meet(k int, n *named) {
	add := func(name string) { s.near[k] = s.roll.appendNamed(s.near[k], name) }
	switch {
	case n.text == "" || n.who.kind == callerAnyone:
		return
	case n.who.kind == callerRole:
		add(n.account + "/" + n.name)
	case n.who.kind == callerRoot:
		add(n.account)
		return // classes know accounts
	}
	add(n.text)
}

// eachDense calls see for the statements of key policies that classes keep.
func (s *sorter) eachDense(see func(*statement)) {
	for _, k := range s.keys {
		if k.policy == nil {
			continue
		}
		for j := range k.policy.statements {
			st := &k.policy.statements[j]
			if st.kms&s.set != 0 && (st.notPrincipal || slices.ContainsFunc(st.principals, func(n named) bool { return n.wide() })) {
				see(st)
			}
		}
	}
}

// wide reports principals that classes know: everybody, and accounts.
func (n *named) wide() bool { return n.who.kind == callerAnyone || n.who.kind == callerRoot }

// keyStatement is what classes keep of a statement of a key policy, nil if that is
// nothing.
func (s *sorter) keyStatement(k *key, st *statement) (*statement, string) {
	own := *st
	own.principals = nil
	var who []string
	for j := range st.principals {
		n := &st.principals[j]
		if st.notPrincipal || n.wide() {
			own.principals = append(own.principals, *n)
			who = append(who, n.kind+" "+n.text)
		}
	}
	if len(own.principals) == 0 && !st.notPrincipal {
		return nil, ""
	}
	slices.Sort(who)
	ctx := Context{under: [4]*facts{s.fixed, s.with, nil, k.facts}, otherwise: unknown}
	parts, ok := splitARN(k.at.ARN)
	at := situation{resource: k.at.ARN, isARN: ok, parts: parts, isKey: true, ctx: &ctx}
	on := own.onResource(&at)
	if on == no {
		return nil, ""
	}
	line := fmt.Sprintf("%x %v %v %q %d", st.kms&s.set, st.deny, st.notPrincipal, who, on)
	if on == maybe { // by variables
		line += " " + k.at.ARN
	}
	var tests []string
	for j := range st.tests {
		t := &st.tests[j]
		of := s.turns(t)
		switch {
		case !of.people && of.keys:
			switch t.eval(&ctx) {
			case no:
				return nil, ""
			case yes:
				continue
			}
			tests = append(tests, "open "+of.text)
		case of.keys:
			tests = append(tests, of.text, values(k.facts, of.about))
		default:
			tests = append(tests, of.text)
		}
	}
	slices.Sort(tests)
	return &own, line + fmt.Sprintf(" %q", tests)
}

// faces tells how a key looks: whose policy the text is of, what the organization's
// statements make of it, and what those of people do.
func (s *sorter) faces(k *key, text *strings.Builder) *lookText {
	ctx := Context{under: [4]*facts{s.fixed, s.with, nil, k.facts}, otherwise: unknown}
	parts, ok := splitARN(k.at.ARN)
	at := situation{resource: k.at.ARN, isARN: ok, parts: parts, isKey: true, ctx: &ctx}
	text.WriteString("\n")
	for _, st := range s.shared {
		on := st.onResource(&at)
		if text.WriteByte('0' + byte(on)); on == maybe { // by variables
			text.WriteString(k.at.ARN)
		}
		for j := range st.tests {
			t := &st.tests[j]
			if of := s.turns(t); of.keys && !of.people {
				text.WriteByte('0' + byte(t.eval(&ctx)))
			} else if of.keys {
				text.WriteString(values(k.facts, of.about))
			}
		}
	}
	look := &lookText{side: text.String(), face: make([]byte, 0, len(s.kept)+len(s.asked))}
	for _, pattern := range s.kept {
		look.face = append(look.face, byte(pattern.covers(&at)))
	}
	for _, t := range s.asked {
		look.face = append(look.face, byte(t.eval(&ctx)))
	}
	for i := range s.compared {
		look.compared = append(look.compared, values(k.facts, s.compared[i:i+1]))
	}
	return look
}
