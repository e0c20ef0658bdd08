package facts

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// KeyHome are the environments that a key belongs to, sorted: by its aliases, else
// by its tag, else by the buckets that it is the default of. Keys that AWS manages
// belong to none.
type KeyHome struct {
	Place        string   `json:"place"`
	Environments []string `json:"environments"`
}

// addHomes tells every key of which environments it is. The facts about the buckets
// of keys have to be there.
func (b *builder) addHomes() {
	if !b.wanted.wants("keys.home") {
		return
	}
	for i := range b.s.Keys {
		fact := &b.document.Keys[i]
		home := &KeyHome{Place: fact.Place}
		if fact.Metadata == nil || fact.Metadata.Manager != "aws" {
			names, reason := b.homesOf(i)
			if reason != nil {
				fact.Unread["home"] = *reason
				continue
			}
			home.Environments = names
		}
		fact.Home = home
	}
}

// homesOf finds the environments of key i, none where the configuration says nothing
// of environments, or why they are not known.
func (b *builder) homesOf(i int) (names []string, reason *Unread) {
	k := &b.s.Keys[i]
	if len(b.intent.Environments.Names) > 0 {
		for _, alias := range b.named[k.Region+" "+k.ID] {
			name, _ := b.environmentOf(strings.TrimPrefix(alias, "alias/"), snapshot.Of(map[string]string{}), "")
			if name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		if listing, _ := b.s.Listed("kms:ListAliases", k.Region); len(names) == 0 && !listing.State.Answer() {
			reason = &Unread{State: word(listing.State), Operation: "kms:ListAliases", Code: listing.Code}
		}
	}
	if len(names) == 0 {
		name, unread := b.environmentOf("", k.Tags, "kms:ListResourceTags")
		if reason = cmp.Or(reason, unread); name != "" {
			names = []string{name}
		}
	}
	if fact := &b.document.Keys[i]; len(names) == 0 && fact.Environments != nil {
		names = slices.Clone(fact.Environments.Names)
	} else if unread, open := fact.Unread["environments"]; open && reason == nil && len(names) == 0 {
		reason = &unread
	}
	if reason != nil {
		return nil, reason
	}
	slices.Sort(names)
	return names, nil
}
