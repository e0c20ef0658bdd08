package facts

import (
	"slices"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// PublicAccess says whether strangers reach the bucket by its policy or by access
// control lists.
type PublicAccess struct {
	Place string `json:"place"`
	// Open are requests that the policy allows to strangers; none when the bucket
	// blocks that.
	Open []string    `json:"open"`
	By   []Statement `json:"by"`
	// Blocked says how many of the four switches of the bucket's public access
	// block are on.
	Blocked string `json:"blocked" enum:"all,some,none"`
}

// public finds out whether strangers reach bucket i. Its access control lists are
// not read: they count unless the bucket switches them off or ignores them. The
// account's own public access block is not read either, and taken as not blocking.
func (b *builder) public(bucket snapshot.Bucket, i int, unprobed *Unread) (*PublicAccess, *Unread) {
	block, hasBlock := bucket.PublicAccessBlock.Get()
	unblocked := why(bucket.PublicAccessBlock, "s3:GetBucketPublicAccessBlock")
	fact := &PublicAccess{Place: place("buckets", i, "public_access_block"), Blocked: blocked(block)}
	if !hasBlock || !block.RestrictPublicBuckets {
		if unprobed == nil {
			fact.Open, fact.By = b.strangers(bucket, i)
		}
		switch {
		case len(fact.Open) > 0 && unblocked != nil:
			return nil, unblocked
		case len(fact.Open) > 0:
			fact.Place = place("buckets", i, "policy")
			if len(fact.By) > 0 && fact.By[0].Place != "" {
				fact.Place = fact.By[0].Place
			}
			return fact, nil
		case unprobed != nil && unblocked != nil:
			return nil, unblocked
		case unprobed != nil:
			return nil, unprobed
		}
	}
	ownership, owned := bucket.Ownership.Get()
	switch {
	case owned && ownership == "BucketOwnerEnforced", hasBlock && block.IgnorePublicACLs:
	case !bucket.Ownership.State.Answer():
		return nil, unanswered(bucket.Ownership, "s3:GetBucketOwnershipControls")
	case unblocked != nil:
		return nil, unblocked
	default:
		return nil, &Unread{State: snapshot.NotCollected.String(), Operation: "s3:GetBucketAcl"}
	}
	if unblocked != nil {
		return nil, unblocked
	}
	return fact, nil
}

func blocked(block snapshot.PublicAccessBlock) string {
	on := 0
	for _, one := range [...]bool{block.BlockPublicACLs, block.IgnorePublicACLs, block.BlockPublicPolicy, block.RestrictPublicBuckets} {
		if one {
			on++
		}
	}
	switch on {
	case 0:
		return "none"
	case 4:
		return "all"
	}
	return "some"
}

// strangers lists what the policy of bucket i allows to somebody without a name and
// to a role of an account that nobody knows, unless conditions with fixed values
// say who they are.
func (b *builder) strangers(bucket snapshot.Bucket, i int) ([]string, []Statement) {
	document, _ := snapshot.PolicyOf(bucket.Policy)
	if document == nil {
		return nil, nil
	}
	at := place("buckets", i, "policy", "value")
	strangers := []string{"*", someRole(b.s.Account.Partition, someoneElse)}
	var open []string
	var by []Statement
	for j := range document.Statements {
		exposure := access.ExposureOf(document, j)
		if !exposure.Anyone || exposure.Restriction == access.RestrictionFixed {
			continue
		}
		statement := document.Statements[j]
		actions := b.gives(bucket, document, j, strangers, access.S3Actions())
		if len(actions) == 0 {
			continue
		}
		by = append(by, Statement{
			Layer: string(access.LayerResource), Policy: bucket.Name, Sid: statement.Sid, Place: at + statement.Pointer, Identity: document.Identity(j),
		})
		for _, action := range actions {
			if !slices.Contains(open, action) {
				open = append(open, action)
			}
		}
	}
	slices.Sort(open)
	return open, by
}
