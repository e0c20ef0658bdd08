package access

import "strings"

// Party says who a principal is that a grant or a policy names.
type Party struct {
	// Kind is user, role, session, federated, account, unique_id, aws, anyone or
	// other. aws is a service, a service-linked role or a session of a role that
	// nobody but AWS can have.
	Kind    string
	Account string // "" where the name has none
}

// The kinds of parties that are asked for by name.
const (
	PartyAWS     = "aws"
	PartyAnyone  = "anyone"
	PartyAccount = "account"
)

// PartyOf looks at a name as grants and key policies have it. A name with a
// wildcard in it is anyone.
func PartyOf(name string) Party {
	w := whoIs(name)
	p := Party{Account: w.account}
	switch {
	case name != "" && strings.ContainsAny(name, "*?"):
		p.Kind = PartyAnyone
	case w.kind == callerService, w.linked, awsOnly(&w):
		p.Kind = PartyAWS
	default:
		p.Kind = map[callerKind]string{
			callerUser: "user", callerRole: "role", callerSession: "session", callerFederatedUser: "federated", callerFederated: "federated",
			callerRoot: PartyAccount, callerUniqueID: "unique_id",
		}[w.kind]
		if p.Kind == "" {
			p.Kind = "other"
		}
	}
	return p
}

// awsOnly reports sessions of roles that AWS has in every account and no listing
// shows, such as aws:ec2-infrastructure, which attaches volumes: IAM takes no colon
// in the name of a role.
func awsOnly(w *who) bool { return w.kind == callerSession && strings.Contains(w.name, ":") }

// Party looks at a name in the account: sessions of service-linked roles have no
// path in their names, and are told by the role.
func (a *Account) Party(name string) Party {
	p := PartyOf(name)
	if one, known := a.Principal(name); known && one.ServiceLinked {
		p.Kind = PartyAWS
	}
	return p
}

// Gone tells whether a principal that a policy or a grant names is no more: a user
// or role of the account, the role of a session, or a unique id (M15), that a
// complete listing does not have. open is the listing that would tell, where it is
// not complete.
func (a *Account) Gone(name string) (gone bool, open *UnreadRef) {
	w := whoIs(name)
	one := a.subject(name)
	if one == nil || one.missing == nil || awsOnly(&w) {
		return false, nil
	}
	if one.missing.Verdict.Denied() {
		return true, nil
	}
	return false, &one.missing.Unread[0]
}
