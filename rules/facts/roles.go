package facts

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// someKeys is how many keys of a role are named.
const someKeys = 3

// addRoles adds the roles, with what strangers who can assume them could decrypt.
func (b *builder) addRoles() {
	for i, role := range b.s.Roles {
		fact := Role{ARN: role.ARN, Name: role.Name, Place: place("roles", i), Unread: map[string]Unread{}}
		if trust, reason := b.trust(role, i); reason != nil {
			fact.Unread["trust"], fact.Unread["decrypts"] = *reason, *reason
		} else {
			fact.Trust = trust
			if fact.Decrypts, reason = b.decrypts(role, trust); reason != nil {
				fact.Unread["decrypts"] = *reason
			}
		}
		b.document.Roles = append(b.document.Roles, fact)
	}
	if reason, at := b.standing("iam:GetAccountAuthorizationDetails"); reason != nil {
		b.document.Roles = append(b.document.Roles, Role{
			ARN: b.identities(), Name: "*", Place: at, Unread: map[string]Unread{"trust": *reason, "decrypts": *reason},
		})
	}
}

func (b *builder) trust(role snapshot.Role, i int) (*Trust, *Unread) {
	document, reason := certainPolicy(role.TrustPolicy, "iam:GetAccountAuthorizationDetails")
	if reason != nil {
		return nil, reason
	}
	at := place("roles", i, "trust_policy", "value")
	fact := &Trust{Place: at}
	for j, statement := range document.Statements {
		trust := access.TrustOf(document, j, b.s.Account.ID)
		open := TrustStatement{Place: at + statement.Pointer, Identity: document.Identity(j)}
		switch accounts := b.untrustedOf(trust.Accounts); {
		case trust.Anyone && trust.Restriction != access.RestrictionFixed:
			open.Provider, open.Tests = trust.Provider, testsOf(trust.By)
		case len(accounts) > 0:
			open.Accounts = accounts
			for _, c := range statement.Conditions {
				open.Tests = append(open.Tests, Test{Key: c.Key, Operator: c.Operator, Values: c.Values})
			}
		default:
			continue
		}
		fact.Open = append(fact.Open, open)
	}
	return fact, nil
}

// untrustedOf are the accounts that the configuration does not trust, each once.
func (b *builder) untrustedOf(accounts []string) []string {
	var others []string
	for _, account := range accounts {
		if b.untrusted(account, b.s.Account.ID) {
			others = append(others, account)
		}
	}
	slices.Sort(others)
	return slices.Compact(others)
}

// decrypts asks for keys that the role can decrypt with. One that is certain is
// enough; none is an answer only if no key was left open.
func (b *builder) decrypts(role snapshot.Role, trust *Trust) (*Decrypts, *Unread) {
	fact := &Decrypts{Place: trust.Place}
	if len(trust.Open) == 0 {
		return fact, nil
	}
	var open *Unread
	census := b.decryption()
	for i := range b.s.Keys {
		key := &b.s.Keys[i]
		verdict := access.Unknown
		if tellsAll(key) {
			verdict = census.Of(role.ARN, key.ARN)
		}
		var decision access.Decision
		if verdict == access.Unknown {
			if decision = b.decides(role.ARN, decrypt, key.ARN); decision.Verdict.Denied() {
				continue
			}
			verdict = decision.Verdict
		}
		switch {
		case verdict == access.Allowed || verdict == access.Depends:
			fact.Keys = append(fact.Keys, key.ARN)
		case verdict == access.Unknown && open == nil:
			open = &Unread{State: snapshot.NotCollected.String(), Operation: "kms:GetKeyPolicy"}
			if len(decision.Unread) > 0 {
				first := unreadPolicies(decision.Unread[:1])[0]
				open = &Unread{State: first.State, Operation: first.Operation, Code: first.Code}
			}
		}
		if len(fact.Keys) == someKeys {
			break
		}
	}
	if len(fact.Keys) == 0 && open == nil {
		open = b.keysUnlisted()
	}
	if len(fact.Keys) == 0 && open == nil && b.decryptsElsewhere(role) {
		open = &Unread{State: snapshot.NotCollected.String(), Operation: "kms:GetKeyPolicy", Code: "KeysElsewhere"}
	}
	if len(fact.Keys) == 0 && open != nil {
		return nil, open
	}
	return fact, nil
}

// tellsAll reports a key of which the census says what a decision would: its policy
// and grants were read, and no grant stands for a service (G5).
func tellsAll(key *snapshot.Key) bool {
	grants, read := key.Grants.Get()
	_, reason := certainPolicy(key.Policy, "kms:GetKeyPolicy")
	return read && reason == nil && !slices.ContainsFunc(grants, func(g snapshot.Grant) bool { return !strings.HasPrefix(g.Grantee, "arn:") })
}

// keysUnlisted says why not all keys of the account are known, or nil.
func (b *builder) keysUnlisted() *Unread {
	for _, operation := range []string{"kms:ListKeys", "account:ListRegions"} {
		if reason, _ := b.standing(operation); reason != nil {
			return reason
		}
	}
	return nil
}

// decryptsElsewhere tells whether the role's policies speak of keys that the
// snapshot does not have: of other accounts, or of Regions that nobody asked.
func (b *builder) decryptsElsewhere(role snapshot.Role) bool {
	attached, _ := role.AttachedPolicies.Get()
	inline, _ := role.InlinePolicies.Get()
	var documents []snapshot.Reading[snapshot.Document]
	for _, own := range inline {
		documents = append(documents, own.Document)
	}
	for _, managed := range b.s.ManagedPolicies {
		if slices.ContainsFunc(attached, func(ref snapshot.PolicyRef) bool { return ref.ARN == managed.ARN }) {
			documents = append(documents, managed.Document)
		}
	}
	for _, reading := range documents {
		document, _ := snapshot.PolicyOf(reading)
		if document == nil {
			continue // the decisions were unknown then
		}
		for i, statement := range document.Statements {
			reach := access.ReachOf(document, i, b.s.Account.Partition, b.s.Account.ID, b.s.Regions)
			if statement.Effect != policy.Allow || !slices.Contains(reach.Actions, "kms:Decrypt") {
				continue
			}
			for _, resource := range statement.Resource {
				if _, here := b.keys[resource]; !here && strings.HasPrefix(part(resource, 5), "key/") {
					return true
				}
			}
		}
	}
	return false
}
