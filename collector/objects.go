package collector

import (
	"cmp"
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// objects reads the encryption of the objects that were named, of copies that are
// found here, and of a sample.
// It needs s3:GetObject on the objects for HeadObject, which reads no content,
// and s3:ListBucket on the bucket: for the sample, and because without it S3 says
// "forbidden" of objects that do not exist.
func (r *bucketReader) objects(ctx context.Context) {
	seen, copies := map[string]bool{"": true}, map[string]bool{}
	var objects []snapshot.Object
	add := func(key string, sampled bool) bool {
		if seen[key] {
			return false
		}
		seen[key] = true
		objects = append(objects, snapshot.Object{Key: key, Sampled: sampled})
		return true
	}
	for _, key := range r.c.opt.Objects[r.bucket.Name] {
		add(key, false)
	}
	for _, key := range r.c.opt.Copies {
		if add(key, false) {
			copies[key] = true
		}
	}
	known := map[string]snapshot.Object{} // from the earlier collection
	for _, object := range r.bucket.Objects {
		if object.Head.State.Answer() {
			known[object.Key] = object
		}
	}
	for _, key := range r.sample(ctx) {
		add(key, true)
	}
	for _, object := range r.bucket.Objects {
		if !object.Sampled && object.Head.State.Answer() {
			add(object.Key, false)
		}
	}
	r.bucket.Objects = nil
	for _, object := range objects {
		if before, ok := known[object.Key]; ok {
			object.Head = before.Head
			r.bucket.Objects = append(r.bucket.Objects, object)
			continue
		}
		var o outcome
		if object.Head, o = r.head(ctx, object.Key); r.gone {
			return
		}
		if object.Sampled && o.state == snapshot.Absent {
			r.c.gone(r.region, r.bucket.ARN+"/"+object.Key, o)
			continue
		}
		if copies[object.Key] && o.state == snapshot.Absent {
			continue // there is no copy here
		}
		r.bucket.Objects = append(r.bucket.Objects, object)
	}
	slices.SortFunc(r.bucket.Objects, func(a, b snapshot.Object) int { return cmp.Compare(a.Key, b.Key) })
}

func (r *bucketReader) head(ctx context.Context, key string) (snapshot.Reading[snapshot.ObjectEncryption], outcome) {
	out, o := askBucket(ctx, r, getObject, func(ctx context.Context, client *s3.Client) (*s3.HeadObjectOutput, error) {
		return client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &r.bucket.Name, Key: &key})
	})
	if o.ok() && out.LastModified == nil {
		o = unreadable(getObject, "the answer has no date: it is not S3's")
	}
	if o.state == snapshot.Failed && (o.code == "BadRequest" || o.code == "HTTP400") {
		o.message = "S3 answers so for an object under SSE-C, whose key only the customer has"
	}
	if !o.ok() {
		return reading[snapshot.ObjectEncryption](o), o
	}
	return snapshot.Of(snapshot.ObjectEncryption{
		Algorithm:         string(out.ServerSideEncryption),
		Key:               aws.ToString(out.SSEKMSKeyId),
		BucketKey:         aws.ToBool(out.BucketKeyEnabled),
		CustomerAlgorithm: aws.ToString(out.SSECustomerAlgorithm),
		VersionID:         aws.ToString(out.VersionId),
		ModifiedAt:        at(out.LastModified),
	}), o
}
