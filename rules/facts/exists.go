package facts

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// absent is something that a requirement names and a complete listing does not
// have.
type absent struct{ verdict, why string }

func (a absent) of(what, resource string) Denied {
	return Denied{What: what, Resource: resource, Verdict: a.verdict, Why: a.why}
}

// placeOf is where a principal stands, or the account for one that is not there.
func (b *builder) placeOf(principal string) string {
	if p, ok := b.account.Principal(principal); ok && p.Pointer != "" {
		return p.Pointer
	}
	return "/account"
}

// whoAndKey finds out whether a required principal and key exist: what a complete
// listing lacks is absent, what an incomplete one lacks is not known. Things of
// other accounts are left to the decision.
func (b *builder) whoAndKey(principal, key string) (*absent, []UnreadPolicy) {
	if missing, unread := b.who(principal); missing != nil || unread != nil {
		return missing, unread
	}
	if _, ok := b.keys[key]; ok || accountOf(key) != b.s.Account.ID {
		return nil, nil
	}
	region := regionOf(key)
	if slices.Contains(b.s.Regions, region) {
		if unread := b.listing("kms:ListKeys", region); unread != nil {
			return nil, unread
		}
		return &absent{"NoSuchKey", "the key does not exist"}, nil
	}
	return nil, []UnreadPolicy{{
		Policy: "the keys of " + region, Place: "/regions", State: snapshot.NotCollected.String(), Operation: "kms:ListKeys",
	}}
}

func (b *builder) who(principal string) (*absent, []UnreadPolicy) {
	kind, _, _ := strings.Cut(part(principal, 5), "/")
	if accountOf(principal) != b.s.Account.ID || kind != "role" && kind != "user" {
		return nil, nil
	}
	if b.people[principal] {
		return nil, nil
	}
	if unread := b.listing("iam:GetAccountAuthorizationDetails", ""); unread != nil {
		return nil, unread
	}
	return &absent{"NoSuchPrincipal", "the principal does not exist"}, nil
}

func (b *builder) bucket(name string) (*absent, []UnreadPolicy) {
	if _, ok := b.buckets[name]; ok {
		return nil, nil
	}
	if unread := b.listing("s3:ListAllMyBuckets", ""); unread != nil {
		return nil, unread
	}
	return &absent{"NoSuchBucket", "the account has no such bucket"}, nil
}

// listing says why a listing is not known in full, or nil.
func (b *builder) listing(operation, region string) []UnreadPolicy {
	c, i := b.s.Listed(operation, region)
	if c.State.Answer() {
		return nil
	}
	at := "/coverage"
	if i >= 0 {
		at = place("coverage", i)
	}
	return []UnreadPolicy{{Policy: operation, Place: at, State: word(c.State), Operation: operation, Code: c.Code}}
}
