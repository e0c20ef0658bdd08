package access

import (
	"slices"
	"strings"
)

// everybody are the principals of the accounts that are looked at together, and
// all whom their policies name.
func (a *Account) everybody() []*actor {
	if len(a.peers) == 0 {
		return a.sorted
	}
	var list []*actor
	met := map[string]bool{}
	for _, account := range a.together() {
		for _, one := range account.sorted {
			home := a.of(one.Account)
			if met[one.ARN] || home != nil && home != account {
				continue // the account that it is of tells
			}
			met[one.ARN] = true
			list = append(list, one)
		}
	}
	slices.SortFunc(list, func(x, y *actor) int { return strings.Compare(x.ARN, y.ARN) })
	return list
}

// together are the account and its peers, by id.
func (a *Account) together() []*Account {
	list := []*Account{a}
	for _, peer := range a.peers {
		list = append(list, peer)
	}
	slices.SortFunc(list, func(x, y *Account) int { return strings.Compare(x.id, y.id) })
	return list
}

// homeOf is the account whose policies speak for the principal, nil where it was
// not read.
func (a *Account) homeOf(one *actor) *Account {
	if one.Known != KnownFull {
		return nil
	}
	return a.of(one.Account)
}

// unlistedPeople are the listings of users and roles that are not complete, of the
// accounts that the doors let in.
func (a *Account) unlistedPeople(d *doors) []UnreadRef {
	var unread []UnreadRef
	for _, account := range a.together() {
		if account != a && !d.everybody && !d.mentioned[account.id] {
			continue
		}
		for _, operation := range []string{"iam:ListUsers", "iam:ListRoles"} {
			if ref := account.listing(LayerIdentity, "", authorizationDetails, operation); ref != nil {
				if account != a {
					ref.Account = account.id
				}
				unread = append(unread, *ref)
			}
		}
	}
	return unread
}
