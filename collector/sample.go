package collector

import (
	"context"
	"hash/fnv"
	"math/rand/v2"
	"net/url"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// probes is how many pages of a large bucket are looked at for a sample.
const probes = 8

// sample draws the keys of some objects. The same seed and the same objects give
// the same sample. A bucket with up to 1,000 objects is drawn from as a whole; of
// a larger one, pages are read from places spread over the range of names, so
// that the sample is spread and not statistically even.
func (r *bucketReader) sample(ctx context.Context) []string {
	wanted := r.c.opt.SampleObjects
	if drawn, ok := r.bucket.Sample.Get(); ok && (wanted == 0 || drawn.Asked == wanted && drawn.Seed == r.c.opt.Seed) {
		var keys []string
		for _, object := range r.bucket.Objects {
			if object.Sampled {
				keys = append(keys, object.Key)
			}
		}
		return keys
	}
	r.bucket.Sample = snapshot.Reading[snapshot.Sample]{}
	if wanted == 0 {
		return nil
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(r.bucket.Name)) // a hash takes everything
	random := rand.New(rand.NewPCG(uint64(r.c.opt.Seed), h.Sum64()))
	keys, more, o := r.page(ctx, "")
	if o.ok() && more {
		for range probes {
			var later []string
			if later, _, o = r.page(ctx, probe(random, keys)); !o.ok() {
				break
			}
			keys = append(keys, later...)
		}
	}
	if !o.ok() {
		r.bucket.Sample = reading[snapshot.Sample](o)
		return nil
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	whole := !more && len(keys) <= wanted
	random.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	keys = keys[:min(wanted, len(keys))]
	slices.Sort(keys)
	r.bucket.Sample = snapshot.Of(snapshot.Sample{Asked: wanted, Drawn: len(keys), Seed: r.c.opt.Seed, Whole: whole})
	return keys
}

// probe makes a place to look from: a key that is known, cut somewhere and gone
// on with another letter.
func probe(random *rand.Rand, keys []string) string {
	if len(keys) == 0 {
		return ""
	}
	key := []rune(keys[random.IntN(len(keys))])
	return string(key[:random.IntN(len(key))]) + string(rune('!'+random.IntN('~'-'!')))
}

func (r *bucketReader) page(ctx context.Context, after string) (keys []string, more bool, o outcome) {
	input := &s3.ListObjectsV2Input{Bucket: &r.bucket.Name, MaxKeys: aws.Int32(1000), EncodingType: types.EncodingTypeUrl}
	if after != "" {
		input.StartAfter = &after
	}
	out, o := askBucket(ctx, r, listBucket, func(ctx context.Context, client *s3.Client) (*s3.ListObjectsV2Output, error) {
		return client.ListObjectsV2(ctx, input)
	})
	if !o.ok() {
		return nil, false, o
	}
	for _, object := range out.Contents {
		key := aws.ToString(object.Key)
		if out.EncodingType == types.EncodingTypeUrl {
			decoded, err := url.QueryUnescape(key)
			if err != nil {
				return nil, false, unreadable(listBucket, "a key is not encoded as the answer says")
			}
			key = decoded
		}
		if key != "" {
			keys = append(keys, key)
		}
	}
	return keys, aws.ToBool(out.IsTruncated), o
}
