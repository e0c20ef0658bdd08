package collector

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

func (r *bucketReader) publicAccessBlock(ctx context.Context) {
	out, o := askBucket(ctx, r, getBucketPublicAccessBlock, func(ctx context.Context, client *s3.Client) (*s3.GetPublicAccessBlockOutput, error) {
		return client.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: &r.bucket.Name})
	})
	if !o.ok() {
		r.bucket.PublicAccessBlock = reading[snapshot.PublicAccessBlock](o)
		return
	}
	block := out.PublicAccessBlockConfiguration
	if block == nil || block.BlockPublicAcls == nil && block.IgnorePublicAcls == nil && block.BlockPublicPolicy == nil && block.RestrictPublicBuckets == nil {
		r.bucket.PublicAccessBlock = reading[snapshot.PublicAccessBlock](unreadable(getBucketPublicAccessBlock, "the answer has no setting"))
		return
	}
	r.bucket.PublicAccessBlock = snapshot.Of(snapshot.PublicAccessBlock{
		BlockPublicACLs:       aws.ToBool(block.BlockPublicAcls),
		IgnorePublicACLs:      aws.ToBool(block.IgnorePublicAcls),
		BlockPublicPolicy:     aws.ToBool(block.BlockPublicPolicy),
		RestrictPublicBuckets: aws.ToBool(block.RestrictPublicBuckets),
	})
}

func (r *bucketReader) ownership(ctx context.Context) {
	out, o := askBucket(ctx, r, getBucketOwnershipControls, func(ctx context.Context, client *s3.Client) (*s3.GetBucketOwnershipControlsOutput, error) {
		return client.GetBucketOwnershipControls(ctx, &s3.GetBucketOwnershipControlsInput{Bucket: &r.bucket.Name})
	})
	if o.ok() && (out.OwnershipControls == nil || len(out.OwnershipControls.Rules) == 0 || out.OwnershipControls.Rules[0].ObjectOwnership == "") {
		o = unreadable(getBucketOwnershipControls, "the answer has no rule")
	}
	if !o.ok() {
		r.bucket.Ownership = reading[string](o)
		return
	}
	r.bucket.Ownership = snapshot.Of(string(out.OwnershipControls.Rules[0].ObjectOwnership))
}

// acl asks for the access control list, unless the bucket's ownership says that none
// counts ("Disabling ACLs for all new buckets" of the S3 User Guide). S3 has a list
// for every bucket, so that one without an owner is no answer.
func (r *bucketReader) acl(ctx context.Context) {
	if ownership, ok := r.bucket.Ownership.Get(); ok && ownership == string(types.ObjectOwnershipBucketOwnerEnforced) {
		r.bucket.ACL = reading[snapshot.ACL](outcome{action: getBucketACL, state: snapshot.Unsupported})
		return
	}
	if r.bucket.ACL.State.Answer() {
		return
	}
	out, o := askBucket(ctx, r, getBucketACL, func(ctx context.Context, client *s3.Client) (*s3.GetBucketAclOutput, error) {
		return client.GetBucketAcl(ctx, &s3.GetBucketAclInput{Bucket: &r.bucket.Name})
	})
	if !o.ok() {
		r.bucket.ACL = reading[snapshot.ACL](o)
		return
	}
	r.bucket.ACL = acl(out)
}

func acl(out *s3.GetBucketAclOutput) snapshot.Reading[snapshot.ACL] {
	if out.Owner == nil || aws.ToString(out.Owner.ID) == "" {
		return reading[snapshot.ACL](unreadable(getBucketACL, "the list has no owner"))
	}
	read := snapshot.ACL{Owner: *out.Owner.ID, Grants: []snapshot.ACLGrant{}}
	for _, grant := range out.Grants {
		one := snapshot.ACLGrant{Permission: string(grant.Permission)}
		if g := grant.Grantee; g != nil {
			one.Grantee = cmp.Or(aws.ToString(g.URI), aws.ToString(g.ID), aws.ToString(g.EmailAddress))
		}
		if one.Grantee == "" || one.Permission == "" {
			return reading[snapshot.ACL](unreadable(getBucketACL, "a grant does not say to whom, or what"))
		}
		read.Grants = append(read.Grants, one)
	}
	return snapshot.Of(read)
}

func (r *bucketReader) tags(ctx context.Context) {
	out, o := askBucket(ctx, r, getBucketTagging, func(ctx context.Context, client *s3.Client) (*s3.GetBucketTaggingOutput, error) {
		return client.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: &r.bucket.Name})
	})
	if !o.ok() {
		r.bucket.Tags = reading[map[string]string](o)
		return
	}
	tags := make(map[string]string, len(out.TagSet))
	for _, t := range out.TagSet {
		tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	r.bucket.Tags = snapshot.Of(tags)
}

func (r *bucketReader) versioning(ctx context.Context) {
	out, o := askBucket(ctx, r, getBucketVersioning, func(ctx context.Context, client *s3.Client) (*s3.GetBucketVersioningOutput, error) {
		return client.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: &r.bucket.Name})
	})
	if !o.ok() {
		r.bucket.Versioning = reading[snapshot.Versioning](o)
		return
	}
	read := snapshot.Versioning{Status: string(out.Status), MFADelete: string(out.MFADelete)}
	if read.Status == "" {
		read.Status = "Off" // never set: S3 answers with an empty element
	}
	r.bucket.Versioning = snapshot.Of(read)
}
