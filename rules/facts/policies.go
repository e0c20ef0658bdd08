package facts

import (
	"slices"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// addPolicies adds the identity policies. Of each only what is about KMS is kept.
func (b *builder) addPolicies() {
	b.document.Policies = make([]Policy, 0, b.policyCount())
	for i := range b.s.Roles {
		b.addInline(b.s.Roles[i].ARN, b.s.Roles[i].InlinePolicies, "roles", i)
	}
	for i := range b.s.Users {
		b.addInline(b.s.Users[i].ARN, b.s.Users[i].InlinePolicies, "users", i)
	}
	for i := range b.s.Groups {
		b.addInline(b.s.Groups[i].ARN, b.s.Groups[i].InlinePolicies, "groups", i)
	}
	for i := range b.s.ManagedPolicies {
		managed := &b.s.ManagedPolicies[i]
		fact := Policy{
			ID: managed.ARN, ARN: managed.ARN, Name: managed.Name, Kind: "managed", Manager: "customer",
			Place: place("managed_policies", i),
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

// policyCount is how many policies there are to add, but for what stands for others.
func (b *builder) policyCount() int {
	count := len(b.s.ManagedPolicies) + 2
	add := func(policies snapshot.Reading[[]snapshot.NamedPolicy]) {
		list, ok := policies.Get()
		if count += len(list); !ok {
			count++
		}
	}
	for i := range b.s.Roles {
		add(b.s.Roles[i].InlinePolicies)
	}
	for i := range b.s.Users {
		add(b.s.Users[i].InlinePolicies)
	}
	for i := range b.s.Groups {
		add(b.s.Groups[i].InlinePolicies)
	}
	return count
}

// identities stands for the identities of the account when they could not be
// listed.
func (b *builder) identities() string {
	return "arn:" + b.s.Account.Partition + ":iam::" + b.s.Account.ID + ":*"
}

// addInline adds the policies that stand in the i-th of a list of identities.
func (b *builder) addInline(owner string, policies snapshot.Reading[[]snapshot.NamedPolicy], list string, i int) {
	if reason := why(policies, "iam:GetAccountAuthorizationDetails"); reason != nil {
		b.document.Policies = append(b.document.Policies, Policy{
			ID: owner + "|*", ARN: owner, Name: "*", Kind: "inline", Manager: "customer", Place: place(list, i, "inline_policies"),
			Unread: nothingOf("policies", *reason),
		})
		return
	}
	named, _ := policies.Get()
	for j := range named {
		inline := &named[j]
		fact := Policy{
			ID: owner + "|" + inline.Name, ARN: owner, Name: inline.Name, Kind: "inline", Manager: "customer",
			Place: place(list, i, "inline_policies", "value", j),
		}
		b.addDocument(&fact, inline.Document, fact.Place+"/document")
	}
}

func (b *builder) addDocument(fact *Policy, reading snapshot.Reading[snapshot.Document], at string) {
	if document, reason := certainPolicy(reading, "iam:GetAccountAuthorizationDetails"); reason != nil {
		fact.Unread = map[string]Unread{"document": *reason, "wildcards": *reason, "idle": *reason}
	} else {
		at += "/value"
		of := &struct { // one piece of memory, as there are many policies
			document  PolicyDocument
			wildcards PolicyWildcards
			idle      PolicyIdle
		}{PolicyDocument{Place: at}, PolicyWildcards{Place: at}, PolicyIdle{Place: at}}
		b.policyDocument(&of.document, document)
		b.wildcards(&of.wildcards, document)
		if fact.Manager == "customer" {
			b.idle(&of.idle, document)
		}
		fact.Document, fact.Wildcards, fact.Idle = &of.document, &of.wildcards, &of.idle
	}
	if fact.Kind == "inline" {
		fact.Use = &PolicyUse{Place: fact.Place}
	} else if use, reason := b.use(fact.ARN, fact.Place); reason != nil {
		fact.unread("use", *reason)
	} else {
		fact.Use = use
	}
	b.document.Policies = append(b.document.Policies, *fact)
}

// unread notes why a reading is not there.
func (p *Policy) unread(reading string, reason Unread) {
	if p.Unread == nil {
		p.Unread = map[string]Unread{}
	}
	p.Unread[reading] = reason
}

func (b *builder) policyDocument(fact *PolicyDocument, document *policy.Document) {
	var allowed []Everywhere
	var denied []string
	for i := range document.Statements {
		statement := &document.Statements[i]
		reach := b.reaches.Of(document, i)
		if len(reach.Actions) == 0 {
			continue
		}
		conditional := len(statement.Conditions) > 0
		at, identity := fact.Place+statement.Pointer, document.Identity(i)
		fact.Statements = append(fact.Statements, PolicyStatement{
			Place: at, Identity: identity, Effect: statement.Effect, Every: reach.Every, Keys: string(reach.Keys),
			Conditional: conditional, NotAction: statement.NotAction != nil, NotResource: statement.NotResource != nil,
			Aliases: reach.Aliases, KeyActions: slices.ContainsFunc(reach.Actions, onKeysOnly),
			AliasActions: !reach.Every && slices.ContainsFunc(reach.Actions, func(a string) bool { return !onKeysOnly(a) }),
		})
		wide := reach.Keys == access.EveryKey || reach.Keys == access.AccountKeys || reach.Keys == access.RegionKeys
		switch {
		case statement.Effect == policy.Allow && wide:
			for _, action := range reach.Actions {
				if watched[action] {
					allowed = append(allowed, Everywhere{Action: action, Place: at, Identity: identity, Conditional: conditional, Keys: string(reach.Keys)})
				}
			}
		case statement.Effect == policy.Deny && !conditional && (reach.Keys == access.EveryKey || reach.Keys == access.AccountKeys):
			denied = append(denied, reach.Actions...)
		}
	}
	fact.Everywhere = slices.DeleteFunc(allowed, func(e Everywhere) bool { return slices.Contains(denied, e.Action) })
}

// watched are the actions that rules ask about when they are allowed on every
// key: the list would be long otherwise, and it is long for every administrator.
var watched = map[string]bool{
	"kms:Decrypt": true, "kms:ReEncryptFrom": true, "kms:ReEncryptTo": true,
}

func onKeysOnly(action string) bool {
	return action != "kms:CreateAlias" && action != "kms:UpdateAlias" && action != "kms:DeleteAlias"
}
