package facts

import (
	"slices"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// TrailKeyPolicy is what the policy of a trail's key lets CloudTrail do for whomever
// it records.
type TrailKeyPolicy struct {
	Place   string           `json:"place"`
	Key     string           `json:"key"` // ARN, "" for one that AWS holds
	Unbound []UnboundService `json:"unbound"`
}

// trailKeyPolicy adds what the policy of the trail's key lets CloudTrail do. A key of
// another account, or of a Region that was not asked, was not read.
func (b *builder) trailKeyPolicy(fact *Trail) {
	if !b.wanted.wants("trails.key_policy") {
		return
	}
	if reason, unread := fact.Unread["encryption"]; unread {
		fact.Unread["key_policy"] = reason
		return
	}
	if fact.Encryption.Key == "" {
		fact.KeyPolicy = &TrailKeyPolicy{Place: fact.Encryption.Place}
		return
	}
	i, known := b.keys[fact.Encryption.Key]
	if !known {
		fact.Unread["key_policy"] = Unread{State: snapshot.NotCollected.String(), Operation: "kms:GetKeyPolicy", Code: "KeyNotListed"}
		return
	}
	l := &looked{key: b.s.Keys[i], at: place("keys", i, "policy", "value")}
	var reason *Unread
	if l.document, reason = certainPolicy(l.key.Policy, "kms:GetKeyPolicy"); reason != nil {
		fact.Unread["key_policy"] = *reason
		return
	}
	l.statements = b.account.KeyStatements(l.key.ARN)
	fact.KeyPolicy = &TrailKeyPolicy{Place: l.at, Key: l.key.ARN, Unbound: slices.DeleteFunc(b.unbound(l), func(u UnboundService) bool {
		return !slices.Contains(u.Services, "cloudtrail.amazonaws.com")
	})}
}
