package why

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// decided is what came of a question.
type decided struct {
	verdict access.Verdict
	parts   []access.Part
	key     access.KeyRef  // that S3 uses
	restsOn []access.Layer // not read, and taken as not restricting
}

// decide answers for the stage. SCPs and RCPs that were not read are taken as not
// restricting where that is all that keeps the answer open (O7); the account of a
// foreign principal never is.
func (s *stage) decide(q *Question) *decided {
	strict := s.ask(q, access.MustBeAble)
	if strict.verdict != access.Unknown || s.foreign() {
		return strict
	}
	lenient := s.ask(q, access.MustNotBeAble)
	if lenient.verdict == access.Unknown {
		return strict
	}
	for _, p := range strict.parts {
		for _, ref := range p.Decision.Unread {
			if !slices.Contains(lenient.restsOn, ref.Layer) {
				lenient.restsOn = append(lenient.restsOn, ref.Layer)
			}
		}
	}
	return lenient
}

// foreign says that the principal is of an account that was not read.
func (s *stage) foreign() bool { return s.home < 0 && field(s.Principal, 4) != "" }

// ask decides all the requests with one stance.
func (s *stage) ask(q *Question, stance access.Stance) *decided {
	d := &decided{}
	base := s.accounts[s.base]
	if s.bucket != "" {
		answer := base.S3(s.s3Question(q, stance))
		d.parts, d.key = answer.Parts, answer.Key
	}
	for _, one := range s.singles {
		ctx := q.request()
		if one.alias != "" && byAlias(one.action) {
			if _, said := q.says("kms:RequestAlias"); !said {
				ctx = ctx.With("kms:RequestAlias", one.alias)
			}
		}
		part := access.Part{Half: one.half, Action: one.action, Resource: one.resource}
		part.Decision = base.Decide(access.Question{
			Principal: s.Principal, Action: one.action, Resource: one.resource, Stance: stance, Context: ctx, Layers: true,
		})
		d.parts = append(d.parts, part)
	}
	d.verdict = access.Worst(d.parts)
	return d
}

// byAlias reports the actions whose request says by which alias it names its key
// (C20).
func byAlias(action string) bool {
	if action == "kms:DescribeKey" || action == "kms:GetPublicKey" {
		return true
	}
	return slices.ContainsFunc(access.KMSActions(), func(a access.Action) bool { return a.Name == action && a.Cryptographic })
}

func (s *stage) s3Question(q *Question, stance access.Stance) access.S3Question {
	sq := access.S3Question{
		Principal: s.Principal, Action: s.action, Bucket: s.bucket, Object: s.object, Source: s.source,
		BucketKey: q.BucketKey, Stance: stance, Context: q.request(), Layers: true,
	}
	if s.operation == nil {
		return sq
	}
	sq.Operation = s.operation.Name
	if s.operation.Service != "" && s.source != nil { // what the service does it for
		sq.Context = s.sourced(q, sq.Context)
	}
	sq.Key = s.keyFor(q)
	return sq
}

// sourced adds the bucket that a service acts for, and its account.
func (s *stage) sourced(q *Question, ctx access.Context) access.Context {
	if _, said := q.says("aws:SourceArn"); !said {
		ctx = ctx.With("aws:SourceArn", s.source.Bucket)
	}
	if i := s.world.bucketIn(s.source.Bucket); i >= 0 {
		if _, said := q.says("aws:SourceAccount"); !said {
			ctx = ctx.With("aws:SourceAccount", s.world.files[i].Snapshot.Account.ID)
		}
	}
	return ctx
}

// keyFor is the key that the question says S3 uses, by its headers or by name; the
// zero value leaves it to the object or the bucket.
func (s *stage) keyFor(q *Question) access.KeyRef {
	none := access.KeyRef{Form: "none", Status: access.KeyNone}
	algorithm := q.header(algorithmHeader)
	switch {
	case q.header(customerHeader) != "":
		return none
	case q.Key != "":
		return s.resolveKey(q.Key)
	case s.operation.Name == "Replication":
		if key := s.replicaKey(); key != "" {
			return s.resolveKey(key)
		}
	case !s.operation.Writes:
	case strings.HasPrefix(algorithm, "aws:kms"), q.header(keyHeader) != "":
		return s.resolveKey(q.header(keyHeader)) // none named: aws/s3
	case algorithm != "":
		return none
	}
	return access.KeyRef{}
}

// resolveKey finds a key as the requester names it (S8).
func (s *stage) resolveKey(ref string) access.KeyRef {
	region := field(s.bucket, 3)
	if i := s.world.bucketIn(s.bucket); i >= 0 {
		for _, b := range s.parts[i].s.Buckets {
			if b.ARN == s.bucket {
				region, _ = b.Region.Get()
			}
		}
	}
	requester := s.base
	if s.home >= 0 {
		requester = s.home
	}
	return s.accounts[requester].ResolveKey(ref, region)
}

// wanted is what the question is about in a snapshot.
func (r *resolved) wanted(file int) *wanted {
	w := &wanted{buckets: []string{r.bucket}, objects: []string{r.object}}
	if file == r.home {
		w.principals = append(w.principals, r.Principal)
	}
	if r.source != nil {
		w.buckets, w.objects = append(w.buckets, r.source.Bucket), append(w.objects, r.source.Object)
	}
	for _, one := range r.singles {
		w.keys = append(w.keys, one.resource)
	}
	for _, key := range []string{r.Key, r.header(keyHeader)} {
		if key != "" {
			w.keys = append(w.keys, key)
		}
	}
	if strings.HasPrefix(r.header(algorithmHeader), "aws:kms") && r.header(keyHeader) == "" {
		w.keys = append(w.keys, "alias/aws/s3")
	}
	return w
}

// documents are the policies that the question asks.
func (s *stage) documents() []*policy.Document {
	var all []*policy.Document
	for _, p := range s.parts {
		all = append(all, p.documents()...)
	}
	return all
}

// untested are the condition keys of the question that no policy tests.
func (s *stage) untested(q *Question) []string {
	tested := func(key string) bool {
		lower := strings.ToLower(key)
		switch lower {
		case strings.ToLower(algorithmHeader), strings.ToLower(keyHeader), strings.ToLower(customerHeader):
			return true // they say which key is used
		}
		if strings.HasPrefix(lower, "kms:encryptioncontext") || lower == "aws:sourcearn" || lower == "kms:grantoperations" {
			return true // grants test them
		}
		head, all := strings.CutSuffix(lower, "*")
		return slices.ContainsFunc(s.documents(), func(d *policy.Document) bool {
			return slices.ContainsFunc(d.Statements, func(st policy.Statement) bool { return tests(&st, head, all) })
		})
	}
	var keys []string
	for key := range q.Context {
		keys = append(keys, key)
	}
	keys = append(append(keys, q.Unknown...), q.Absent...)
	keys = slices.DeleteFunc(keys, tested)
	slices.Sort(keys)
	return slices.Compact(keys)
}

// tests reports whether a statement tests a condition key, given in lower case,
// or has it for a variable.
func tests(s *policy.Statement, key string, all bool) bool {
	for _, c := range s.Conditions {
		if name := strings.ToLower(c.Key); name == key || all && strings.HasPrefix(name, key) {
			return true
		}
		for _, value := range c.Values {
			if strings.Contains(strings.ToLower(value), "${"+key) {
				return true
			}
		}
	}
	return slices.ContainsFunc(slices.Concat(s.Resource, s.NotResource), func(resource string) bool {
		return strings.Contains(strings.ToLower(resource), "${"+key)
	})
}
