package facts

import (
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// addUnlisted adds the managed policies that identities have and the snapshot
// does not, and a stand-in for those of an identity of which nobody knows which
// it has.
func (b *builder) addUnlisted() {
	known := map[string]bool{}
	for _, managed := range b.s.ManagedPolicies {
		known[managed.ARN] = true
	}
	look := func(owner string, attached snapshot.Reading[[]snapshot.PolicyRef], at string) {
		if reason := why(attached, "iam:GetAccountAuthorizationDetails"); reason != nil {
			b.unknownPolicy(owner+"|attached", owner, "*", "customer", at, *reason)
			return
		}
		list, _ := attached.Get()
		for _, ref := range list {
			if known[ref.ARN] {
				continue
			}
			known[ref.ARN] = true
			manager := "customer"
			if accountOf(ref.ARN) == "aws" {
				manager = "aws"
			}
			b.unknownPolicy(ref.ARN, ref.ARN, ref.Name, manager, at, Unread{
				State: snapshot.NotCollected.String(), Operation: "iam:GetAccountAuthorizationDetails", Code: "PolicyNotListed",
			})
		}
	}
	for i, role := range b.s.Roles {
		look(role.ARN, role.AttachedPolicies, place("roles", i, "attached_policies"))
	}
	for i, user := range b.s.Users {
		look(user.ARN, user.AttachedPolicies, place("users", i, "attached_policies"))
	}
	for i, group := range b.s.Groups {
		look(group.ARN, group.AttachedPolicies, place("groups", i, "attached_policies"))
	}
}

func (b *builder) unknownPolicy(id, arn, name, manager, at string, reason Unread) {
	b.document.Policies = append(b.document.Policies, Policy{
		ID: id, ARN: arn, Name: name, Kind: "managed", Manager: manager, Place: at, Unread: nothingOf("policies", reason),
	})
}
