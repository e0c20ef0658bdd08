package facts

import (
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// someBuckets is how many buckets of a key are named.
const someBuckets = 10

// relateKeys tells every key which buckets name it, and of which environments
// they are. A bucket of which the default key is not known may name any.
func (b *builder) relateKeys() {
	users := map[string][]int{}
	var open *Unread
	for i, bucket := range b.document.Buckets {
		if bucket.KeyRef != nil {
			if bucket.KeyRef.ARN != "" {
				users[bucket.KeyRef.ARN] = append(users[bucket.KeyRef.ARN], i)
			}
			continue
		}
		if reason := bucket.Unread["key_ref"]; open == nil {
			open = &reason
		}
	}
	for i := range b.document.Keys {
		key := &b.document.Keys[i]
		if _, standIn := key.Unread["used_by"]; standIn {
			continue
		}
		named := users[key.ARN]
		open := open
		if key.Metadata != nil && key.Metadata.Manager == "aws" && !b.behindS3(key.ARN) {
			open = nil // S3 uses no key of AWS but aws/s3
		}
		if len(named) == 0 && open != nil {
			key.Unread["used_by"] = *open
		} else {
			key.UsedBy = &KeyUsedBy{Place: key.Place, Count: len(named)}
			for _, j := range named[:min(someBuckets, len(named))] {
				key.UsedBy.Buckets = append(key.UsedBy.Buckets, b.document.Buckets[j].ARN)
			}
		}
		b.keyEnvironments(key, named, open)
	}
}

// behindS3 tells whether the key may be the one that S3 uses by itself: its alias
// says so, or nobody knows its alias.
func (b *builder) behindS3(arn string) bool {
	id := part(arn, 5)[strings.IndexByte(part(arn, 5), '/')+1:]
	names := b.named[regionOf(arn)+" "+id]
	return len(names) == 0 || slices.Contains(names, "alias/aws/s3")
}

// keyEnvironments joins the environments of the buckets. More than one is certain
// whatever else is not known; fewer are only if everything is.
func (b *builder) keyEnvironments(key *Key, named []int, open *Unread) {
	fact := &KeyEnvironments{Place: key.Place}
	for _, j := range named {
		name, reason := b.environment(&b.s.Buckets[j])
		if reason != nil && open == nil {
			open = reason
		}
		if name != "" && !slices.Contains(fact.Names, name) {
			fact.Names = append(fact.Names, name)
		}
	}
	slices.Sort(fact.Names)
	if len(fact.Names) < 2 && open != nil {
		key.Unread["environments"] = *open
		return
	}
	key.Environments = fact
}

// environment of a bucket, "" if it has none.
func (b *builder) environment(bucket *snapshot.Bucket) (string, *Unread) {
	return b.environmentOf(bucket.Name, bucket.Tags, "s3:GetBucketTagging")
}

// environmentOf is the environment of what has the name and the tags, "" if it has
// none.
func (b *builder) environmentOf(name string, tags snapshot.Reading[map[string]string], operation string) (string, *Unread) {
	for _, environment := range slices.Sorted(maps.Keys(b.intent.Environments.Names)) {
		for _, pattern := range b.intent.Environments.Names[environment] {
			if ok, err := path.Match(pattern, name); err == nil && ok {
				return environment, nil
			}
		}
	}
	if b.intent.Environments.Tag == "" {
		return "", nil
	}
	values, ok := tags.Get()
	if !ok {
		return "", why(tags, operation)
	}
	return values[b.intent.Environments.Tag], nil
}

// rotated finds out when key i got its material.
func (b *builder) rotated(key snapshot.Key, i int) (*KeyRotated, *Unread) {
	metadata, ok := key.Metadata.Get()
	if !ok {
		return nil, unanswered(key.Metadata, "kms:DescribeKey")
	}
	rotations, ok := key.Rotations.Get()
	switch {
	case ok && len(rotations) > 0:
		last := rotations[0].At
		for _, rotation := range rotations {
			if rotation.At.After(last) {
				last = rotation.At
			}
		}
		return &KeyRotated{Place: place("keys", i, "rotations"), Days: b.daysSince(last), By: "rotation"}, nil
	case ok || key.Rotations.State.Answer():
		return &KeyRotated{Place: place("keys", i, "metadata"), Days: b.daysSince(metadata.CreatedAt), By: "creation"}, nil
	}
	// AWS says when it will rotate next, and so when it did last.
	if rotation, ok := key.Rotation.Get(); ok && rotation.Enabled && !rotation.NextAt.IsZero() && rotation.PeriodDays > 0 {
		last := rotation.NextAt.AddDate(0, 0, -rotation.PeriodDays)
		return &KeyRotated{Place: place("keys", i, "rotation"), Days: b.daysSince(last), By: "rotation"}, nil
	}
	return nil, unanswered(key.Rotations, "kms:ListKeyRotations")
}

func (b *builder) daysSince(at time.Time) int { return days(at, b.s.CollectedAt) }
