package chain

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// bucketPolicy is the bucket policy, statement by statement, and what it denies.
func (t *teller) bucketPolicy(i int) Link {
	l := Link{Kind: "bucket_policy", Title: "Bucket policy"}
	b, fact := &t.s.Buckets[i], &t.document.Buckets[i]
	here := at("buckets", i, "policy")
	document, _ := snapshot.PolicyOf(b.Policy)
	switch {
	case document != nil:
		for j := range document.Statements {
			s := &document.Statements[j]
			l.ok(here+"/value"+s.Pointer, "statement "+strconv.Itoa(j+1)+": "+t.told(s, true))
		}
	case b.Policy.State == snapshot.Absent:
		l.put(Absent, here, "there is none")
	default:
		l.unknown("what it denies and whom it lets in", why(b.Policy, "s3:GetBucketPolicy"), here)
		return l
	}
	g := fact.Guards
	if g == nil {
		l.unknown("what it denies", fact.Unread["guards"].Words(), here)
		return l
	}
	if len(g.OpenToHTTP) == 0 {
		l.ok(g.Place, "requests over plain HTTP are denied to everybody")
	} else {
		l.ok(g.Place, "not denied over plain HTTP: "+few(g.OpenToHTTP, 3))
	}
	var words []string
	for _, one := range [][2]string{
		{"that ask for SSE-S3", g.OtherAlgorithm}, {"that name another key", g.OtherKey}, {"without a header for encryption", g.NoHeader},
	} {
		words = append(words, one[0]+" "+map[string]string{"denied": "denied", "allowed": "not denied", "depends": "denied in part"}[one[1]])
	}
	l.ok(g.Place, "uploads "+strings.Join(words, ", "))
	return l
}

// settings are the settings of a bucket that decide who reaches it.
func (t *teller) settings(i int) Link {
	l := Link{Kind: "settings", Title: "Settings"}
	b, fact := &t.s.Buckets[i], &t.document.Buckets[i]
	region, ok := b.Region.Get()
	setting(&l, ok, "Region "+region, "Region", b.Region, "s3:GetBucketLocation", at("buckets", i, "region"))
	block, ok := b.PublicAccessBlock.Get()
	setting(&l, ok, "public access block: "+blocked(block), "public access block", b.PublicAccessBlock, "s3:GetBucketPublicAccessBlock", at("buckets", i, "public_access_block"))
	owner, ok := b.Ownership.Get()
	setting(&l, ok, "object ownership: "+owner, "object ownership", b.Ownership, "s3:GetBucketOwnershipControls", at("buckets", i, "ownership"))
	if b.ACL.State != snapshot.Unsupported { // which the ownership says already
		list, ok := b.ACL.Get()
		setting(&l, ok, "access control list: "+granted(list), "access control list", b.ACL, "s3:GetBucketAcl", at("buckets", i, "acl"))
	}
	versioning, ok := b.Versioning.Get()
	setting(&l, ok, "versioning: "+versioning.Status, "versioning", b.Versioning, "s3:GetBucketVersioning", at("buckets", i, "versioning"))
	switch target := fact.LogTarget; {
	case target == nil:
		l.unknown("whether logs are delivered into it", fact.Unread["log_target"].Words(), at("buckets", i, "policy"))
	case len(target.Services) > 0:
		l.ok(target.Place, "logs are delivered into it by "+few(target.Services, someNames))
	default:
		l.put(Absent, target.Place, "no sign that logs are delivered into it")
	}
	return l
}

// setting adds a setting, that it is absent, or why it is not known.
func setting[T any](l *Link, ok bool, text, name string, r snapshot.Reading[T], operation, pointer string) {
	switch {
	case ok:
		l.ok(pointer, text)
	case r.State.Answer():
		l.put(Absent, pointer, name+": not configured")
	default:
		l.unknown(name, why(r, operation), pointer)
	}
}

// granted says in words what an access control list gives to others than the owner.
func granted(list snapshot.ACL) string {
	var parts []string
	for _, g := range list.Grants {
		if g.Grantee != list.Owner {
			parts = append(parts, g.Permission+" to "+g.Grantee[strings.LastIndexByte(g.Grantee, '/')+1:])
		}
	}
	if len(parts) == 0 {
		return "the owner only"
	}
	return few(parts, someNames)
}

func blocked(b snapshot.PublicAccessBlock) string {
	parts := []string{}
	for name, on := range map[string]bool{
		"block public ACLs": b.BlockPublicACLs, "ignore public ACLs": b.IgnorePublicACLs,
		"block public policies": b.BlockPublicPolicy, "restrict public buckets": b.RestrictPublicBuckets,
	} {
		if on {
			parts = append(parts, name)
		}
	}
	slices.Sort(parts)
	switch len(parts) {
	case 0:
		return "all off"
	case 4:
		return "all on"
	}
	return strings.Join(parts, ", ")
}

// objectsIn are the objects of a bucket that were read or asked for.
func (t *teller) objectsIn(i int) Link {
	b := &t.document.Buckets[i]
	l := Link{Kind: "objects", Title: "Objects, of those that were read"}
	n := 0
	for j := range t.document.Objects {
		o := &t.document.Objects[j]
		if o.Bucket != b.ARN {
			continue
		}
		if n++; n > 2*someNames {
			continue
		}
		t.objectLine(&l, o)
	}
	if n > 2*someNames {
		l.ok("", count(n-2*someNames, "object")+" more")
	}
	switch sample, ok := t.s.Buckets[i].Sample.Get(); {
	case ok && sample.Whole:
		l.ok(at("buckets", i, "sample"), "these are all the objects of the bucket")
	case ok:
		l.ok(at("buckets", i, "sample"), "drawn at random: "+strconv.Itoa(sample.Drawn)+" of "+strconv.Itoa(sample.Asked)+" wanted; the others are not known")
	case n == 0:
		l.unknown("what the objects are under", "none was asked for", "")
	}
	return l
}
