package facts

import (
	"slices"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// KeyDecryptors count the users and roles that may decrypt with a key, and those
// whom its policy and grants name beside them. The account's root user,
// service-linked roles and services are left out.
type KeyDecryptors struct {
	Place string `json:"place"`
	// Applies is false for keys that AWS manages and keys that do not encrypt.
	Applies bool `json:"applies"`
	Allowed int  `json:"allowed"` // for certain
	Depends int  `json:"depends"` // under conditions
	// Delegated are those of both who have it by IAM policies, because the key
	// policy lets these decide, and are named neither by it nor by a grant.
	Delegated  int      `json:"delegated"`
	Principals []string `json:"principals"` // some of all
	Tests      []Test   `json:"tests"`      // of one who has it under conditions
	// Undecided are those of whom it is not known; Complete is false where there
	// may be more of whom nobody knows.
	Undecided int         `json:"undecided"`
	Complete  bool        `json:"complete"`
	Open      []Undecided `json:"open"` // why
}

// KeyDelegation says what the key policy leaves to the account's IAM policies.
type KeyDelegation struct {
	Place    string `json:"place"`
	Identity string `json:"identity"`
	// Extent is all where IAM policies decide about every action, some where about
	// a few or under conditions, aws for keys of which AWS fixes the policy.
	Extent string `json:"extent" enum:"all,some,none,aws"`
}

// someDecryptors is how many decryptors of a key are named.
const someDecryptors = 5

const decrypt = "kms:Decrypt"

// decryptors counts who may decrypt with key i.
func (b *builder) decryptors(k snapshot.Key, i int) (*KeyDecryptors, *Unread) {
	fact := &KeyDecryptors{Place: place("keys", i), Complete: true}
	if m, ok := k.Metadata.Get(); ok && (m.Manager == "AWS" || m.Usage != "ENCRYPT_DECRYPT") {
		return fact, nil
	}
	if _, reason := certainPolicy(k.Policy, "kms:GetKeyPolicy"); reason != nil {
		return nil, reason
	}
	fact.Applies = true
	census := b.decryption()
	tally := census.Count(k.ARN)
	for _, one := range b.aside { // who does not count
		switch census.Of(one.ARN, k.ARN) {
		case access.Allowed:
			tally.Allowed--
		case access.Depends:
			tally.Depends--
		case access.Unknown:
			tally.Unknown--
		case access.ExplicitlyDenied, access.ImplicitlyDenied:
		}
	}
	fact.Allowed, fact.Depends, fact.Undecided = tally.Allowed, tally.Depends, tally.Unknown
	fact.Delegated = fact.Allowed + fact.Depends
	named := b.account.NamedIn(k.ARN)
	grants, _ := k.Grants.Get()
	for _, grant := range grants {
		if one, known := b.account.Principal(grant.Grantee); known && !slices.Contains(named, one) {
			named = append(named, one)
		}
	}
	for _, one := range named {
		if v := census.Of(one.ARN, k.ARN); counts(one) && (v == access.Allowed || v == access.Depends) {
			fact.Delegated--
		}
	}
	fact.Principals = census.Some(k.ARN, someDecryptors, counts, access.Allowed, access.Depends)
	conditional := census.Some(k.ARN, min(1, fact.Depends), counts, access.Depends)
	for _, principal := range conditional {
		fact.Tests = testsOf(b.decides(principal, decrypt, k.ARN).DependsOn)
	}
	open := opens{}
	undecided := census.Some(k.ARN, min(1, fact.Undecided), counts, access.Unknown)
	for _, principal := range undecided {
		open.add(principal, b.decides(principal, decrypt, k.ARN).Unread)
	}
	fact.Open = open.rows()
	if reason := why(k.Grants, "kms:ListGrants"); reason != nil {
		fact.incomplete("grants of "+k.ARN, place("keys", i, "grants"), *reason)
	}
	if reason, at := b.standing("iam:GetAccountAuthorizationDetails"); reason != nil {
		fact.incomplete("users and roles", at, *reason)
	}
	return fact, nil
}

// decryption is the census of who may decrypt, taken when it is first asked for.
func (b *builder) decryption() *access.Census {
	b.census.Do(func() {
		b.decrypting = b.account.Census(decrypt, access.MustNotBeAble)
		for _, one := range b.account.Principals() {
			if !counts(one) {
				b.aside = append(b.aside, one)
			}
		}
	})
	return b.decrypting
}

// counts tells whether a principal is one of those that are counted: a user or
// role, a session or somebody of another account.
func counts(p access.Principal) bool {
	switch p.Kind {
	case "user", "role", "session", "foreign":
		return !p.ServiceLinked
	}
	return false
}

// decides is the decision on an action on a key, asked as what must not be.
func (b *builder) decides(principal, action, key string) access.Decision {
	return b.account.Decide(mayUse(principal, action, key))
}

// verdict is decides without the evidence.
func (b *builder) verdict(principal, action, key string) access.Verdict {
	return b.account.Verdict(mayUse(principal, action, key))
}

func mayUse(principal, action, key string) access.Question {
	return access.Question{Principal: principal, Action: action, Resource: key, Stance: access.MustNotBeAble, Context: access.NewContext()}
}

func (d *KeyDecryptors) incomplete(what, at string, reason Unread) {
	d.Complete = false
	d.Open = append(d.Open, Undecided{What: what, Unread: []UnreadPolicy{{
		Policy: reason.Operation, Place: at, State: reason.State, Operation: reason.Operation, Code: reason.Code,
	}}})
}

// delegation finds the statement of key i's policy that leaves most to IAM.
func (b *builder) delegation(k snapshot.Key, i int) (*KeyDelegation, *Unread) {
	if m, ok := k.Metadata.Get(); ok && m.Manager == "AWS" {
		return &KeyDelegation{Place: place("keys", i, "metadata", "value"), Extent: "aws"}, nil
	}
	document, reason := certainPolicy(k.Policy, "kms:GetKeyPolicy")
	if reason != nil {
		return nil, reason
	}
	at := place("keys", i, "policy", "value")
	fact := &KeyDelegation{Place: at, Extent: "none"}
	for j, statement := range document.Statements {
		d := access.DelegationOf(document, j, accountOf(k.ARN))
		extent := "none"
		switch {
		case d.Every && !d.Conditional:
			extent = "all"
		case len(d.Actions) > 0:
			extent = "some"
		}
		if extent == "all" || extent == "some" && fact.Extent == "none" {
			fact.Place, fact.Identity, fact.Extent = at+statement.Pointer, document.Identity(j), extent
		}
		if extent == "all" {
			break
		}
	}
	return fact, nil
}
