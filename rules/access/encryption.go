package access

import (
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// encryption finds the key of an object and whether it is under a Bucket Key (S5,
// S8). unread says what was not read, in place of a key.
func (a *Account) encryption(p *place) (key KeyRef, bucketKeys []bool, region string, unread *UnreadRef) {
	both := []bool{false, true}
	key = p.key
	given := key.Status != "" || key.ARN != ""
	if p.bucketKey != nil {
		both = []bool{*p.bucketKey}
	}
	b := a.buckets[p.bucket]
	if b == nil {
		if !given {
			unread = &UnreadRef{Layer: LayerResource, Policy: p.bucket, State: snapshot.NotCollected.String(), Operation: "s3:GetEncryptionConfiguration"}
		}
		if r, ok := splitARN(key.ARN); ok {
			region = r[arnRegion]
		}
		if r, ok := splitARN(p.bucket); ok && p.operation != nil && p.operation.Directory {
			region, both = r[arnRegion], []bool{true} // always on there
		}
		return key, both, region, unread
	}
	region, _ = b.at.Region.Get()
	if region == "" {
		if r, ok := splitARN(key.ARN); ok {
			region = r[arnRegion]
		}
	}
	if !p.writes {
		if head := b.head(p.object); head != nil {
			if p.bucketKey == nil {
				both = []bool{head.BucketKey}
			}
			if !given {
				return a.keyOf(head.Algorithm, head.Key, region), both, region, nil
			}
		}
		if given {
			return key, both, region, nil
		}
	}
	encryption, ok := b.at.Encryption.Get()
	if !ok {
		why := b.at.Encryption.Unread()
		switch {
		case why != nil && !given:
			ref := unreadRef(LayerResource, "", b.pointer+"/encryption", "s3:GetEncryptionConfiguration", why)
			unread = &ref
		case why == nil && p.bucketKey == nil:
			both = []bool{false}
			if !given {
				key = KeyRef{Form: "none", Status: KeyNone}
			}
		case why == nil && !given:
			key = KeyRef{Form: "none", Status: KeyNone}
		}
		return key, both, region, unread
	}
	rule := snapshot.EncryptionRule{}
	if len(encryption.Rules) > 0 {
		rule = encryption.Rules[0]
	}
	if !given {
		key = a.keyOf(rule.Algorithm, rule.Key, region)
	}
	if p.writes && p.bucketKey == nil {
		both = []bool{rule.BucketKey}
	}
	return key, both, region, nil
}

// keyOf is the key of an encryption; there is none unless it is SSE-KMS.
func (a *Account) keyOf(algorithm, key, region string) KeyRef {
	if !strings.HasPrefix(algorithm, "aws:kms") {
		return KeyRef{Form: "none", Status: KeyNone}
	}
	return a.ResolveKey(key, region)
}

func (b *bucket) head(object string) *snapshot.ObjectEncryption {
	if object == "" {
		return nil
	}
	for i := range b.at.Objects {
		if b.at.Objects[i].Key == object {
			if head, ok := b.at.Objects[i].Head.Get(); ok {
				return &head
			}
		}
	}
	return nil
}
