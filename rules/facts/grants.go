package facts

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// KeyGrants are the grants on a key. Those on keys that AWS manages are made and
// taken back by its services alone: there are none of them here.
type KeyGrants struct {
	Place   string     `json:"place"`
	Manager string     `json:"manager" enum:"customer,aws"`
	Count   int        `json:"count"`
	Grants  []KeyGrant `json:"grants"`
	// Repeated are grants that say the same as another, those to AWS aside.
	Repeated []RepeatedGrant `json:"repeated"`
	// Holders are the grantees with the most grants, the first few, AWS aside.
	Holders []GrantHolder `json:"holders"`
	// Undecided are grantees of whom it is not known whether they still exist.
	Undecided []Undecided `json:"undecided"`
}

// KeyGrant is one grant.
type KeyGrant struct {
	Place   string `json:"place"`
	ID      string `json:"id"`
	Name    string `json:"name"`
	Grantee string `json:"grantee"`
	// Kind is that of the grantee. aws is a service, a service-linked role or a
	// session of a role that nobody but AWS can have; anyone has a wildcard in it.
	Kind       string       `json:"kind" enum:"user,role,session,federated,account,unique_id,aws,anyone,other"`
	Own        bool         `json:"own"` // the grantee is of the account, or it itself
	Retiring   string       `json:"retiring"`
	External   []GrantParty `json:"external"`
	Operations []string     `json:"operations"`
	// Constraint is what the grant asks of a request: certain pairs of its encryption
	// context, that it be made for a certain resource, or nothing.
	Constraint string `json:"constraint" enum:"none,context,source"`
	// Gone says that the grantee does not exist any more.
	Gone bool `json:"gone"`
	Days int  `json:"days"` // since it was made, -1 where nobody said
}

// GrantParty is a part that another account, which is not trusted, has in a grant.
type GrantParty struct {
	Account string `json:"account"`
	As      string `json:"as" enum:"grantee,retiring,issuer"`
}

// RepeatedGrant is a grant that there is more than once, under the same name.
type RepeatedGrant struct {
	Place      string   `json:"place"` // of the second
	Grantee    string   `json:"grantee"`
	Name       string   `json:"name"`
	Operations []string `json:"operations"`
	Constraint string   `json:"constraint"` // as text, "" for none
	Count      int      `json:"count"`
	IDs        []string `json:"ids"` // of all but the first, a few
}

// GrantHolder is a grantee and how many of the grants it has.
type GrantHolder struct {
	Grantee string `json:"grantee"`
	Count   int    `json:"count"`
}

// someGrants is how many of many grants or grantees are named.
const someGrants = 5

// grants reads the grants on key i.
func (b *builder) grants(k snapshot.Key, i int) (*KeyGrants, *Unread) {
	if m, ok := k.Metadata.Get(); ok && m.Manager == "AWS" {
		return &KeyGrants{Place: place("keys", i, "metadata", "value"), Manager: "aws"}, nil
	}
	list, ok := k.Grants.Get()
	if !ok {
		return nil, unanswered(k.Grants, "kms:ListGrants")
	}
	at := place("keys", i, "grants", "value")
	fact := &KeyGrants{Place: at, Manager: "customer", Count: len(list)}
	open := opens{}
	for j := range list {
		grant, unread := b.grant(&list[j], accountOf(k.ARN))
		grant.Place = at + place(j)
		if unread != nil {
			open.add(grant.Grantee, []access.UnreadRef{*unread})
		}
		fact.Grants = append(fact.Grants, grant)
	}
	fact.Undecided = open.rows()
	fact.Repeated, fact.Holders = repeated(list, fact.Grants), holders(fact.Grants)
	return fact, nil
}

func (b *builder) grant(g *snapshot.Grant, owner string) (fact KeyGrant, open *access.UnreadRef) {
	fact = KeyGrant{
		ID: g.ID, Name: g.Name, Grantee: cmp.Or(g.GranteeService, g.Grantee), Retiring: cmp.Or(g.RetiringServicePrincipal, g.RetiringPrincipal),
		Operations: g.Operations, Constraint: "none", Days: -1,
	}
	party := b.account.Party(fact.Grantee)
	fact.Kind, fact.Own = party.Kind, party.Account == owner
	switch {
	case len(g.EncryptionContextEquals)+len(g.EncryptionContextSubset) > 0:
		fact.Constraint = "context"
	case strings.Trim(g.SourceARN, "*") != "":
		fact.Constraint = "source"
	}
	if !g.CreatedAt.IsZero() {
		fact.Days = b.daysSince(g.CreatedAt)
	}
	for _, party := range [...]struct{ name, as string }{
		{fact.Grantee, "grantee"}, {fact.Retiring, "retiring"}, {g.IssuingAccount, "issuer"},
	} {
		if account := accountNamed(party.name); b.untrusted(account, owner) {
			fact.External = append(fact.External, GrantParty{Account: account, As: party.as})
		}
	}
	fact.Gone, open = b.account.Gone(fact.Grantee)
	return fact, open
}

// repeated finds grants that say the same under the same name. KMS makes a second
// one each time that it is asked without a name.
func repeated(list []snapshot.Grant, facts []KeyGrant) []RepeatedGrant {
	groups := map[string]*RepeatedGrant{}
	var order []string
	for i := range list {
		if facts[i].Kind == access.PartyAWS {
			continue
		}
		g := &list[i]
		operations, constraint := slices.Sorted(slices.Values(g.Operations)), constraintText(g)
		said := fmt.Sprintf("%q", []any{
			g.Name, g.Grantee, g.GranteeService, g.RetiringPrincipal, g.RetiringServicePrincipal, operations, constraint,
		})
		group := groups[said]
		if group == nil {
			groups[said] = &RepeatedGrant{Grantee: facts[i].Grantee, Name: g.Name, Operations: operations, Constraint: constraint, Count: 1}
			order = append(order, said)
			continue
		}
		if group.Count++; group.Count == 2 {
			group.Place = facts[i].Place
		}
		if len(group.IDs) < someGrants {
			group.IDs = append(group.IDs, g.ID)
		}
	}
	var several []RepeatedGrant
	for _, said := range order {
		if group := groups[said]; group.Count > 1 {
			several = append(several, *group)
		}
	}
	return several
}

// constraintText writes what a grant asks of a request.
func constraintText(g *snapshot.Grant) string {
	var text []string
	for name, pairs := range map[string]map[string]string{
		"EncryptionContextEquals": g.EncryptionContextEquals, "EncryptionContextSubset": g.EncryptionContextSubset,
	} {
		if len(pairs) > 0 {
			text = append(text, fmt.Sprintf("%s %q", name, pairs)) // which is in the order of the names
		}
	}
	if g.SourceARN != "" {
		text = append(text, "SourceArn "+g.SourceARN)
	}
	slices.Sort(text)
	return strings.Join(text, ", ")
}

// holders are the grantees with the most grants.
func holders(grants []KeyGrant) []GrantHolder {
	counts := map[string]int{}
	for i := range grants {
		if grants[i].Kind != access.PartyAWS {
			counts[grants[i].Grantee]++
		}
	}
	var list []GrantHolder
	for _, grantee := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, GrantHolder{grantee, counts[grantee]})
	}
	slices.SortStableFunc(list, func(a, b GrantHolder) int { return cmp.Compare(b.Count, a.Count) })
	return list[:min(someGrants, len(list))]
}
