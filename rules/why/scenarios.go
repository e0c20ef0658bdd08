package why

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

const someBuckets = 3 // of those that a key encrypts, how many scenarios are of

// scenarios are the usual situations in which an open verdict falls (U5): a key is
// used directly, or by S3 with or without a Bucket Key.
func (t *teller) scenarios() {
	if t.bucket != "" {
		t.ofBucketKeys()
		return
	}
	open := slices.ContainsFunc(t.answer.Requests, func(r Request) bool { return slices.ContainsFunc(r.DependsOn, tellsHow) })
	if !open || len(t.singles) != 1 {
		return
	}
	q := &t.Question
	direct := *q
	direct.Absent = slices.Concat(q.Absent, []string{"kms:ViaService", "aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"})
	t.scenario("direct", t.decide(direct.with(map[string]string{"aws:ViaAWSService": "false"})))
	operation := map[string]string{"kms:Decrypt": "GetObject", "kms:GenerateDataKey": "PutObject"}[t.singles[0].action]
	if operation == "" {
		return
	}
	key := access.KeyRef{Given: t.singles[0].resource, Form: "arn", ARN: t.singles[0].resource, Status: access.KeyFound}
	buckets := t.encrypted(key.ARN)
	if len(buckets) == 0 {
		buckets = []string{"arn:" + field(key.ARN, 1) + ":s3:::"}
	}
	for _, bucket := range buckets {
		for _, with := range []bool{false, true} {
			name := "through S3 without a Bucket Key"
			if with {
				name = "through S3 with a Bucket Key"
			}
			if name += ", bucket " + field(bucket, 5); field(bucket, 5) == "" {
				name, _, _ = strings.Cut(name, ", bucket")
			}
			t.scenario(name, t.throughS3(q, operation, bucket, key, with))
		}
	}
}

// throughS3 decides the request as S3 makes it. Of no bucket, the encryption
// context is not known.
func (t *teller) throughS3(q *Question, operation, bucket string, key access.KeyRef, bucketKey bool) *decided {
	ctx := q.request()
	if field(bucket, 5) == "" {
		ctx = ctx.WithPresent("kms:EncryptionContext:aws:s3:arn")
	}
	stance := access.MustBeAble
	if len(t.decided.restsOn) > 0 {
		stance = access.MustNotBeAble
	}
	answer := t.accounts[t.base].S3(access.S3Question{
		Principal: t.Principal, Operation: operation, Bucket: bucket, Key: key, BucketKey: &bucketKey, Stance: stance, Context: ctx,
	})
	d := &decided{}
	for _, p := range answer.Parts {
		if p.Half == "kms" {
			d.parts = append(d.parts, p)
		}
	}
	d.verdict = access.Worst(d.parts)
	return d
}

// ofBucketKeys tells objects with and without a Bucket Key apart, where that is
// what the verdict hangs on.
func (t *teller) ofBucketKeys() {
	if t.BucketKey != nil {
		return
	}
	with, without := t.Question, t.Question
	on, off := true, false
	with.BucketKey, without.BucketKey = &on, &off
	first, second := t.decide(&without), t.decide(&with)
	if first.verdict == second.verdict {
		return
	}
	t.scenario("the object is not under a Bucket Key", first)
	t.scenario("the object is under a Bucket Key", second)
}

func (t *teller) scenario(name string, d *decided) {
	s := Scenario{Name: name, Verdict: d.verdict}
	for i := range d.parts {
		tests, when := t.open(&d.parts[i].Decision)
		s.DependsOn = append(s.DependsOn, tests...)
		if when != nil {
			s.When = append(s.When, *when)
		}
	}
	t.answer.Scenarios = append(t.answer.Scenarios, s)
}

// tellsHow reports tests of how a key is used.
func tellsHow(test Test) bool {
	key := strings.ToLower(test.Key)
	return key == "kms:viaservice" || strings.HasPrefix(key, "aws:calledvia") || key == "aws:viaawsservice" ||
		strings.HasPrefix(key, "kms:encryptioncontext:aws:s3:")
}

// encrypted are some of the buckets that encrypt with the key by default.
func (s *stage) encrypted(key string) []string {
	i := s.owner(key)
	all := s.world.files[i].Snapshot
	names := []string{key, strings.TrimPrefix(field(key, 5), "key/")}
	for _, a := range all.Aliases {
		if a.Region == field(key, 3) && a.TargetKey == names[1] {
			names = append(names, a.Name, a.ARN)
		}
	}
	var buckets []string
	for j := range all.Buckets {
		b := &all.Buckets[j]
		encryption, _ := b.Encryption.Get()
		region, _ := b.Region.Get()
		if region == field(key, 3) && len(buckets) < someBuckets && slices.ContainsFunc(encryption.Rules, func(r snapshot.EncryptionRule) bool {
			return strings.HasPrefix(r.Algorithm, "aws:kms") && slices.Contains(names, r.Key)
		}) {
			buckets = append(buckets, b.ARN)
		}
	}
	return buckets
}
