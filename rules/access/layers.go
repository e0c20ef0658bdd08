package access

import "slices"

// Says is what a layer says to a request.
type Says string

// What layers say. Only an explicit denial by one of them, or the silence of one
// that is needed, denies a request.
const (
	SaysDeny     Says = "denies"
	SaysAllow    Says = "allows"
	SaysDelegate Says = "delegates" // leaves it to the policies of the caller's account (K1, E6)
	SaysOpen     Says = "depends"   // open tests decide
	SaysUnread   Says = "unread"
	SaysNothing  Says = "silent" // there is no Allow for the request
	SaysNone     Says = "none"   // there is no such policy, and it need not allow
	SaysExempt   Says = "exempt" // it does not bind this request
)

// LayerAnswer is what one layer says to a request, with its statements.
type LayerAnswer struct {
	Layer Layer `json:"layer"`
	// Level is the root, organizational unit or account that SCPs and RCPs hang
	// on, "" where they were not read.
	Level string `json:"level"`
	Says  Says   `json:"says"`
	Why   string `json:"why"` // of none, exempt and what is taken for granted, with the rule
	// Statements are those that hold or may hold, and, where nothing allows, the
	// Allows for the action that do not hold.
	Statements []StatementAnswer `json:"statements"`
	Unread     []UnreadRef       `json:"unread"`
}

// StatementAnswer is a statement or grant and whether it holds for a request.
type StatementAnswer struct {
	Ref   StatementRef `json:"ref"`
	Holds string       `json:"holds"` // yes, open, no
	// As is how a key or bucket policy or a grant names the caller: account, role
	// or direct; "" in other layers (E5).
	As string `json:"as"`
	// Tests are those that are open, or those that fail.
	Tests []ComparedTest `json:"tests"`
}

// ComparedTest is a test and what the request has to be compared.
type ComparedTest struct {
	Key      string   `json:"key"`
	Operator string   `json:"operator"`
	Values   []string `json:"values"`
	// Has are the values of the request, where they are known.
	Has   []string `json:"has"`
	Known bool     `json:"known"` // false: neither values nor absence are known
}

const someMisses = 8 // how many Allows that do not hold are told of a layer

// hearing asks layer by layer.
type hearing struct {
	at     *situation
	layers []LayerAnswer
}

// layersOf asks every layer of a query.
func layersOf(r *Request, x *query) []LayerAnswer {
	p := &x.policies
	at := newSituation(r, p)
	h := hearing{at: &at}
	h.own(p)
	var ids []string
	if x.from != nil {
		ids = x.from.org.ids[0]
	}
	h.organization(LayerSCP, p.SCP, ids, h.freeOfSCP(p))
	h.organization(LayerRCP, p.RCP, x.owner.org.ids[1], h.freeOfRCP(p))
	h.resource(p)
	h.grants(p)
	return h.layers
}

func (h *hearing) add(layer Layer, says Says, why string) *LayerAnswer {
	h.layers = append(h.layers, LayerAnswer{Layer: layer, Says: says, Why: why})
	return &h.layers[len(h.layers)-1]
}

// own are the layers of the principal's side (E1).
func (h *hearing) own(p *Policies) {
	kind := h.at.who.kind
	switch {
	case kind == callerRoot:
		h.add(LayerIdentity, SaysAllow, "E8: the root user has every permission in its account")
		return
	case !h.at.who.iam():
		h.add(LayerIdentity, SaysExempt, "K8: who has no identity policies needs none")
		return
	}
	l := h.add(LayerIdentity, SaysNothing, "")
	h.policies(l, p.Identity)
	switch {
	case kind == callerFederatedUser && p.Session == nil:
		l.Says, l.Why = SaysNothing, "E7: a federated user session without a session policy has nothing from identity policies"
	case slices.ContainsFunc(p.Identity, func(one *Policy) bool { return one != nil && one.permissive }):
		l.Why = "E6: the account was not read, and is taken to allow its own principals"
	}
	if p.HasBoundary || len(p.Boundary) > 0 {
		h.policies(h.add(LayerBoundary, SaysNothing, ""), p.Boundary)
	} else {
		h.add(LayerBoundary, SaysNone, "")
	}
	if p.Session != nil {
		h.policies(h.add(LayerSession, SaysNothing, ""), []*Policy{p.Session})
	} else {
		h.add(LayerSession, SaysNone, "Q5: session policies are not in a snapshot; none is assumed")
	}
}

func (h *hearing) freeOfSCP(p *Policies) string {
	switch {
	case p.PrincipalInManagementAccount:
		return "O3: SCPs do not bind the management account"
	case h.at.who.linked:
		return "O3: SCPs do not bind service-linked roles"
	case h.at.scpFree:
		return "O3: SCPs bind users, roles and root users only"
	}
	return ""
}

func (h *hearing) freeOfRCP(p *Policies) string {
	switch {
	case p.ResourceInManagementAccount:
		return "O5: RCPs do not bind resources of the management account"
	case h.at.who.linked:
		return "O5: RCPs do not bind service-linked roles"
	case p.AWSManagedKey:
		return "O5: RCPs do not bind AWS managed keys"
	case h.at.rcpFree:
		return "O5: RCPs do not bind kms:RetireGrant"
	}
	return ""
}

func (h *hearing) organization(layer Layer, levels [][]*Policy, ids []string, free string) {
	switch {
	case free != "":
		h.add(layer, SaysExempt, free)
		return
	case len(levels) == 0:
		h.add(layer, SaysNone, "")
		return
	}
	for i, level := range levels {
		l := h.add(layer, SaysNothing, "")
		if i < len(ids) {
			l.Level = ids[i]
		}
		if layer == LayerSCP {
			h.policies(l, level)
		} else {
			h.denials(l, level)
		}
		if slices.ContainsFunc(level, func(p *Policy) bool { return p.permissive }) {
			l.Why = "O7: a policy that was not read is taken as not restricting"
		}
	}
}

// policies asks policies of the principal's side: they unite (E1, O1).
func (h *hearing) policies(l *LayerAnswer, policies []*Policy) {
	e := identityEffect(policies, h.at)
	for _, p := range policies {
		if p == nil || p.unread != nil {
			l.unread(p)
			continue
		}
		for i := range p.statements {
			if s := &p.statements[i]; !s.hasPrincipal {
				h.hear(l, p, s, s.applies(h.at), "", e.allow)
			}
		}
	}
	l.settle(e.deny, e.allow, no)
}

// denials asks RCPs, of which only the Denies count (O4).
func (h *hearing) denials(l *LayerAnswer, policies []*Policy) {
	deny := no
	for _, p := range policies {
		if p.unread != nil {
			l.unread(p)
			deny = max(deny, maybe)
			continue
		}
		for i := range p.statements {
			if s := &p.statements[i]; s.deny && s.hasPrincipal {
				t := min(s.applies(h.at), s.reachOf(h.at).any())
				h.hear(l, p, s, t, "", yes)
				deny = max(deny, t)
			}
		}
	}
	l.settle(deny, yes, no)
}

// resource asks the key or bucket policy.
func (h *hearing) resource(p *Policies) {
	switch {
	case h.at.retire:
		h.add(LayerResource, SaysExempt, "G8: key policies do not decide about RetireGrant")
		return
	case h.at.identityOnly():
		h.add(LayerResource, SaysExempt, "M9: no resource policy takes part")
		return
	case p.Resource == nil:
		h.add(LayerResource, SaysNone, "")
		return
	}
	l := h.add(LayerResource, SaysNothing, "")
	if p.Resource.unread != nil {
		l.unread(p.Resource)
		l.settle(maybe, maybe, no)
		return
	}
	e := p.Resource.resourceEffect(h.at)
	for i := range p.Resource.statements {
		s := &p.Resource.statements[i]
		r := s.reachOf(h.at)
		if !s.hasPrincipal || r.any() == no {
			continue
		}
		h.hear(l, p.Resource, s, min(s.applies(h.at), r.any()), formOf(r), max(e.direct, e.role))
	}
	account := no
	if h.at.crossing || h.at.service == serviceKMS {
		account = e.account
	}
	l.settle(e.deny, max(e.direct, e.role), account)
	if p.PublicBlocked && (h.at.crossing || h.at.who.kind == callerAnyone) && l.Says != SaysDeny {
		l.Says, l.Why = SaysNothing, "S2: the policy is public and RestrictPublicBuckets is on, so it gives other accounts nothing"
	}
}

// formOf names the strongest form in which a statement reaches the caller.
func formOf(r reach) string {
	switch r.any() {
	case r.direct:
		return "direct"
	case r.role:
		return "role"
	}
	return "account"
}

func (h *hearing) grants(p *Policies) {
	if h.at.service != serviceKMS || h.at.identityOnly() {
		return
	}
	if len(p.Grants) == 0 {
		h.add(LayerGrant, SaysNone, "")
		return
	}
	l := h.add(LayerGrant, SaysNothing, "")
	e := grantsEffect(p.Grants, h.at)
	for i := range p.Grants {
		g := &p.Grants[i]
		if g.Unread != nil {
			l.Unread = append(l.Unread, *g.Unread)
			continue
		}
		t := g.effect(h.at)
		whom := g.grantee(h.at)
		if t.any() == no && (whom.any() == no || h.at.retire) {
			continue
		}
		answer := StatementAnswer{Ref: g.ref(), Holds: holds(t.any()), As: formOf(whom)}
		switch {
		case t.any() == maybe:
			answer.Tests = h.compared(g.openTests(h.at))
		case t.any() == no && !g.holds(h.at.action):
			answer.Tests = []ComparedTest{{Key: "Operations", Operator: "Operations", Values: g.Operations, Has: []string{h.at.action}, Known: true}}
		case t.any() == no:
			answer.Tests = h.compared(g.failedTests(h.at))
		}
		l.Statements = append(l.Statements, answer)
	}
	l.settle(no, max(e.direct, e.role), e.account)
}

// failedTests are the constraints of a grant that do not hold.
func (g *Grant) failedTests(at *situation) []Test {
	var tests []Test
	for _, pairs := range []map[string]string{g.EncryptionContextEquals, g.EncryptionContextSubset} {
		for name, value := range pairs {
			if hasPair(at.ctx, name, value) == no {
				tests = append(tests, Test{Key: "kms:EncryptionContext:" + name, Operator: "StringEquals", Values: []string{value}})
			}
		}
	}
	if g.SourceARN != "" && g.fromSource(at) == no {
		tests = append(tests, Test{Key: "aws:SourceArn", Operator: "ArnLike", Values: []string{g.SourceARN}})
	}
	slices.SortFunc(tests, byKey)
	return tests
}

// hear notes a statement that holds or may hold, or, where the layer does not
// allow otherwise, an Allow for the action that does not.
func (h *hearing) hear(l *LayerAnswer, p *Policy, s *statement, t tri, as string, allowed tri) {
	if s.services&h.at.service == 0 {
		return
	}
	answer := StatementAnswer{Ref: *p.ref(s), Holds: holds(t), As: as}
	switch t {
	case yes:
	case maybe:
		answer.Tests = h.compared(s.openTests(h.at, &answer.Ref))
	case no:
		if s.deny || allowed == yes || !s.onAction(h.at.action) || len(l.Statements) >= someMisses {
			return
		}
		answer.Tests = h.compared(s.failedTests(h.at))
	}
	l.Statements = append(l.Statements, answer)
}

// failedTests are what keeps a statement for the action from holding.
func (s *statement) failedTests(at *situation) []Test {
	var tests []Test
	if s.onResource(at) == no {
		t := Test{Key: "Resource", Operator: "Resource"}
		if s.notResource {
			t.Key, t.Operator = "NotResource", "NotResource"
		}
		for i := range s.resources {
			t.Values = append(t.Values, s.resources[i].text)
		}
		tests = append(tests, t)
	}
	for i := range s.tests {
		if t := &s.tests[i]; t.eval(at.ctx) == no {
			tests = append(tests, Test{Key: t.source.Key, Operator: t.source.Operator, Values: t.source.Values})
		}
	}
	return tests
}

func (h *hearing) compared(tests []Test) []ComparedTest {
	list := make([]ComparedTest, 0, len(tests))
	for _, t := range tests {
		c := ComparedTest{Key: t.Key, Operator: t.Operator, Values: t.Values}
		switch t.Key {
		case "Resource", "NotResource":
			c.Has, c.Known = []string{shown(h.at.resource, h.at.open)}, true
		case "Principal", "NotPrincipal":
			c.Has, c.Known = []string{h.at.who.text}, true
		default:
			f := h.at.ctx.lookup(lower(t.Key))
			c.Known = f.state == known || f.state == absent
			for _, value := range f.values {
				c.Has = append(c.Has, shown(value, f.head))
			}
		}
		list = append(list, c)
	}
	return list
}

func holds(t tri) string {
	switch t {
	case yes:
		return "yes"
	case maybe:
		return "open"
	}
	return "no"
}

func (l *LayerAnswer) unread(p *Policy) {
	if p != nil && p.unread != nil && !slices.Contains(l.Unread, *p.unread) {
		l.Unread = append(l.Unread, *p.unread)
	}
}

// settle sums up what the layer says.
func (l *LayerAnswer) settle(deny, allow, account tri) {
	switch {
	case deny == yes:
		l.Says = SaysDeny
	case deny == maybe && len(l.Unread) == 0:
		l.Says = SaysOpen
	case len(l.Unread) > 0:
		l.Says = SaysUnread
	case allow == yes:
		l.Says = SaysAllow
	case account == yes:
		l.Says = SaysDelegate
	case max(allow, account) == maybe:
		l.Says = SaysOpen
	default:
		l.Says = SaysNothing
	}
}
