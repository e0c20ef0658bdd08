package facts

import (
	"slices"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// KeyBypass says who may give the key a policy that locks them out: KMS refuses
// such a policy unless the request asks it to leave the check aside.
type KeyBypass struct {
	Place   string `json:"place"`
	Manager string `json:"manager" enum:"customer,aws"`
	// Meant are the statements that allow it on purpose: they test for the flag.
	Meant []BypassStatement `json:"meant"`
	// Open are the account, which stands for those to whom IAM policies allow it, and
	// principals that the key policy names, who may set the flag.
	Open []string `json:"open"`
	// Undecided are those of them of whom it is not known.
	Undecided []Undecided `json:"undecided"`
}

// BypassStatement is a statement of a key policy.
type BypassStatement struct {
	Place    string `json:"place"`
	Identity string `json:"identity"`
}

const bypassFlag, putKeyPolicy = "kms:BypassPolicyLockoutSafetyCheck", "kms:PutKeyPolicy"

// bypass asks who may put the policy with the flag set. The organization's policies
// count as far as they are known.
func (b *builder) bypass(l *looked) *KeyBypass {
	fact := &KeyBypass{}
	if l.statements == nil {
		return fact
	}
	flagged := access.NewContext().With(bypassFlag, "true")
	for j := range l.document.Statements {
		s := &l.document.Statements[j]
		if s.Effect != policy.Allow || !slices.Contains(l.statements.Actions(j), putKeyPolicy) || !l.statements.Turns(j, bypassFlag, "true", "false") {
			continue
		}
		allowed := slices.ContainsFunc(b.callersOf(s, accountOf(l.key.ARN)), func(c caller) bool {
			return !l.statements.Gives(j, &access.Question{Principal: c.arn, Action: putKeyPolicy, Context: flagged}, false).Denied()
		})
		if allowed {
			fact.Meant = append(fact.Meant, BypassStatement{l.place(j), l.document.Identity(j)})
		}
	}
	open := opens{}
	asked := []string{b.s.Account.ARN()}
	for _, one := range b.account.NamedIn(l.key.ARN) {
		if (one.Account == accountOf(l.key.ARN) || one.Kind == "unique_id") && !one.ServiceLinked && !slices.Contains(asked, one.ARN) {
			asked = append(asked, one.ARN)
		}
	}
	for _, principal := range asked {
		question := access.Question{
			Principal: principal, Action: putKeyPolicy, Resource: l.key.ARN, Stance: access.MustNotBeAble, Context: flagged,
		}
		switch b.account.Verdict(question) {
		case access.Allowed, access.Depends:
			fact.Open = append(fact.Open, principal)
		case access.Unknown:
			open.add(principal, b.account.Decide(question).Unread)
		case access.ExplicitlyDenied, access.ImplicitlyDenied:
		}
	}
	fact.Undecided = open.rows()
	return fact
}

// callersOf are those whom a statement of a key policy names: for everybody and for
// the account itself a role of the account stands.
func (b *builder) callersOf(s *policy.Statement, account string) []caller {
	someone := someRole(b.s.Account.Partition, account)
	if s.Principal == nil {
		return []caller{{name: "*", arn: someone}}
	}
	var callers []caller
	for _, p := range s.Principal.List {
		party := access.PartyOf(p.Value)
		one := caller{name: p.Value, arn: p.Value}
		if p.Value == "*" || party.Kind == access.PartyAccount && party.Account == account {
			one.arn = someone
		}
		if p.Kind == policy.KindAWS && party.Kind != access.PartyAWS {
			callers = append(callers, one)
		}
	}
	return callers
}
