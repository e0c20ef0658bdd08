package access

import (
	"maps"
	"slices"
	"strings"
)

// Held is a key that a principal can use, or of which it cannot be said that it
// cannot.
type Held struct {
	Key     string `json:"key"`     // ARN
	Pointer string `json:"pointer"` // in the snapshot
	// Paths are how, as in Holder.
	Paths []string `json:"paths"`
	// By has the decision of each action that is not denied.
	By map[string]Decision `json:"by"`
}

// WhatCan lists the keys of the account on which the principal can perform any of
// the actions, sorted by ARN, and what was not read and could add to the list. It
// is WhoCan the other way round: the two agree on every principal and key.
func (a *Account) WhatCan(principal string, actions []string, stance Stance) (held []Held, unread []UnreadRef) {
	one := a.asking(principal)
	if one.missing != nil {
		for _, ref := range one.missing.Unread {
			ref.Account = a.unlessOwn(one.Account)
			unread = append(unread, ref)
		}
		return nil, unread
	}
	unread = a.unlistedKeys()
	for _, arn := range slices.Sorted(maps.Keys(a.keys)) {
		k := a.keys[arn]
		if k.policy != nil && k.policy.unread != nil {
			unread = append(unread, k.named(*k.policy.unread))
			continue
		}
		for i := range k.grants {
			if ref := k.grants[i].Unread; ref != nil {
				unread = append(unread, k.named(*ref))
			}
		}
		asked := a.ask(k, actions, stance)
		doors := k.doors(a.id)
		doors.key, _ = splitARN(k.at.ARN)
		doors.actions, doors.unknown = asked.set, len(asked.others) > 0
		if !doors.open(one, a.id) {
			continue
		}
		if h, can := a.holder(one, k, &asked); can {
			held = append(held, Held{Key: arn, Pointer: k.pointer, Paths: h.Paths, By: h.By})
		}
	}
	return held, unique(unread)
}

// named says of which key a policy was not read.
func (k *key) named(ref UnreadRef) UnreadRef {
	if ref.Policy == "" {
		ref.Policy = k.at.ARN
	}
	return ref
}

// unlessOwn is the account's id where it is another one.
func (a *Account) unlessOwn(id string) string {
	if id == a.id {
		return ""
	}
	return id
}

// unlistedKeys are the listings of keys that are not complete.
func (a *Account) unlistedKeys() []UnreadRef {
	var unread []UnreadRef
	for _, region := range a.s.Regions {
		if ref := a.listing(LayerResource, region, "kms:ListKeys"); ref != nil {
			ref.Policy = strings.TrimSpace("keys in " + region)
			unread = append(unread, *ref)
		}
	}
	return unread
}
