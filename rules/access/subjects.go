package access

import (
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// Principals lists the collected users and roles, the account's root user and
// everybody who is named in key, bucket and trust policies and in grants, sorted
// by ARN.
func (a *Account) Principals() []Principal {
	list := make([]Principal, len(a.sorted))
	for i, one := range a.sorted {
		list[i] = one.Principal
	}
	return list
}

// Principal finds a principal by its ARN, or by what stands for it in a policy.
func (a *Account) Principal(arn string) (Principal, bool) {
	if one := a.subjects[arn]; one != nil {
		return one.Principal, true
	}
	if one := a.byID[arn]; one != nil {
		return one.Principal, true
	}
	if one := a.subjects[a.canonical(arn)]; one != nil {
		return one.Principal, true
	}
	return Principal{}, false
}

// canonical writes an account given by its digits as the ARN of its root.
func (a *Account) canonical(name string) string {
	if snapshot.IsAccountID(name) {
		return "arn:" + a.s.Account.Partition + ":iam::" + name + ":root"
	}
	return name
}

func (a *Account) addPrincipals() {
	for i := range a.s.Users {
		u := &a.s.Users[i]
		here := at("users", i)
		w := whoIs(u.ARN)
		one := &actor{
			Principal: Principal{ARN: u.ARN, Kind: "user", Known: KnownFull, Pointer: here, Account: a.id, Name: u.Name},
			caller:    Caller{ARN: u.ARN, UniqueID: u.ID},
			identity:  append(a.inline(here, u.InlinePolicies), a.attached(here, u.AttachedPolicies)...),
			facts:     a.principalFacts(&w, u.ARN, u.ID, u.Tags),
			user:      u,
		}
		one.identity = append(one.identity, a.groupPolicies(here, u.Groups)...)
		one.boundaryOf(a, here, u.Boundary)
		a.add(one, u.ID)
	}
	for i := range a.s.Roles {
		r := &a.s.Roles[i]
		here := at("roles", i)
		w := whoIs(r.ARN)
		one := &actor{
			Principal: Principal{ARN: r.ARN, Kind: "role", Known: KnownFull, Pointer: here, Account: a.id, Name: r.Name, ServiceLinked: w.linked},
			caller:    Caller{ARN: r.ARN, UniqueID: r.ID},
			identity:  append(a.inline(here, r.InlinePolicies), a.attached(here, r.AttachedPolicies)...),
			facts:     a.principalFacts(&w, r.ARN, r.ID, r.Tags),
			role:      r,
		}
		one.boundaryOf(a, here, r.Boundary)
		a.add(one, r.ID)
	}
	root := a.s.Account.ARN()
	w := whoIs(root)
	a.add(&actor{
		Principal: Principal{ARN: root, Kind: "root", Known: KnownFull, Pointer: "/account", Account: a.id, Name: "root"},
		caller:    Caller{ARN: root},
		facts:     a.principalFacts(&w, root, "", snapshot.Reading[map[string]string]{}),
	}, "")
}

func (a *Account) groupPolicies(here string, r snapshot.Reading[[]string]) []*Policy {
	here += "/groups"
	if why := r.Unread(); why != nil {
		return []*Policy{UnreadPolicy(unreadRef(LayerIdentity, "", here, "iam:GetAccountAuthorizationDetails", why))}
	}
	names, _ := r.Get()
	var list []*Policy
	for i, name := range names {
		policies, found := a.groups[name]
		if !found {
			policies = []*Policy{UnreadPolicy(UnreadRef{
				Layer: LayerIdentity, Policy: "group " + name, Pointer: here + at("value", i),
				State: snapshot.NotCollected.String(), Operation: "iam:GetAccountAuthorizationDetails",
			})}
		}
		list = append(list, policies...)
	}
	return list
}

func (a *Account) add(one *actor, id string) {
	a.subjects[one.ARN] = one
	if id != "" {
		a.byID[id] = one
	}
}

// addNamed adds everybody whom policies and grants name.
func (a *Account) addNamed() {
	for _, k := range a.keys {
		a.named(k.policy)
		for i := range k.grants {
			g := &k.grants[i]
			for _, name := range []string{g.Grantee, g.GranteeService, g.Retiring, g.RetiringService} {
				a.name(policy.KindAWS, name)
			}
		}
	}
	for _, b := range a.buckets {
		a.named(b.policy)
	}
	for i := range a.s.Roles {
		if doc, _ := snapshot.PolicyOf(a.s.Roles[i].TrustPolicy); doc != nil {
			a.namedIn(doc)
		}
	}
}

func (a *Account) named(p *Policy) {
	if p != nil && p.doc != nil {
		a.namedIn(p.doc)
	}
}

func (a *Account) namedIn(doc *policy.Document) {
	for i := range doc.Statements {
		s := &doc.Statements[i]
		for _, list := range []*policy.Principals{s.Principal, s.NotPrincipal} {
			if list == nil {
				continue
			}
			for _, p := range list.List {
				a.name(p.Kind, p.Value)
			}
		}
		if s.NotPrincipal != nil && s.Effect == policy.Allow {
			a.name(policy.KindAWS, "*")
		}
	}
}

func (a *Account) name(kind, value string) {
	if value == "" || a.byID[value] != nil {
		return
	}
	arn := a.canonical(value)
	if a.subjects[arn] != nil {
		return
	}
	if one := a.outsider(kind, arn); one != nil {
		a.subjects[arn] = one
	}
}

// outsider makes a subject of a name that no collected principal has; nil if the
// name is nobody's.
func (a *Account) outsider(kind, arn string) *actor {
	w := whoIs(arn)
	one := &actor{
		Principal: Principal{ARN: arn, Known: KnownResourceSide, Account: w.account, Name: w.name, ServiceLinked: w.linked},
		caller:    Caller{ARN: arn},
		facts:     a.principalFacts(&w, arn, "", snapshot.Reading[map[string]string]{}),
	}
	switch {
	case kind == policy.KindFederated || w.kind == callerFederated:
		one.Kind = "federated"
	case kind == policy.KindCanonicalUser:
		one.Kind = "foreign"
	case kind == policy.KindService || w.kind == callerService:
		one.Kind = "service"
	case w.kind == callerAnyone:
		one.Kind = "anyone"
	case w.kind == callerUniqueID:
		one.Kind = "unique_id"
		one.missing = a.absence(arn, "M15: no collected user or role has the id "+arn)
	case w.kind == callerOther:
		return nil
	case w.account != a.id:
		one.Kind = "foreign"
		one.outside()
	case w.kind == callerSession:
		a.session(one, &w)
	case w.kind == callerFederatedUser:
		one.Kind = "federated"
		one.identity = []*Policy{UnreadPolicy(UnreadRef{Layer: LayerIdentity, Policy: "the user behind " + arn, State: snapshot.NotCollected.String()})}
	case w.kind == callerUser:
		one.Kind = "user"
		one.missing = a.absence(arn, "the user "+arn+" does not exist")
	default:
		one.Kind = "role"
		one.missing = a.absence(arn, "the role "+arn+" does not exist")
	}
	return one
}

// outside gives a principal of another account the unread policies of its own
// side; the stance of a question says how they count.
func (one *actor) outside() {
	one.identity = []*Policy{UnreadPolicy(UnreadRef{
		Layer: LayerIdentity, Policy: "identity policies in account " + one.Account, State: snapshot.NotCollected.String(),
		Operation: "iam:GetAccountAuthorizationDetails",
	})}
}

// session is a role session: it has what the role has (M13).
func (a *Account) session(one *actor, w *who) {
	one.Kind = "session"
	for i := range a.s.Roles {
		if r := &a.s.Roles[i]; r.Name == w.name {
			role := a.subjects[r.ARN]
			one.Known, one.Pointer, one.ServiceLinked = KnownFull, role.Pointer, role.ServiceLinked
			one.caller = Caller{ARN: one.ARN, UniqueID: r.ID, ServiceLinked: role.ServiceLinked}
			one.identity, one.boundary, one.hasBoundary = role.identity, role.boundary, role.hasBoundary
			one.facts = a.principalFacts(w, r.ARN, r.ID, r.Tags)
			one.role = r
			return
		}
	}
	one.missing = a.absence(one.ARN, "the role "+w.name+" of the session does not exist")
}

// absence is the answer for a principal that is in no listing: nobody can be it if
// the listing is complete, else nothing is known.
func (a *Account) absence(arn, note string) *Decision {
	operation := "iam:ListRoles"
	if strings.Contains(arn, ":user/") || strings.HasPrefix(arn, "AIDA") {
		operation = "iam:ListUsers"
	}
	if ref := a.listing(LayerIdentity, "", "iam:GetAccountAuthorizationDetails", operation); ref != nil {
		ref.Policy = arn
		return &Decision{Verdict: Unknown, Unread: []UnreadRef{*ref}}
	}
	return &Decision{Verdict: ImplicitlyDenied, Missing: []Layer{LayerIdentity}, Notes: []string{note}}
}

// subject finds or makes the principal of a question.
func (a *Account) subject(name string) *actor {
	if one := a.subjects[name]; one != nil {
		return one
	}
	if one := a.byID[name]; one != nil {
		return one
	}
	arn := a.canonical(name)
	if one := a.subjects[arn]; one != nil {
		return one
	}
	if arn == "" {
		arn = "*"
	}
	return a.outsider(policy.KindAWS, arn)
}
