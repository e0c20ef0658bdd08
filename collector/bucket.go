package collector

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// bucketReader asks for everything about one bucket, in the bucket's Region. It
// needs s3:GetEncryptionConfiguration, s3:GetBucketPolicy,
// s3:GetBucketPublicAccessBlock, s3:GetBucketOwnershipControls,
// s3:GetBucketAcl, s3:GetBucketTagging, s3:GetBucketVersioning, s3:GetReplicationConfiguration,
// s3:GetBucketLogging and s3:GetInventoryConfiguration on the bucket, and
// s3:GetBucketLocation if S3 does not say the Region in the listing.
type bucketReader struct {
	c      *collection
	region string
	bucket snapshot.Bucket
	gone   bool
}

func (r *bucketReader) read(ctx context.Context) {
	b := &r.bucket
	steps := [...]struct {
		before snapshot.State
		ask    func(context.Context)
	}{
		{snapshot.NotCollected, r.locate},
		{b.Encryption.State, r.encryption},
		{b.Policy.State, r.policy},
		{b.PublicAccessBlock.State, r.publicAccessBlock},
		{b.Ownership.State, r.ownership},
		{snapshot.NotCollected, r.acl},
		{b.Tags.State, r.tags},
		{b.Versioning.State, r.versioning},
		{b.Replication.State, r.replication},
		{b.Logging.State, r.logging},
		{b.Inventories.State, r.inventories},
		{snapshot.NotCollected, r.objects},
	}
	for _, step := range steps {
		if r.gone {
			return
		}
		if !step.before.Answer() {
			step.ask(ctx)
		}
	}
}

// locate finds the bucket's Region. If nobody says it, the partition's home is
// tried: S3 redirects to the right place.
func (r *bucketReader) locate(ctx context.Context) {
	if region, ok := r.bucket.Region.Get(); ok {
		r.region = region
		return
	}
	home := r.c.partition.home
	r.region = home
	out, o := askBucket(ctx, r, getBucketLocation, func(ctx context.Context, client *s3.Client) (*s3.GetBucketLocationOutput, error) {
		return client.GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: &r.bucket.Name})
	})
	if !o.ok() {
		r.bucket.Region = reading[string](o)
		return
	}
	switch region := string(out.LocationConstraint); {
	case region == "":
		r.region = fallbackRegion // the oldest Region has no name in this answer
	case region == "EU":
		r.region = "eu-west-1"
	case snapshot.IsRegion(region):
		r.region = region
	default:
		r.bucket.Region = reading[string](unreadable(getBucketLocation, "the answer names a Region that cannot be one"))
		return
	}
	r.bucket.Region = snapshot.Of(r.region)
}

// askBucket makes a call in the bucket's Region. If S3 says that the bucket is
// in another one, the call is made once more there, and the Region kept.
func askBucket[T any](ctx context.Context, r *bucketReader, action string, do func(context.Context, *s3.Client) (*T, error)) (*T, outcome) {
	var out *T
	var o outcome
	for range 2 {
		elsewhere := ""
		client := r.c.aws.s3(r.region)
		out, o = ask(withRedirect(ctx, &elsewhere), r.c, action, r.region, func(ctx context.Context) (*T, error) {
			return do(ctx, client)
		})
		if o.ok() || elsewhere == "" || elsewhere == r.region {
			break
		}
		r.region = elsewhere
		if r.bucket.Region.State != snapshot.NotCollected {
			r.bucket.Region = snapshot.Of(elsewhere)
		}
	}
	if o.gone() && !r.gone {
		r.gone = true
		r.c.gone(r.region, r.bucket.ARN, o)
	}
	return out, o
}

func (r *bucketReader) encryption(ctx context.Context) {
	out, o := askBucket(ctx, r, getEncryptionConfiguration, func(ctx context.Context, client *s3.Client) (*s3.GetBucketEncryptionOutput, error) {
		return client.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: &r.bucket.Name})
	})
	if !o.ok() {
		r.bucket.Encryption = reading[snapshot.Encryption](o)
		return
	}
	r.bucket.Encryption = encryption(out)
}

// encryption takes an answer without a rule, or with a rule without an
// algorithm, for no answer: S3 never gives one, and "not encrypted" would be a
// guess.
func encryption(out *s3.GetBucketEncryptionOutput) snapshot.Reading[snapshot.Encryption] {
	none := reading[snapshot.Encryption](unreadable(getEncryptionConfiguration, "the answer has no rule with an algorithm"))
	if out.ServerSideEncryptionConfiguration == nil || len(out.ServerSideEncryptionConfiguration.Rules) == 0 {
		return none
	}
	var read snapshot.Encryption
	for _, rule := range out.ServerSideEncryptionConfiguration.Rules {
		byDefault := rule.ApplyServerSideEncryptionByDefault
		if byDefault == nil || byDefault.SSEAlgorithm == "" {
			return none
		}
		one := snapshot.EncryptionRule{
			Algorithm: string(byDefault.SSEAlgorithm),
			Key:       aws.ToString(byDefault.KMSMasterKeyID),
			BucketKey: aws.ToBool(rule.BucketKeyEnabled),
		}
		if rule.BlockedEncryptionTypes != nil {
			for _, blocked := range rule.BlockedEncryptionTypes.EncryptionType {
				one.BlockedTypes = append(one.BlockedTypes, string(blocked))
			}
		}
		read.Rules = append(read.Rules, one)
	}
	return snapshot.Of(read)
}

func (r *bucketReader) policy(ctx context.Context) {
	out, o := askBucket(ctx, r, getBucketPolicy, func(ctx context.Context, client *s3.Client) (*s3.GetBucketPolicyOutput, error) {
		return client.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: &r.bucket.Name})
	})
	if !o.ok() {
		r.bucket.Policy = reading[snapshot.Document](o)
		return
	}
	r.bucket.Policy = readDocument(getBucketPolicy, aws.ToString(out.Policy))
}
