package access

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// form is how a principal element reaches a caller; an Allow counts differently
// by it (E5).
type form uint8

const (
	formNone    form = iota
	formAccount      // the caller's account: delegation (E5.5)
	formRole         // the role of a session: limited by boundary and session policy (E5.3)
	formDirect       // user, session, service or everybody (E5.1, E5.2, E5.4)
)

// named is one compiled principal of a Principal or NotPrincipal element.
type named struct {
	who
	kind string // as policies spell it
	bad  bool   // matches nobody (M11)
}

func compilePrincipals(p *policy.Principals) []named {
	if p == nil {
		return nil
	}
	list := make([]named, 0, len(p.List))
	for _, entry := range p.List {
		n := named{kind: entry.Kind}
		switch entry.Kind {
		case policy.KindAWS:
			n.who = whoIs(entry.Value)
			n.bad = n.who.kind == callerOther || n.who.kind == callerService || n.who.kind == callerFederated || entry.Value == "" ||
				entry.Value != "*" && strings.ContainsAny(entry.Value, "*?")
		case policy.KindService:
			n.who = who{kind: callerService, text: entry.Value}
			n.bad = strings.ContainsAny(entry.Value, "*?")
		default:
			n.who = who{kind: callerFederated, text: entry.Value}
			n.bad = strings.ContainsAny(entry.Value, "*?")
		}
		list = append(list, n)
	}
	return list
}

// reaches says how the principal element covers the caller. maybe is returned
// for canonical users of another account, whose account nobody knows (M11).
func (n *named) reaches(w *who) (form, tri) {
	if n.bad {
		return formNone, no
	}
	switch n.who.kind {
	case callerAnyone:
		return formDirect, yes
	case callerService:
		if w.kind == callerService && w.text == n.text {
			return formDirect, yes
		}
		return formNone, no
	case callerFederated:
		if n.kind == policy.KindCanonicalUser {
			if w.account == "" {
				return formNone, no
			}
			return formAccount, maybe
		}
		if w.kind == callerFederated && w.text == n.text {
			return formDirect, yes
		}
		return formNone, no
	case callerUniqueID:
		return n.reachesID(w)
	}
	if n.account != w.account || w.account == "" || n.partition != "" && w.partition != "" && n.partition != w.partition {
		return formNone, no
	}
	switch n.who.kind {
	case callerRoot:
		return formAccount, yes
	case callerUser:
		if w.kind == callerUser && n.text == w.text {
			if w.limited {
				return formRole, yes // the user behind a federated session (E5.3)
			}
			return formDirect, yes
		}
	case callerRole:
		if w.kind == callerRole && n.text == w.text || w.kind == callerSession && n.name == w.name {
			return formRole, yes
		}
	case callerSession:
		if w.kind == callerSession && n.name == w.name && n.session == w.session {
			return formDirect, yes
		}
	case callerFederatedUser:
		if w.kind == callerFederatedUser && n.name == w.name {
			return formDirect, yes
		}
	}
	return formNone, no
}

// reachesID compares unique ids: AIDA of users, AROA of roles and of their
// sessions (M15).
func (n *named) reachesID(w *who) (form, tri) {
	if w.uniqueID == "" || w.uniqueID != n.uniqueID {
		return formNone, no
	}
	ofRole := strings.HasPrefix(n.uniqueID, "AROA")
	switch w.kind {
	case callerRole, callerSession:
		if ofRole {
			return formRole, yes
		}
	case callerUser:
		if !ofRole && w.limited {
			return formRole, yes
		}
		if !ofRole {
			return formDirect, yes
		}
	case callerUniqueID:
		return formDirect, yes
	}
	return formNone, no
}

// reach is how a statement covers a caller: the truth of each form.
type reach struct{ account, role, direct tri }

func (r reach) any() tri { return max(r.account, r.role, r.direct) }

func reachOf(list []named, w *who) reach {
	var r reach
	for i := range list {
		switch f, t := list[i].reaches(w); f {
		case formAccount:
			r.account = max(r.account, t)
		case formRole:
			r.role = max(r.role, t)
		case formDirect:
			r.direct = max(r.direct, t)
		}
	}
	return r
}

// excepts is reach for NotPrincipal (M16): how far the caller is covered by "all
// but these". A Deny holds against callers with a boundary in any case; a caller
// who is listed without its account, or a session without its role, may be denied
// all the same.
func excepts(list []named, w *who, deny bool, boundary tri) reach {
	r := reachOf(list, w)
	if r.any() == no {
		return reach{direct: yes}
	}
	if !deny {
		return reach{direct: not(r.any())}
	}
	if slices.ContainsFunc(list, func(n named) bool { return n.who.kind == callerAnyone && !n.bad }) {
		return reach{}
	}
	if boundary == yes {
		return reach{direct: yes}
	}
	complete := r.account == yes
	switch w.kind {
	case callerUser, callerFederatedUser:
		complete = complete && max(r.direct, r.role) == yes
	case callerRole:
		complete = complete && r.role == yes
	case callerSession:
		complete = complete && r.role == yes && r.direct == yes
	case callerRoot:
	default:
		complete = r.any() == yes
	}
	if complete && boundary == no {
		return reach{}
	}
	return reach{direct: maybe}
}
