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
	b.document.Roles = make([]Role, 0, len(b.s.Roles)+1)
	for i := range b.s.Roles {
		role := &b.s.Roles[i]
		fact := Role{ARN: role.ARN, Name: role.Name, Place: place("roles", i)}
		if trust, reason := b.trust(role, i); reason != nil {
			fact.Unread = map[string]Unread{"trust": *reason, "decrypts": *reason}
		} else {
			fact.Trust = trust
		}
		b.document.Roles = append(b.document.Roles, fact)
	}
	decrypting := b.newDecrypting()
	for i := range b.document.Roles {
		fact := &b.document.Roles[i]
		if fact.Trust == nil {
			continue
		}
		var reason *Unread
		if fact.Decrypts, reason = decrypting.of(&b.s.Roles[i], fact.Trust); reason != nil {
			fact.Unread = map[string]Unread{"decrypts": *reason}
		}
	}
	if reason, at := b.standing("iam:GetAccountAuthorizationDetails"); reason != nil {
		b.document.Roles = append(b.document.Roles, Role{
			ARN: b.identities(), Name: "*", Place: at, Unread: map[string]Unread{"trust": *reason, "decrypts": *reason},
		})
	}
}

func (b *builder) trust(role *snapshot.Role, i int) (*Trust, *Unread) {
	document, reason := certainPolicy(role.TrustPolicy, "iam:GetAccountAuthorizationDetails")
	if reason != nil {
		return nil, reason
	}
	at := place("roles", i, "trust_policy", "value")
	fact := &Trust{Place: at}
	for j := range document.Statements {
		statement, trust := &document.Statements[j], access.TrustOf(document, j, b.s.Account.ID)
		open := TrustStatement{}
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
		open.Place, open.Identity = at+statement.Pointer, document.Identity(j)
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

// decrypting is who of the roles that let strangers in can decrypt with what.
type decrypting struct {
	*builder
	held *access.Holdings
	// doubtful are the keys, by ARN, of which the census does not tell all.
	doubtful []*snapshot.Key
	managed  map[string]*snapshot.ManagedPolicy
}

// newDecrypting prepares for the roles of the document that are open to strangers.
func (b *builder) newDecrypting() *decrypting {
	d := &decrypting{builder: b, managed: make(map[string]*snapshot.ManagedPolicy, len(b.s.ManagedPolicies))}
	var open []string
	for i := range b.document.Roles {
		if role := &b.document.Roles[i]; role.Trust != nil && len(role.Trust.Open) > 0 {
			open = append(open, role.ARN)
		}
	}
	if len(open) == 0 {
		return d
	}
	d.held = b.decryption().Holdings(open)
	for i := range b.s.Keys {
		if key := &b.s.Keys[i]; !tellsAll(key) {
			d.doubtful = append(d.doubtful, key)
		}
	}
	slices.SortFunc(d.doubtful, func(x, y *snapshot.Key) int { return strings.Compare(x.ARN, y.ARN) })
	for i := range b.s.ManagedPolicies {
		d.managed[b.s.ManagedPolicies[i].ARN] = &b.s.ManagedPolicies[i]
	}
	return d
}

// of asks for keys that the role can decrypt with. One that is certain is
// enough; none is an answer only if no key was left open.
func (d *decrypting) of(role *snapshot.Role, trust *Trust) (*Decrypts, *Unread) {
	fact := &Decrypts{Place: trust.Place}
	if len(trust.Open) == 0 {
		return fact, nil
	}
	var open *Unread
	doubtful := d.doubtful
	for key, verdict := range d.held.Of(role.ARN) {
		for len(doubtful) > 0 && doubtful[0].ARN < key && len(fact.Keys) < someKeys {
			d.doubt(fact, role.ARN, doubtful[0], &open)
			doubtful = doubtful[1:]
		}
		if len(fact.Keys) < someKeys && (len(doubtful) == 0 || doubtful[0].ARN != key) {
			d.add(fact, role.ARN, key, verdict, &open)
		}
		if len(fact.Keys) == someKeys {
			return fact, nil
		}
	}
	for _, key := range doubtful {
		if len(fact.Keys) < someKeys {
			d.doubt(fact, role.ARN, key, &open)
		}
	}
	if len(fact.Keys) == 0 && open == nil {
		open = d.keysUnlisted()
	}
	if len(fact.Keys) == 0 && open == nil && d.elsewhere(role) {
		open = &Unread{State: snapshot.NotCollected.String(), Operation: "kms:GetKeyPolicy", Code: "KeysElsewhere"}
	}
	if len(fact.Keys) == 0 && open != nil {
		return nil, open
	}
	return fact, nil
}

// doubt asks for a key of which the census does not tell all. Where its policy is not
// known nobody is allowed it for certain: one such key leaves as much open as many.
func (d *decrypting) doubt(fact *Decrypts, role string, key *snapshot.Key, open **Unread) {
	if *open == nil || d.account.KnowsPolicy(key.ARN) {
		d.add(fact, role, key.ARN, access.Unknown, open)
	}
}

// add adds a key that the role can decrypt with. What the census does not know is
// decided, and open is why the first of those is not known.
func (d *decrypting) add(fact *Decrypts, role, key string, verdict access.Verdict, open **Unread) {
	if verdict == access.Unknown {
		verdict = d.verdict(role, decrypt, key)
	}
	switch {
	case verdict == access.Allowed || verdict == access.Depends:
		fact.Keys = append(fact.Keys, key)
	case verdict == access.Unknown && *open == nil:
		*open = &Unread{State: snapshot.NotCollected.String(), Operation: "kms:GetKeyPolicy"}
		if decision := d.decides(role, decrypt, key); len(decision.Unread) > 0 {
			first := unreadPolicies(decision.Unread[:1])[0]
			*open = &Unread{State: first.State, Operation: first.Operation, Code: first.Code}
		}
	}
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

// elsewhere tells whether the role's policies speak of keys that the snapshot does
// not have: of other accounts, or of Regions that nobody asked.
func (d *decrypting) elsewhere(role *snapshot.Role) bool {
	attached, _ := role.AttachedPolicies.Get()
	inline, _ := role.InlinePolicies.Get()
	var documents []snapshot.Reading[snapshot.Document]
	for _, own := range inline {
		documents = append(documents, own.Document)
	}
	for _, ref := range attached {
		if managed := d.managed[ref.ARN]; managed != nil {
			documents = append(documents, managed.Document)
		}
	}
	for _, reading := range documents {
		document, _ := snapshot.PolicyOf(reading)
		if document == nil {
			continue // the decisions were unknown then
		}
		for i, statement := range document.Statements {
			reach := d.reaches.Of(document, i)
			if statement.Effect != policy.Allow || !slices.Contains(reach.Actions, "kms:Decrypt") {
				continue
			}
			for _, resource := range statement.Resource {
				if _, here := d.keys[resource]; !here && strings.HasPrefix(part(resource, 5), "key/") {
					return true
				}
			}
		}
	}
	return false
}
