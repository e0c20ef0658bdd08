package facts

import (
	"slices"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// KeyInverted are the statements of a key policy that allow by saying whom or what
// they leave out.
type KeyInverted struct {
	Place      string              `json:"place"`
	Manager    string              `json:"manager" enum:"customer,aws"`
	Statements []InvertedStatement `json:"statements"`
}

// InvertedStatement allows everybody but some, or everything but some.
type InvertedStatement struct {
	Place        string `json:"place"`
	Identity     string `json:"identity"`
	NotPrincipal bool   `json:"not_principal"`
	NotAction    bool   `json:"not_action"`
	// Account says that the account itself is all that the statement allows: IAM
	// policies decide further.
	Account bool     `json:"account"`
	But     []string `json:"but"` // what it leaves out
	Actions []string `json:"actions"`
}

// KeyNamed are principals that a key policy names and that do not exist.
type KeyNamed struct {
	Place   string      `json:"place"`
	Manager string      `json:"manager" enum:"customer,aws"`
	Gone    []GoneNamed `json:"gone"`
	// Undecided are those of whom it is not known.
	Undecided []Undecided `json:"undecided"`
}

// GoneNamed is a principal that does not exist, and the statement that names it.
type GoneNamed struct {
	Place     string `json:"place"`
	Identity  string `json:"identity"`
	Effect    string `json:"effect" enum:"Allow,Deny"`
	Principal string `json:"principal"`
	Others    bool   `json:"others"` // the statement names others too
}

// KeyPlain says whether a key policy is no more than the default one.
type KeyPlain struct {
	Place   string `json:"place"`
	Manager string `json:"manager" enum:"customer,aws"`
	Default bool   `json:"default"`
}

// looked is a key policy to look at statement by statement.
type looked struct {
	key        snapshot.Key
	document   *policy.Document
	statements *access.KeyStatements
	at         string // of the document
}

func (l *looked) place(j int) string { return l.at + l.document.Statements[j].Pointer }

// lookAtPolicy adds what there is to say about the statements of key i's policy, as
// far as it is wanted. Nothing is said of those that AWS fixes (rule K9).
func (b *builder) lookAtPolicy(fact *Key, k snapshot.Key, i int) {
	l := &looked{key: k, at: place("keys", i, "policy", "value")}
	var reason *Unread
	manager := "customer"
	if m, ok := k.Metadata.Get(); ok && m.Manager == "AWS" {
		l.at, l.document, manager = place("keys", i, "metadata", "value"), &policy.Document{}, "aws"
	} else if l.document, reason = certainPolicy(k.Policy, "kms:GetKeyPolicy"); reason == nil {
		l.statements = b.account.KeyStatements(k.ARN)
	}
	tell := func(name string, look func()) {
		switch {
		case !b.wanted.wants("keys." + name):
		case reason != nil:
			fact.Unread[name] = *reason
		default:
			look()
		}
	}
	tell("inverted", func() {
		fact.Inverted = &KeyInverted{Place: l.at, Manager: manager, Statements: b.inverted(l)}
	})
	tell("services", func() {
		fact.Services = &KeyServices{Place: l.at, Manager: manager, Unbound: b.unbound(l)}
	})
	tell("named", func() {
		fact.Named = b.notThere(l)
		fact.Named.Place, fact.Named.Manager = l.at, manager
	})
	tell("granting", func() {
		fact.Granting = &KeyGranting{Place: l.at, Manager: manager, Statements: b.granting(l)}
	})
	tell("bypass", func() {
		fact.Bypass = b.bypass(l)
		fact.Bypass.Place, fact.Bypass.Manager = l.at, manager
	})
	tell("context", func() {
		fact.Context = &KeyContext{Place: l.at, Manager: manager, Loose: b.loose(l)}
	})
	tell("plain", func() {
		fact.Plain = &KeyPlain{Place: l.at, Manager: manager, Default: l.plain()}
	})
}

func (b *builder) inverted(l *looked) []InvertedStatement {
	var list []InvertedStatement
	for j := range l.document.Statements {
		s := &l.document.Statements[j]
		if s.Effect != policy.Allow || s.NotPrincipal == nil && s.NotAction == nil {
			continue
		}
		one := InvertedStatement{
			Place: l.place(j), Identity: l.document.Identity(j), NotPrincipal: s.NotPrincipal != nil, NotAction: s.NotAction != nil,
			But: slices.Clone(s.NotAction), Actions: l.statements.Actions(j),
		}
		if len(one.Actions) == 0 {
			continue // it leaves out all of KMS, or this key
		}
		if s.NotPrincipal != nil {
			for _, p := range s.NotPrincipal.List {
				one.But = append(one.But, p.Value)
			}
		}
		one.Account = l.forAccount(s)
		list = append(list, one)
	}
	return list
}

// forAccount tells whether a statement names the account itself and nobody else.
func (l *looked) forAccount(s *policy.Statement) bool {
	return s.Principal != nil && !slices.ContainsFunc(s.Principal.List, func(p policy.Principal) bool {
		return p.Kind != policy.KindAWS || access.PartyOf(p.Value) != access.Party{Kind: access.PartyAccount, Account: accountOf(l.key.ARN)}
	})
}

// plain tells whether the policy says what KMS gives a key that is made without one:
// it allows the account every action, and says nothing else.
func (l *looked) plain() bool {
	for j := range l.document.Statements {
		d := access.DelegationOf(l.document, j, accountOf(l.key.ARN))
		if !d.Every || d.Conditional || !l.forAccount(&l.document.Statements[j]) {
			return false
		}
	}
	return len(l.document.Statements) > 0
}

// notThere finds principals that do not exist: AWS writes the unique id of a user or
// role into the policies that named it when it is deleted (rule M15).
func (b *builder) notThere(l *looked) *KeyNamed {
	fact := &KeyNamed{}
	open := opens{}
	for j := range l.document.Statements {
		s := &l.document.Statements[j]
		for _, list := range [...]*policy.Principals{s.Principal, s.NotPrincipal} {
			if list == nil {
				continue
			}
			for _, p := range list.List {
				if p.Kind != policy.KindAWS {
					continue
				}
				gone, unread := b.account.Gone(p.Value)
				switch {
				case unread != nil:
					open.add(p.Value, []access.UnreadRef{*unread})
				case gone:
					fact.Gone = append(fact.Gone, GoneNamed{
						Place: l.place(j), Identity: l.document.Identity(j), Effect: s.Effect, Principal: p.Value, Others: len(list.List) > 1,
					})
				}
			}
		}
	}
	fact.Undecided = open.rows()
	return fact
}
