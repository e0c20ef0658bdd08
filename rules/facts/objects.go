package facts

import (
	"cmp"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// addObjects adds the objects that were asked for, and those that a requirement
// names and nobody asked for.
func (b *builder) addObjects() {
	seen := map[string]bool{}
	for i, bucket := range b.s.Buckets {
		for j, object := range bucket.Objects {
			fact := Object{
				ID: bucket.ARN + "/" + object.Key, ARN: bucket.ARN + "/" + object.Key, Bucket: bucket.ARN, Key: object.Key,
				URI: uriOf(bucket.Name, object.Key), Place: place("buckets", i, "objects", j), Unread: map[string]Unread{},
			}
			if encryption, reason := objectEncryption(object, fact.Place+"/head"); reason != nil {
				fact.Unread["encryption"], fact.Unread["key_state"] = *reason, *reason
			} else {
				fact.Encryption = encryption
				if fact.KeyState, reason = b.objectKey(*encryption); reason != nil {
					fact.Unread["key_state"] = *reason
				}
			}
			b.expect(&fact, bucket.Name, i)
			seen[fact.ID] = true
			b.document.Objects = append(b.document.Objects, fact)
		}
	}
	for _, requirement := range b.intent.Requirements {
		for _, required := range requirement.Buckets {
			i, exists := b.buckets[required.Name]
			for _, key := range required.Objects {
				arn := "arn:" + b.s.Account.Partition + ":s3:::" + required.Name + "/" + key
				if !exists || seen[arn] {
					continue // what is missing with its bucket is the bucket's finding
				}
				seen[arn] = true
				fact := Object{
					ID: arn, ARN: arn, Bucket: b.s.Buckets[i].ARN, Key: key, URI: uriOf(required.Name, key), Place: place("buckets", i),
					Unread: map[string]Unread{"encryption": notAsked, "key_state": notAsked},
				}
				b.expect(&fact, required.Name, i)
				b.document.Objects = append(b.document.Objects, fact)
			}
		}
	}
}

func uriOf(bucket, key string) string { return "s3://" + bucket + "/" + key }

// notAsked is the reason for an object that the configuration names and the
// collection did not know of.
var notAsked = Unread{State: snapshot.NotCollected.String(), Operation: "s3:GetObject", Code: "NotAsked"}

// objectKey looks up the key that an object is under.
func (b *builder) objectKey(encryption ObjectEncryption) (*ObjectKey, *Unread) {
	fact := &ObjectKey{Place: encryption.Place, Problem: "none"}
	if !isKMS(encryption.Algorithm) || encryption.Key == "" {
		return fact, nil
	}
	ref := b.account.ResolveKey(encryption.Key, regionOf(encryption.Key))
	fact.ARN, fact.Region = cmp.Or(ref.ARN, encryption.Key), regionOf(cmp.Or(ref.ARN, encryption.Key))
	switch ref.Status {
	case "missing":
		fact.Problem = ref.Status
		return fact, nil
	case "aws_managed":
		return fact, nil
	case "foreign":
		there, reason := b.theirKey(encryption.Key, regionOf(encryption.Key))
		if reason != nil {
			return nil, reason
		}
		there.Place, there.Region = fact.Place, fact.Region
		return there, nil
	}
	i, known := b.keys[ref.ARN]
	if !known {
		return nil, refUnread(ref)
	}
	metadata, ok := b.s.Keys[i].Metadata.Get()
	if !ok {
		return nil, unanswered(b.s.Keys[i].Metadata, "kms:DescribeKey")
	}
	fact.State, fact.Problem = metadata.State, KeyProblem(metadata)
	return fact, nil
}

func objectEncryption(object snapshot.Object, at string) (*ObjectEncryption, *Unread) {
	if object.Head.State == snapshot.Absent {
		return &ObjectEncryption{Place: at, Algorithm: "none"}, nil
	}
	head, ok := object.Head.Get()
	if !ok {
		return nil, unanswered(object.Head, "s3:GetObject")
	}
	fact := &ObjectEncryption{
		Place: at + "/value", Exists: true, Algorithm: head.Algorithm, Key: head.Key, BucketKey: head.BucketKey,
	}
	switch {
	case head.CustomerAlgorithm != "":
		fact.Algorithm = "SSE-C"
	case fact.Algorithm == "":
		fact.Algorithm = "none"
	}
	return fact, nil
}

// expect says which key the object should be under: that of the requirement
// which names the object, in its bucket or as a copy elsewhere, else the
// bucket's default.
func (b *builder) expect(fact *Object, bucket string, i int) {
	fact.Declared = "no"
	for _, required := range b.intended().objects[fact.Key] {
		declared := "copy"
		if required.Name == bucket {
			declared = "yes"
		}
		if fact.Declared != "yes" {
			fact.Declared = declared
			if required.key != "" {
				fact.Expected = &ExpectedKey{Place: place("buckets", i), ARN: required.key, By: "requirement"}
			}
		}
	}
	if fact.Expected != nil {
		return
	}
	of := b.document.Buckets[i]
	switch {
	case of.DefaultKey == nil:
		fact.Unread["expected"] = of.Unread["default_key"]
	case of.DefaultKey.ARN == "":
		fact.Expected = &ExpectedKey{Place: of.DefaultKey.Place, By: "nothing"}
	default:
		fact.Expected = &ExpectedKey{Place: of.DefaultKey.Place, ARN: of.DefaultKey.ARN, By: "default"}
	}
}
