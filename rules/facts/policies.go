package facts

import (
	"slices"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// addPolicies adds the identity policies. Of each only what is about KMS is kept.
func (b *builder) addPolicies() {
	for i, role := range b.s.Roles {
		b.addInline(role.ARN, role.InlinePolicies, place("roles", i, "inline_policies"))
	}
	for i, user := range b.s.Users {
		b.addInline(user.ARN, user.InlinePolicies, place("users", i, "inline_policies"))
	}
	for i, group := range b.s.Groups {
		b.addInline(group.ARN, group.InlinePolicies, place("groups", i, "inline_policies"))
	}
	for i, managed := range b.s.ManagedPolicies {
		fact := Policy{
			ID: managed.ARN, ARN: managed.ARN, Name: managed.Name, Kind: "managed", Manager: "customer",
			Place: place("managed_policies", i), Unread: map[string]Unread{},
		}
		if accountOf(managed.ARN) == "aws" {
			fact.Manager = "aws"
		}
		b.addDocument(&fact, managed.Document, fact.Place+"/document")
	}
	b.addUnlisted()
	if reason, at := b.standing("iam:GetAccountAuthorizationDetails"); reason != nil {
		for _, kind := range []string{"inline", "managed"} {
			b.document.Policies = append(b.document.Policies, Policy{
				ID: b.identities() + kind, ARN: b.identities(), Name: "*", Kind: kind, Manager: "customer", Place: at,
				Unread: nothingOf("policies", *reason),
			})
		}
	}
}

// identities stands for the identities of the account when they could not be
// listed.
func (b *builder) identities() string {
	return "arn:" + b.s.Account.Partition + ":iam::" + b.s.Account.ID + ":*"
}

func (b *builder) addInline(owner string, policies snapshot.Reading[[]snapshot.NamedPolicy], at string) {
	if reason := why(policies, "iam:GetAccountAuthorizationDetails"); reason != nil {
		b.document.Policies = append(b.document.Policies, Policy{
			ID: owner + "|*", ARN: owner, Name: "*", Kind: "inline", Manager: "customer", Place: at,
			Unread: nothingOf("policies", *reason),
		})
		return
	}
	list, _ := policies.Get()
	for i, inline := range list {
		fact := Policy{
			ID: owner + "|" + inline.Name, ARN: owner, Name: inline.Name, Kind: "inline", Manager: "customer",
			Place: at + place("value", i), Unread: map[string]Unread{},
		}
		b.addDocument(&fact, inline.Document, fact.Place+"/document")
	}
}

func (b *builder) addDocument(fact *Policy, reading snapshot.Reading[snapshot.Document], at string) {
	if document, reason := certainPolicy(reading, "iam:GetAccountAuthorizationDetails"); reason != nil {
		fact.Unread["document"], fact.Unread["wildcards"], fact.Unread["idle"] = *reason, *reason, *reason
	} else {
		fact.Document, fact.Wildcards = b.policyDocument(document, at+"/value"), b.wildcards(document, at+"/value")
		fact.Idle = b.idle(fact, document, at+"/value")
	}
	if fact.Kind == "inline" {
		fact.Use = &PolicyUse{Place: fact.Place}
	} else if use, reason := b.use(fact.ARN, fact.Place); reason != nil {
		fact.Unread["use"] = *reason
	} else {
		fact.Use = use
	}
	b.document.Policies = append(b.document.Policies, *fact)
}

func (b *builder) policyDocument(document *policy.Document, at string) *PolicyDocument {
	fact := &PolicyDocument{Place: at}
	var allowed []Everywhere
	var denied []string
	for i, statement := range document.Statements {
		reach := access.ReachOf(document, i, b.s.Account.Partition, b.s.Account.ID, b.s.Regions)
		if len(reach.Actions) == 0 {
			continue
		}
		conditional := len(statement.Conditions) > 0
		identity := document.Identity(i)
		fact.Statements = append(fact.Statements, PolicyStatement{
			Place: at + statement.Pointer, Identity: identity, Effect: statement.Effect, Every: reach.Every, Keys: string(reach.Keys),
			Conditional: conditional, NotAction: statement.NotAction != nil, NotResource: statement.NotResource != nil,
			Aliases: reach.Aliases, KeyActions: slices.ContainsFunc(reach.Actions, onKeysOnly),
			AliasActions: !reach.Every && slices.ContainsFunc(reach.Actions, func(a string) bool { return !onKeysOnly(a) }),
		})
		wide := reach.Keys == access.EveryKey || reach.Keys == access.AccountKeys || reach.Keys == access.RegionKeys
		switch {
		case statement.Effect == policy.Allow && wide:
			for _, action := range reach.Actions {
				allowed = append(allowed, Everywhere{
					Action: action, Place: at + statement.Pointer, Identity: identity, Conditional: conditional, Keys: string(reach.Keys),
				})
			}
		case statement.Effect == policy.Deny && !conditional && (reach.Keys == access.EveryKey || reach.Keys == access.AccountKeys):
			denied = append(denied, reach.Actions...)
		}
	}
	fact.Everywhere = slices.DeleteFunc(allowed, func(e Everywhere) bool {
		return slices.Contains(denied, e.Action) || !watched[e.Action]
	})
	return fact
}

// watched are the actions that rules ask about when they are allowed on every
// key: the list would be long otherwise, and it is long for every administrator.
var watched = map[string]bool{
	"kms:Decrypt": true, "kms:ReEncryptFrom": true, "kms:ReEncryptTo": true,
}

func onKeysOnly(action string) bool {
	return action != "kms:CreateAlias" && action != "kms:UpdateAlias" && action != "kms:DeleteAlias"
}
