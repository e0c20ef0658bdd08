package facts

import (
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// KeyKeepers are those who can change the key policy, as far as it decides.
type KeyKeepers struct {
	Place string `json:"place"`
	// Status is aws for keys of which AWS fixes the policy, open where it hangs on
	// conditions whether anybody can.
	Status string   `json:"status" enum:"somebody,nobody,open,aws"`
	Some   []string `json:"some"`
	// Gone are principals that the policy lets change it and that do not exist,
	// Foreign those of other accounts, who cannot.
	Gone    []string  `json:"gone"`
	Foreign []string  `json:"foreign"`
	Depends []Depends `json:"depends"`
}

// keepers asks who can change the policy of key i.
func (b *builder) keepers(k snapshot.Key, i int) (*KeyKeepers, *Unread) {
	if m, ok := k.Metadata.Get(); ok && m.Manager == "AWS" {
		return &KeyKeepers{Place: place("keys", i, "metadata", "value"), Status: "aws"}, nil
	}
	if _, reason := certainPolicy(k.Policy, "kms:GetKeyPolicy"); reason != nil {
		return nil, reason
	}
	found := b.account.Keepers(k.ARN)
	fact := &KeyKeepers{Place: place("keys", i, "policy", "value"), Status: "somebody", Some: found.By, Gone: found.Gone, Foreign: found.Foreign}
	switch found.Verdict {
	case access.Unknown:
		open := unreadPolicies(found.Unread)[0]
		return nil, &Unread{State: open.State, Operation: open.Operation, Code: open.Code}
	case access.Depends:
		fact.Status = "open"
		fact.Depends = []Depends{{What: "kms:PutKeyPolicy", Resource: k.ARN, Tests: testsOf(found.Tests)}}
	case access.ExplicitlyDenied, access.ImplicitlyDenied:
		fact.Status = "nobody"
	case access.Allowed:
	}
	return fact, nil
}
