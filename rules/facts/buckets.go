package facts

import (
	"slices"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

func (b *builder) addBuckets() {
	b.document.Buckets = make([]Bucket, 0, len(b.s.Buckets)+1)
	for i := range b.s.Buckets {
		bucket := &b.s.Buckets[i]
		region, _ := bucket.Region.Get()
		fact := Bucket{
			ARN: bucket.ARN, Name: bucket.Name, Region: region, Place: place("buckets", i),
			Intent: b.bucketIntent(bucket.Name), Unread: map[string]Unread{},
		}
		encryption, reason := bucketEncryption(bucket, place("buckets", i, "encryption"))
		if reason != nil {
			fact.Unread["encryption"], fact.Unread["default_key"], fact.Unread["key_ref"] = *reason, *reason, *reason
		} else {
			fact.Encryption = encryption
			if fact.KeyRef, reason = b.keyRef(bucket, *encryption); reason != nil {
				fact.Unread["key_ref"] = *reason
			}
			if fact.DefaultKey, reason = b.defaultKey(bucket, *encryption); reason != nil {
				fact.Unread["default_key"] = *reason
			}
		}
		if b.wanted.wants("buckets.log_target") {
			if fact.LogTarget, reason = b.logTarget(bucket, i); reason != nil {
				fact.Unread["log_target"] = *reason
			}
		}
		b.bucketPolicy(&fact, bucket, i)
		b.document.Buckets = append(b.document.Buckets, fact)
	}
	b.probers = nil
	standIn := "arn:" + b.s.Account.Partition + ":s3:::*"
	if reason, at := b.incomplete("s3:ListAllMyBuckets", "", standIn, "buckets", "objects", "needless", "monitoring.object_events"); reason != nil {
		b.document.Buckets = append(b.document.Buckets, Bucket{
			ARN: standIn, Name: "*", Place: at, Intent: BucketIntent{BucketKey: "unsaid"},
			Unread: nothingOf("buckets", *reason),
		})
		b.document.Objects = append(b.document.Objects, Object{
			ID: standIn, ARN: standIn, Bucket: standIn, Key: "*", Place: at, Declared: "no",
			Unread: nothingOf("objects", *reason),
		})
	}
}

// bucketPolicy adds what the policy of bucket i lets pass, as far as that is wanted.
func (b *builder) bucketPolicy(fact *Bucket, bucket *snapshot.Bucket, i int) {
	wanted := func(reading string) bool { return b.wanted.wants("buckets." + reading) }
	if !slices.ContainsFunc([]string{"guards", "customer_keys", "tls", "writers", "lockout", "public", "replication", "inventories"}, wanted) {
		return
	}
	var reason *Unread
	p, at, unprobed := b.probe(bucket, i)
	if fact.Guards, reason = guards(bucket, p, at, unprobed); reason != nil {
		fact.Unread["guards"] = *reason
	}
	if fact.CustomerKeys, reason = customerKeys(fact, p, at, unprobed); reason != nil {
		fact.Unread["customer_keys"] = *reason
	}
	b.bucketReach(fact, bucket, p, i, at, unprobed)
}

func (b *builder) bucketIntent(name string) BucketIntent {
	intent := BucketIntent{BucketKey: "unsaid"}
	for _, one := range b.intended().buckets[name] {
		intent.Required, intent.Key = true, one.key
		intent.RequestsPerMonth += one.RequestsPerMonth
		intent.DSSE = intent.DSSE || one.DSSE
		switch {
		case one.BucketKey == nil:
		case *one.BucketKey:
			intent.BucketKey = "on"
		case intent.BucketKey == "unsaid":
			intent.BucketKey = "off"
		}
	}
	return intent
}

// bucketEncryption reads the default encryption. A configuration without a rule,
// or with rules that say different things, leaves open what S3 does.
func bucketEncryption(bucket *snapshot.Bucket, at string) (*BucketEncryption, *Unread) {
	if bucket.Encryption.State == snapshot.Absent || bucket.Encryption.State == snapshot.Unsupported {
		return &BucketEncryption{Place: at, Algorithm: "none", SSEC: "unsaid"}, nil
	}
	encryption, ok := bucket.Encryption.Get()
	if !ok {
		return nil, unanswered(bucket.Encryption, "s3:GetEncryptionConfiguration")
	}
	if len(encryption.Rules) != 1 {
		return nil, &Unread{State: snapshot.Failed.String(), Operation: "s3:GetEncryptionConfiguration", Code: "AmbiguousRules"}
	}
	rule := encryption.Rules[0]
	if rule.Algorithm == "" {
		return nil, &Unread{State: snapshot.Failed.String(), Operation: "s3:GetEncryptionConfiguration", Code: "NoAlgorithm"}
	}
	fact := &BucketEncryption{
		Place: at + "/value/rules/0", Algorithm: rule.Algorithm, KMS: isKMS(rule.Algorithm), Key: rule.Key,
		BucketKey: rule.BucketKey, SSEC: "unsaid",
	}
	switch {
	case slices.Contains(rule.BlockedTypes, "SSE-C"):
		fact.SSEC = "blocked"
	case slices.Contains(rule.BlockedTypes, "NONE"):
		fact.SSEC = "allowed"
	}
	return fact, nil
}

func isKMS(algorithm string) bool { return algorithm == "aws:kms" || algorithm == "aws:kms:dsse" }
