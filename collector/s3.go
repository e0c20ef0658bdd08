package collector

import (
	"context"
	"fmt"
	"regexp"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// bucketName is what buckets have ever been called: the oldest have names of up to
// 255 characters, with capital letters and underscores.
var bucketName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9._-]{1,255}$`) })

// buckets reads every general purpose bucket of the account, whatever Regions
// were asked for: the listing has no Regions, and a bucket that is left out would
// look like one that is not there. It needs s3:ListAllMyBuckets, and what
// bucket.go and objects.go say for each bucket.
func (c *collection) buckets(ctx context.Context) {
	buckets := listing[snapshot.Bucket]{
		listAllMyBuckets, "", c.before.Buckets, func(b snapshot.Bucket) string { return b.ARN },
		func(now *snapshot.Bucket, before snapshot.Bucket) {
			created, region := now.CreatedAt, now.Region
			if *now = before; region.State.Answer() {
				now.Region = region
			}
			now.CreatedAt = created
		},
	}.list(c, func() ([]snapshot.Bucket, outcome) { return c.listBuckets(ctx) })
	c.tally.found(len(buckets))
	readers := make([]*bucketReader, len(buckets))
	for i, b := range buckets {
		readers[i] = &bucketReader{c: c, bucket: b}
	}
	each(c.opt.Concurrency, readers, func(r **bucketReader) {
		(*r).read(ctx)
		c.tally.read()
	})
	for _, r := range readers {
		if !r.gone {
			c.s.Buckets = append(c.s.Buckets, r.bucket)
		}
	}
}

func (c *collection) listBuckets(ctx context.Context) (buckets []snapshot.Bucket, o outcome) {
	home := c.partition.home
	client := c.aws.s3(home)
	o = list(listAllMyBuckets, func(marker *string) (page, outcome) {
		out, o := ask(ctx, c, listAllMyBuckets, home, func(ctx context.Context) (*s3.ListBucketsOutput, error) {
			// S3 names the Regions only if the request has a parameter.
			return client.ListBuckets(ctx, &s3.ListBucketsInput{MaxBuckets: aws.Int32(10000), ContinuationToken: marker})
		})
		if !o.ok() {
			return page{}, o
		}
		for _, b := range out.Buckets {
			name := aws.ToString(b.Name)
			if !bucketName().MatchString(name) {
				return page{}, unreadable(listAllMyBuckets, "the answer names a bucket that cannot be one")
			}
			bucket := snapshot.Bucket{ARN: fmt.Sprintf("arn:%s:s3:::%s", c.s.Account.Partition, name), Name: name, CreatedAt: at(b.CreationDate)}
			if region := aws.ToString(b.BucketRegion); snapshot.IsRegion(region) {
				bucket.Region = snapshot.Of(region)
			}
			buckets = append(buckets, bucket)
		}
		return token(out.ContinuationToken), o
	})
	return buckets, o
}
