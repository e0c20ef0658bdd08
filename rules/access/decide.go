package access

import "strings"

// part is a condition that a path to Allowed needs. The order is that of reasons
// for a denial (E9).
type part uint8

const (
	resourceAccount part = iota
	resourceRole
	resourceDirect
	grantAccount
	grantRole
	grantDirect
	identity
	boundary
	session
	partCount
)

func (p part) layer() Layer {
	switch p {
	case resourceAccount, resourceRole, resourceDirect:
		return LayerResource
	case grantAccount, grantRole, grantDirect:
		return LayerGrant
	case boundary:
		return LayerBoundary
	case session:
		return LayerSession
	}
	return LayerIdentity
}

// path is a set of parts that together allow (E4 to E6).
type path uint16

func (p path) has(one part) bool { return p&(1<<one) != 0 }

const (
	ownSide  = path(1<<identity | 1<<boundary | 1<<session)
	sessions = path(1<<boundary | 1<<session)
)

// outcome is the truth of everything that a request turns on.
type outcome struct {
	parts   [partCount]tri
	paths   [6]path // the first is the one that a denial is explained by
	count   int
	scp     tri
	denies  [5]tri // identity, boundary, session, resource, scp; rcp is apart
	rcp     tri
	blocked obstacle // why no policy can allow the request
	allow   tri
	deny    tri
}

func (o *outcome) path(p path) {
	o.paths[o.count] = p
	o.count++
}

func (o *outcome) truthOf(p path) tri {
	result := yes
	for one := range partCount {
		if p.has(one) {
			result = min(result, o.parts[one])
		}
	}
	return result
}

// evaluate computes the outcome without evidence and without allocating.
func evaluate(at *situation, p *Policies) outcome {
	o := outcome{scp: yes}
	o.ownSide(at, p)
	usesResource := !at.identityOnly() && !at.retire
	if usesResource {
		e := p.Resource.resourceEffect(at)
		o.parts[resourceAccount], o.parts[resourceRole], o.parts[resourceDirect] = e.account, e.role, e.direct
		o.denies[3] = e.deny
		if p.PublicBlocked && (at.crossing || at.who.kind == callerAnyone) {
			o.parts[resourceAccount], o.parts[resourceRole], o.parts[resourceDirect] = no, no, no
		}
	}
	if at.service == serviceKMS && !at.identityOnly() {
		g := grantsEffect(p.Grants, at)
		o.parts[grantAccount], o.parts[grantRole], o.parts[grantDirect] = g.account, g.role, g.direct
	}
	if !at.scpFree {
		e := scpEffect(p.SCP, at)
		o.scp, o.denies[4] = e.allow, e.deny
	}
	if !at.rcpFree {
		o.rcp = rcpDeny(p.RCP, at)
	}
	o.addPaths(at)
	o.blocked = at.obstacle(p)
	o.deny = max(o.rcp, o.denies[0], o.denies[1], o.denies[2], o.denies[3], o.denies[4])
	for i := range o.count {
		o.allow = max(o.allow, o.truthOf(o.paths[i]))
	}
	o.allow = min(o.allow, o.scp)
	if o.blocked != noObstacle {
		o.allow = no
	}
	return o
}

// ownSide is the principal's side: identity policies, boundary, session policy.
// The root user has everything in its account and none of them (E8).
func (o *outcome) ownSide(at *situation, p *Policies) {
	o.parts[boundary], o.parts[session] = yes, yes
	if at.who.kind == callerRoot {
		o.parts[identity] = yes
		return
	}
	if !at.who.iam() {
		return
	}
	e := identityEffect(p.Identity, at)
	o.parts[identity], o.denies[0] = e.allow, e.deny
	if p.HasBoundary || len(p.Boundary) > 0 {
		e = identityEffect(p.Boundary, at)
		o.parts[boundary], o.denies[1] = e.allow, e.deny
	}
	if p.Session != nil {
		e = p.Session.add(at, effect{})
		o.parts[session], o.denies[2] = e.allow, e.deny
	} else if at.who.kind == callerFederatedUser {
		o.parts[identity] = no // E7
	}
}

// identityOnly reports requests that no resource policy takes part in: actions
// without a resource (M9) and the alias half of alias actions (M8).
func (at *situation) identityOnly() bool {
	return at.nothing || at.aliasEdit && at.isAlias
}

// addPaths lists the ways to Allowed (E4 to E8, K1, K2, G1, G5, G6, G8).
func (o *outcome) addPaths(at *situation) {
	direct, role, account := path(1<<resourceDirect), path(1<<resourceRole), path(1<<resourceAccount)
	grantee, granteeRole, granteeAccount := path(1<<grantDirect), path(1<<grantRole)|sessions, ownSide|1<<grantAccount
	switch {
	case at.retire:
		o.path(grantee)
		o.path(granteeRole)
		o.path(granteeAccount)
	case at.identityOnly():
		o.path(ownSide)
	case !at.who.iam() && at.who.kind != callerRoot:
		o.path(direct)
		o.path(grantee)
	case at.crossing:
		o.path(ownSide | account)
		o.path(ownSide | role)
		o.path(ownSide | direct)
		o.path(grantee)
		o.path(granteeRole)
		o.path(granteeAccount)
	case at.service == serviceKMS || at.assumes:
		o.path(ownSide | account)
		o.path(direct)
		o.path(role | sessions)
		o.path(granteeAccount)
		o.path(grantee)
		o.path(granteeRole)
	default:
		o.path(ownSide)
		o.path(direct)
		o.path(role | sessions)
	}
}

// obstacle is why a request cannot be allowed by any policy.
type obstacle uint8

const (
	noObstacle obstacle = iota
	onAliasOnly
	predefinedAlias
	managedElsewhere
	notAcross
	rootAssumes
)

func (b obstacle) note(action string) string {
	switch b {
	case onAliasOnly:
		return "M8: " + action + " acts on keys; an alias ARN gives nothing on the key behind it"
	case predefinedAlias:
		return "M8: aliases under alias/aws/ cannot be created, changed or deleted by customers"
	case managedElsewhere:
		return "K9: AWS managed keys cannot be used from other accounts"
	case notAcross:
		return "K10: " + action + " does not work across accounts"
	case rootAssumes:
		return "E8: the account's root user cannot assume roles"
	}
	return ""
}

func (at *situation) obstacle(p *Policies) obstacle {
	if at.assumes && at.who.kind == callerRoot && !at.crossing {
		return rootAssumes
	}
	if at.service != serviceKMS {
		return noObstacle
	}
	stranger := at.crossing || at.who.kind == callerAnyone
	switch {
	case at.isAlias && !at.aliasEdit && !at.nothing:
		return onAliasOnly
	case at.isAlias && at.aliasEdit && strings.HasPrefix(at.parts[arnResource], "alias/aws/"):
		return predefinedAlias
	case stranger && p.AWSManagedKey:
		return managedElsewhere
	case stranger && !crossAccount(at.action):
		return notAcross
	}
	return noObstacle
}

// verdict turns truth into a verdict (U4); reading says whether all policies were
// read.
func (o *outcome) verdict(read bool) Verdict {
	switch {
	case o.deny == yes:
		return ExplicitlyDenied
	case o.allow == no:
		return ImplicitlyDenied
	case o.allow == yes && o.deny == no:
		return Allowed
	case read:
		return Depends
	}
	return Unknown
}

// Evaluate is Decide without the evidence.
func Evaluate(req *Request, p *Policies) Verdict {
	at := newSituation(req, p)
	o := evaluate(&at, p)
	v := o.verdict(!p.anyUnread(&at, &o, nil))
	if v == Depends && p.tied(&at) {
		v = settledAlone(*req, o, p)
	}
	return v
}

// Decide decides one request and says why (Q2, Q3).
func Decide(req *Request, p *Policies) Decision {
	at := newSituation(req, p)
	o := evaluate(&at, p)
	var e explainer
	return e.decide(&at, p, &o)
}

func (e *explainer) decide(at *situation, p *Policies, o *outcome) Decision {
	d := e.explain(at, p, o)
	if d.Verdict == Depends {
		e.settle(&d, p, o)
	}
	return d
}

// anyUnread reports whether unread policies take part in the request, and calls
// found for each.
func (p *Policies) anyUnread(at *situation, o *outcome, found func(UnreadRef)) bool {
	result := false
	see := func(ref *UnreadRef) {
		if ref != nil {
			result = true
			if found != nil {
				found(*ref)
			}
		}
	}
	list := func(policies []*Policy) {
		for _, policy := range policies {
			if policy != nil {
				see(policy.unread)
			}
		}
	}
	if at.who.iam() {
		list(p.Identity)
		list(p.Boundary)
		if p.Session != nil {
			see(p.Session.unread)
		}
	}
	if p.Resource != nil && !at.identityOnly() && !at.retire {
		see(p.Resource.unread)
	}
	if o.allow == maybe && at.service == serviceKMS && !at.identityOnly() {
		for i := range p.Grants {
			see(p.Grants[i].Unread)
		}
	}
	if !at.scpFree {
		for _, level := range p.SCP {
			list(level)
		}
	}
	if !at.rcpFree {
		for _, level := range p.RCP {
			list(level)
		}
	}
	return result
}
