package access

import (
	"slices"
	"strings"
)

const contextPrefix = "kms:encryptioncontext:"

// grantEffect is what the grants of a key allow, by the form of the grantee
// (G5). Grants never deny (G1).
type grantEffect struct{ account, role, direct tri }

// add unites the form that a grant reaches the caller in.
func (e *grantEffect) add(r reach) {
	e.account = max(e.account, r.account)
	e.role = max(e.role, r.role)
	e.direct = max(e.direct, r.direct)
}

func grantsEffect(grants []Grant, at *situation) grantEffect {
	var e grantEffect
	for i := range grants {
		e.add(grants[i].effect(at))
	}
	return e
}

// effect is how far one grant allows the request.
func (g *Grant) effect(at *situation) reach {
	if g.Unread != nil {
		return reach{maybe, maybe, maybe}
	}
	if at.retire {
		return g.retires(at)
	}
	if !g.holds(at.action) {
		return reach{}
	}
	r := g.grantee(at)
	if r.any() == no {
		return r
	}
	limit := min(g.constraints(at), g.passesOn(at))
	return reach{min(r.account, limit), min(r.role, limit), min(r.direct, limit)}
}

func (g *Grant) holds(action string) bool {
	name, found := strings.CutPrefix(action, "kms:")
	return found && slices.ContainsFunc(g.Operations, func(operation string) bool {
		return len(operation) == len(name) && strings.EqualFold(operation, name) && grantable(operation)
	})
}

// grantee says how the grantee covers the caller (G5). A service's name in the
// grantee's place may stand for anybody the service acts for: open, unless the
// request is known to come through S3 and the service is another one. Other
// services need not act under the name that the grant has.
func (g *Grant) grantee(at *situation) reach {
	r := party(g.Grantee, &at.who)
	if g.GranteeService != "" {
		if at.who.kind == callerService && at.who.text == g.GranteeService {
			r.direct = yes
		}
	}
	if r.any() != no || !isService(g.Grantee) {
		return r
	}
	via := at.ctx.lookup("kms:viaservice")
	if via.state == known && len(via.values) == 1 && strings.HasPrefix(via.values[0], "s3.") && !strings.HasPrefix(g.Grantee, "s3.") {
		return r
	}
	switch at.who.kind {
	case callerRole:
		r.role = maybe
	case callerUser, callerSession, callerFederatedUser, callerRoot:
		r.direct = maybe
	}
	return r
}

// party compares a principal of a grant with the caller.
func party(name string, w *who) reach {
	if name == "" {
		return reach{}
	}
	n := named{who: whoIs(name)}
	n.bad = n.who.kind == callerOther || n.who.kind == callerAnyone
	var r reach
	switch f, t := n.reaches(w); f {
	case formAccount:
		r.account = t
		if w.kind == callerRoot && n.account == w.account {
			r.direct = t
		}
	case formRole:
		r.role = t
	case formDirect:
		r.direct = t
	}
	return r
}

// retires is G8: the retiring principal, a grantee that holds RetireGrant, and
// the account that made the grant.
func (g *Grant) retires(at *situation) reach {
	r := party(g.Retiring, &at.who)
	if g.RetiringService != "" && at.who.kind == callerService && at.who.text == g.RetiringService {
		r.direct = yes
	}
	if slices.Contains(g.Operations, "RetireGrant") {
		also := g.grantee(at)
		r = reach{max(r.account, also.account), max(r.role, also.role), max(r.direct, also.direct)}
	}
	if issuer := whoIs(g.IssuingAccount); issuer.account != "" && issuer.account == at.who.account {
		r.account = yes
	}
	return r
}

// constraints is the truth of the grant's constraints (G4). They do not apply to
// DescribeKey; RetireGrant does not come here.
func (g *Grant) constraints(at *situation) tri {
	result := yes
	if g.SourceARN != "" {
		result = g.fromSource(at)
	}
	if at.action == "kms:describekey" {
		return result
	}
	for _, pairs := range []map[string]string{g.EncryptionContextEquals, g.EncryptionContextSubset} {
		for name, value := range pairs {
			result = min(result, hasPair(at.ctx, name, value))
		}
	}
	if len(g.EncryptionContextEquals) > 0 {
		result = min(result, g.noOtherPairs(at.ctx))
	}
	return result
}

func (g *Grant) fromSource(at *situation) tri {
	switch f := at.ctx.lookup("aws:sourcearn"); f.state {
	case known:
		source, ok := splitARN(f.values[0])
		if !ok || len(f.values) != 1 {
			return no
		}
		if !strings.ContainsAny(g.SourceARN, "*?") {
			return truth(g.SourceARN == f.values[0])
		}
		p := compileARN(g.SourceARN, false, false, 0)
		return p.matches(&source, at.ctx)
	case present, unknown:
		return maybe
	}
	return no
}

// hasPair is the truth of one pair of the encryption context; names are compared
// without regard to case (G4).
func hasPair(ctx *Context, name, value string) tri {
	switch f := ctx.lookup(contextPrefix + strings.ToLower(name)); f.state {
	case known:
		if f.head {
			return maybe
		}
		return truth(len(f.values) == 1 && f.values[0] == value)
	case present, unknown:
		return maybe
	}
	return no
}

// noOtherPairs is whether the request's encryption context has no pair that the
// constraint does not name.
func (g *Grant) noOtherPairs(ctx *Context) tri {
	result := yes
	check := func(f *facts) {
		if f == nil {
			return
		}
		for _, value := range f.entries {
			name, found := strings.CutPrefix(value.key, contextPrefix)
			if !found || value.state == absent || g.names(name) {
				continue
			}
			if value.state == unknown {
				result = min(result, maybe)
			} else {
				result = no
			}
		}
	}
	check(ctx.own)
	for _, f := range ctx.under {
		check(f)
	}
	if all := ctx.lookup("kms:encryptioncontextkeys"); all.state == known {
		for _, name := range all.values {
			if !g.names(name) {
				return no
			}
		}
	}
	// A name that nobody can have mentioned tells what is known of the rest.
	if rest := ctx.lookup(contextPrefix + "\x00"); rest.state != absent {
		result = min(result, maybe)
	}
	return result
}

func (g *Grant) names(name string) bool {
	for own := range g.EncryptionContextEquals {
		if strings.EqualFold(own, name) {
			return true
		}
	}
	return false
}

// passesOn limits CreateGrant that comes from a grant to a subset of its
// operations (G8).
func (g *Grant) passesOn(at *situation) tri {
	if at.action != "kms:creategrant" {
		return yes
	}
	f := at.ctx.lookup("kms:grantoperations")
	switch f.state {
	case known:
		for _, operation := range f.values {
			if !slices.Contains(g.Operations, operation) {
				return no
			}
		}
		return yes
	case present, unknown:
		return maybe
	}
	return yes
}

func (g *Grant) ref() StatementRef {
	return StatementRef{Layer: LayerGrant, Policy: g.ID, Sid: g.Name, Effect: "Allow", Pointer: g.Pointer, Identity: g.ID}
}
