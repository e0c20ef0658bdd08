package access

import "maps"

// Beside returns the account together with others, which settle the other sides
// of requests that cross accounts (E6): what the principals of theirs may do by
// their own policies, and what the policies of their keys and buckets say.
func (a *Account) Beside(others ...*Account) *Account {
	joined := *a
	joined.peers, joined.roll = map[string]*Account{}, &roll{}
	for _, other := range others {
		if other.id != a.id {
			joined.peers[other.id] = other
		}
	}
	tested := map[string]bool{}
	for _, account := range joined.together() {
		maps.Copy(tested, account.testedKeys())
	}
	joined.kinds = alikeActions(a.actions, tested)
	return &joined
}

// of is the account with the id, nil where it was not read.
func (a *Account) of(id string) *Account {
	if id == a.id {
		return a
	}
	return a.peers[id]
}

// asking finds or makes the principal of a question, in its own account if that
// was read.
func (a *Account) asking(name string) *actor {
	one := a.subject(name)
	if one == nil {
		return &actor{missing: &Decision{Verdict: ImplicitlyDenied, Missing: []Layer{LayerIdentity}, Notes: []string{"M11: " + name + " names nobody"}}}
	}
	if peer := a.peers[one.Account]; peer != nil {
		return peer.subject(name)
	}
	return one
}

// ownerOf is the account that owns a key or bucket, a itself where none of the
// accounts does.
func (a *Account) ownerOf(resource string) *Account {
	if len(a.peers) == 0 {
		return a
	}
	r, _ := splitARN(resource)
	if r[arnService] == "s3" {
		return a.bucketOwner(bucketOf(resource))
	}
	if peer := a.peers[r[arnAccount]]; peer != nil {
		return peer
	}
	return a
}

// bucketOwner is the account whose snapshot has the bucket, a itself where none
// has.
func (a *Account) bucketOwner(bucket string) *Account {
	if a.buckets[bucket] == nil {
		for _, peer := range a.peers {
			if peer.buckets[bucket] != nil {
				return peer
			}
		}
	}
	return a
}
