package facts

import (
	"slices"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// KeyGranting are the statements of a key policy that let somebody make any grant.
type KeyGranting struct {
	Place      string              `json:"place"`
	Manager    string              `json:"manager" enum:"customer,aws"`
	Statements []GrantingStatement `json:"statements"`
}

// GrantingStatement lets principals make grants by their own calls, with every
// operation, to anybody. Left out are services and service-linked roles, the account
// itself, whose IAM policies decide, and those who may change the key policy or are
// declared as key administrators: a grant gives these no more than they have.
type GrantingStatement struct {
	Place      string   `json:"place"`
	Identity   string   `json:"identity"`
	Principals []string `json:"principals"`
}

// granting finds the statements that let somebody make any grant (rule K13).
func (b *builder) granting(l *looked) []GrantingStatement {
	var list []GrantingStatement
	for j := range l.document.Statements {
		s := &l.document.Statements[j]
		if s.Effect != policy.Allow || !slices.Contains(l.statements.Actions(j), createGrant) {
			continue
		}
		one := GrantingStatement{Place: l.place(j), Identity: l.document.Identity(j)}
		for _, name := range b.granters(s, l.key.ARN) {
			if !slices.Contains(one.Principals, name) && b.grantsFreely(l, j, name) {
				one.Principals = append(one.Principals, name)
			}
		}
		if len(one.Principals) > 0 {
			slices.Sort(one.Principals)
			list = append(list, one)
		}
	}
	return list
}

const createGrant = "kms:CreateGrant"

// granters are the principals of a statement who are looked at.
func (b *builder) granters(s *policy.Statement, key string) []string {
	if s.Principal == nil {
		return []string{"*"} // everybody but some
	}
	var names []string
	for _, p := range s.Principal.List {
		party := b.account.Party(p.Value)
		own := party.Account == accountOf(key)
		switch {
		case p.Kind != policy.KindAWS, party.Kind == access.PartyAWS, party.Kind == access.PartyAccount && own:
			continue
		case slices.Contains(b.intent.KeyAdministrators, p.Value):
			continue
		case own && b.decides(p.Value, "kms:PutKeyPolicy", key).Verdict == access.Allowed:
			continue
		}
		if gone, _ := b.account.Gone(p.Value); !gone {
			names = append(names, p.Value)
		}
	}
	return names
}

// grantsFreely tells whether statement j lets the principal make a grant with every
// operation, to a stranger, without a service in between. For everybody a role of the
// account and one of another stand.
func (b *builder) grantsFreely(l *looked, j int, name string) bool {
	stranger := someRole(b.s.Account.Partition, someoneElse)
	ctx := access.NewContext().
		With("kms:GrantIsForAWSResource", "false").
		WithMany("kms:GrantOperations", access.GrantOperations()).
		With("kms:GranteePrincipal", stranger).
		With("aws:ViaAWSService", "false").
		WithAbsent("kms:GranteeServicePrincipal", "kms:ViaService", "aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast")
	callers := []string{name}
	if access.PartyOf(name).Kind == access.PartyAnyone {
		callers = []string{someRole(b.s.Account.Partition, accountOf(l.key.ARN)), stranger}
	}
	return slices.ContainsFunc(callers, func(caller string) bool {
		return !l.statements.Gives(j, &access.Question{Principal: caller, Action: createGrant, Context: ctx}, false).Denied()
	})
}
