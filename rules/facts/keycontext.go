package facts

import (
	"slices"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// KeyContext are the statements of a key policy that let somebody decrypt without
// any encryption context.
type KeyContext struct {
	Place   string           `json:"place"`
	Manager string           `json:"manager" enum:"customer,aws"`
	Loose   []LooseStatement `json:"loose"`
}

// LooseStatement lets principals decrypt without an encryption context, whatever the
// same policy denies. Services are left out: they use contexts of their own.
type LooseStatement struct {
	Place      string   `json:"place"`
	Identity   string   `json:"identity"`
	Principals []string `json:"principals"`
}

// loose finds the statements that do not ask for an encryption context (rule C19).
func (b *builder) loose(l *looked) []LooseStatement {
	bare := access.NewContext().WithAbsent("kms:EncryptionContext:*", "kms:EncryptionContextKeys")
	var list []LooseStatement
	for j := range l.document.Statements {
		s := &l.document.Statements[j]
		if s.Effect != policy.Allow || !slices.Contains(l.statements.Actions(j), decrypt) {
			continue
		}
		one := LooseStatement{Place: l.place(j), Identity: l.document.Identity(j)}
		for _, c := range b.callersOf(s, accountOf(l.key.ARN)) {
			if !l.statements.Gives(j, &access.Question{Principal: c.arn, Action: decrypt, Context: bare}, false).Denied() {
				one.Principals = append(one.Principals, c.name)
			}
		}
		if len(one.Principals) > 0 {
			list = append(list, one)
		}
	}
	return list
}
