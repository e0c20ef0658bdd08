package facts

import (
	"slices"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// PublicAccess says whether strangers reach the bucket by its policy or by its access
// control list.
type PublicAccess struct {
	Place string `json:"place"`
	// Open are requests that the policy allows to strangers; none when the bucket
	// blocks that.
	Open []string    `json:"open"`
	By   []Statement `json:"by"`
	// Listed is what the access control list gives to strangers; nothing when lists
	// do not count, or the bucket ignores them.
	Listed []Listed `json:"listed"`
	// Blocked says how many of the four switches of the bucket's public access
	// block are on.
	Blocked string `json:"blocked" enum:"all,some,none"`
}

// Listed is a grant of an access control list to strangers.
type Listed struct {
	Place      string `json:"place"`
	To         string `json:"to" enum:"everybody,everybody with an account at AWS"`
	Permission string `json:"permission"` // READ, WRITE, READ_ACP, WRITE_ACP, FULL_CONTROL
}

// public finds out whether strangers reach bucket i. The account's own public access
// block is not read, and taken as not blocking; nor are the lists of single objects,
// which let somebody in only where a list can count and is not ignored.
func (b *builder) public(bucket *snapshot.Bucket, p *probe, i int, unprobed *Unread) (*PublicAccess, *Unread) {
	block, hasBlock := bucket.PublicAccessBlock.Get()
	unblocked := why(bucket.PublicAccessBlock, "s3:GetBucketPublicAccessBlock")
	fact := &PublicAccess{Place: place("buckets", i, "public_access_block"), Blocked: blocked(block), Listed: []Listed{}}
	switch {
	case hasBlock && block.RestrictPublicBuckets:
		unprobed = nil
	case unprobed == nil:
		fact.Open, fact.By = b.strangers(bucket, p, i)
	}
	var unlisted *Unread
	if !hasBlock || !block.IgnorePublicACLs {
		fact.Listed, unlisted = listed(bucket, i)
	}
	switch found := len(fact.Open)+len(fact.Listed) > 0; {
	case (found || unprobed != nil) && unblocked != nil:
		return nil, unblocked
	case len(fact.Open) > 0:
		fact.Place = place("buckets", i, "policy")
		if len(fact.By) > 0 && fact.By[0].Place != "" {
			fact.Place = fact.By[0].Place
		}
		return fact, nil
	case found:
		fact.Place = fact.Listed[0].Place
		return fact, nil
	}
	for _, missing := range []*Unread{unprobed, unlisted, unblocked} {
		if missing != nil {
			return nil, missing
		}
	}
	return fact, nil
}

// strangerGroups are the groups of access control lists that anybody is in ("Amazon
// S3 predefined groups" of the S3 User Guide).
var strangerGroups = map[string]string{
	"http://acs.amazonaws.com/groups/global/AllUsers":           "everybody",
	"http://acs.amazonaws.com/groups/global/AuthenticatedUsers": "everybody with an account at AWS",
}

// listed is what the access control list of bucket i gives to strangers. Where lists
// are switched off there is nothing, whatever the list says; S3 shows a list with
// grants only where they are on.
func listed(bucket *snapshot.Bucket, i int) ([]Listed, *Unread) {
	grants := []Listed{}
	ownership, owned := bucket.Ownership.Get()
	list, read := bucket.ACL.Get()
	switch {
	case owned && ownership == "BucketOwnerEnforced":
		return grants, nil
	case read:
	case bucket.ACL.State == snapshot.Denied, bucket.ACL.State == snapshot.Failed:
		return grants, unanswered(bucket.ACL, "s3:GetBucketAcl")
	case !bucket.Ownership.State.Answer():
		return grants, unanswered(bucket.Ownership, "s3:GetBucketOwnershipControls")
	default: // that it does not apply says the ownership, and no one else
		return grants, &Unread{State: snapshot.NotCollected.String(), Operation: "s3:GetBucketAcl"}
	}
	for j, grant := range list.Grants {
		if to := strangerGroups[grant.Grantee]; to != "" {
			grants = append(grants, Listed{Place: place("buckets", i, "acl", "value", "grants", j), To: to, Permission: grant.Permission})
		}
	}
	return grants, nil
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

// opening is a statement of a bucket policy that lets strangers in.
type opening struct {
	statement int
	actions   []string
}

// strangers lists what the policy of bucket i allows to somebody without a name and
// to a role of an account that nobody knows, unless conditions with fixed values
// say who they are.
func (b *builder) strangers(bucket *snapshot.Bucket, p *probe, i int) ([]string, []Statement) {
	if p.document == nil {
		return nil, nil
	}
	if p.found.openings == nil {
		p.found.openings = b.openings(bucket, p.document)
	}
	at := place("buckets", i, "policy", "value")
	var open []string
	var by []Statement
	for _, one := range p.found.openings {
		statement := &p.document.Statements[one.statement]
		by = append(by, Statement{
			Layer: string(access.LayerResource), Policy: bucket.Name, Sid: statement.Sid, Place: at + statement.Pointer, Identity: p.document.Identity(one.statement),
		})
		for _, action := range one.actions {
			if !slices.Contains(open, action) {
				open = append(open, action)
			}
		}
	}
	slices.Sort(open)
	return open, by
}

func (b *builder) openings(bucket *snapshot.Bucket, document *policy.Document) []opening {
	strangers := []string{"*", someRole(b.s.Account.Partition, someoneElse)}
	list := []opening{}
	for j := range document.Statements {
		exposure := access.ExposureOf(document, j)
		if !exposure.Anyone || exposure.Restriction == access.RestrictionFixed {
			continue
		}
		if actions := b.gives(bucket, document, j, strangers, access.S3Actions()); len(actions) > 0 {
			list = append(list, opening{j, actions})
		}
	}
	return list
}
