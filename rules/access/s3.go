package access

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// S3Question asks whether a principal may perform an S3 operation (S1).
type S3Question struct {
	Principal, Operation string
	// Action is an action of S3 in place of Operation, for a single request.
	Action string
	Bucket string // ARN
	Object string // key; "" means any object
	// Source is that of a copy; nil means the same bucket, object and key.
	Source *S3Source
	// Key is the key that S3 will use. The zero value leaves it to the object, if
	// it is read and its encryption is known, else to the bucket's default.
	Key KeyRef
	// BucketKey says whether the object is under a Bucket Key (S5). Nil leaves it
	// to the bucket's default for writes; reads of an object whose state is not
	// known have to be allowed both ways.
	BucketKey *bool
	Stance    Stance
	// Context holds what the question fixes beyond U6, such as
	// aws:SecureTransport. It is that of the request to S3; what S3 asks of KMS
	// comes over TLS and from a network of its own (C16).
	Context Context
	// Layers asks for Decision.Layers.
	Layers bool
}

// S3Source is the source of a copy.
type S3Source struct {
	Bucket, Object string
	Key            KeyRef
	BucketKey      *bool
}

// OperationAnswer is the answer to an S3Question: its verdict is that of the worst
// part.
type OperationAnswer struct {
	Verdict Verdict `json:"verdict"`
	Parts   []Part  `json:"parts"`
	Key     KeyRef  `json:"key"` // that of the object, or of a copy's target
	// Source is the key of a copy's source.
	Source KeyRef `json:"source"`
}

// Part is one request of an operation (Q1).
type Part struct {
	Action   string   `json:"action"`
	Resource string   `json:"resource"`
	Half     string   `json:"half"`    // s3, kms
	Context  string   `json:"context"` // value of the encryption context's aws:s3:arn
	Key      KeyRef   `json:"key"`     // of the kms half
	Decision Decision `json:"decision"`
}

// place is one object that an operation touches.
type place struct {
	bucket, object string
	key            KeyRef
	bucketKey      *bool
	writes         bool
	actions        []string // on the object
	bucketActions  []string
	uses           []string // of the key
	bucketKeyUses  []string // of the key, when the object is under a Bucket Key
	onBucket       bool
	operation      *Operation
}

// S3 answers an S3Question. An operation that is not known has no parts and is
// Unknown. An operation of a service is asked for that service, whoever is named.
func (a *Account) S3(q S3Question) OperationAnswer {
	o, found := q.operation()
	if !found {
		return OperationAnswer{Key: q.Key}
	}
	if o.Service != "" {
		q.Principal = o.Service
	}
	asked := a.s3Requests(a.asking(q.Principal), &q, &o)
	answer := OperationAnswer{Key: asked.key, Source: asked.source, Parts: slices.Grow([]Part(nil), len(asked.list))}
	for i := range asked.list {
		part := asked.list[i].part(a)
		if o.Note != "" {
			part.Decision.Notes = append(slices.Clip(part.Decision.Notes), o.Note)
		}
		answer.Parts = append(answer.Parts, part)
	}
	answer.Verdict = Worst(answer.Parts)
	return answer
}

// operation is the operation that is asked about, or one that is made of the
// action.
func (q *S3Question) operation() (Operation, bool) {
	if q.Action == "" {
		return NamedOperation(q.Operation)
	}
	onObject := slices.ContainsFunc(s3Actions(), func(a S3Action) bool { return a.On == OnObject && strings.EqualFold(a.Name, q.Action) })
	return Operation{Name: q.Action, S3: []string{q.Action}, OnBucket: !onObject}, true
}

// s3Requests are the requests of an operation of S3, and the keys it uses.
type s3Requests struct {
	list        []request
	key, source KeyRef
}

func (a *Account) s3Requests(one *actor, q *S3Question, o *Operation) s3Requests {
	asked := s3Requests{}
	target := place{
		bucket: q.Bucket, object: q.Object, key: q.Key, bucketKey: q.BucketKey, writes: o.Writes, actions: o.S3, bucketActions: o.S3Bucket,
		uses: o.KMS, bucketKeyUses: o.KMSBucketKey, onBucket: o.OnBucket, operation: o,
	}
	if len(o.S3Source) > 0 {
		source := place{bucket: q.Bucket, object: q.Object, key: q.Key, bucketKey: q.BucketKey}
		if q.Source != nil {
			source = place{bucket: q.Source.Bucket, object: q.Source.Object, key: q.Source.Key, bucketKey: q.Source.BucketKey}
		}
		source.actions, source.bucketActions, source.uses, source.operation = o.S3Source, o.S3SourceBucket, o.KMSSource, o
		asked.source = a.touch(&asked, one, q, &source)
		if asked.source.Status == KeyNone && o.KMSPlain != nil {
			target.uses = o.KMSPlain
		}
	}
	asked.key = a.touch(&asked, one, q, &target)
	return asked
}

// Worst is the verdict of several requests that all have to be allowed (Q1); of
// none it is Unknown.
func Worst(parts []Part) Verdict {
	rank := func(v Verdict) int {
		return slices.Index([]Verdict{Allowed, Depends, Unknown, ImplicitlyDenied, ExplicitlyDenied}, v)
	}
	result := Allowed
	if len(parts) == 0 {
		return Unknown
	}
	for _, p := range parts {
		if rank(p.Decision.Verdict) > rank(result) {
			result = p.Decision.Verdict
		}
	}
	return result
}

// touch adds the requests on one object and its key, and returns the key.
func (a *Account) touch(asked *s3Requests, one *actor, q *S3Question, p *place) KeyRef {
	ask := func(action, resource string, open bool) {
		x := query{one: one, action: action, resource: resource, open: open, stance: q.Stance, context: q.Context, layers: q.Layers}
		a.find(&x)
		asked.list = append(asked.list, request{query: x, half: "s3"})
	}
	for _, action := range p.bucketActions {
		ask(action, p.bucket, false)
	}
	for _, action := range p.actions {
		if p.onBucket {
			ask(action, p.bucket, false)
		} else {
			ask(action, p.bucket+"/"+p.object, p.object == "")
		}
	}
	owner := a.bucketOwner(p.bucket)
	key, bucketKeys, region, unread := owner.encryption(p)
	if len(p.uses) == 0 || key.Status == KeyNone {
		return key
	}
	if requester := a.of(one.Account); requester != nil && requester.id != owner.id && (key.Form == "alias" || key.Form == "id") {
		key = requester.ResolveKey(key.Given, region) // S8
	}
	if a.keyFault(one, &key, unread) != nil {
		bucketKeys = bucketKeys[:1] // one answer, whatever the context
	}
	for _, action := range slices.Concat(p.uses, p.bucketKeyUses) {
		for _, bucketKey := range bucketKeys {
			if bucketKey || slices.Contains(p.uses, action) {
				asked.list = append(asked.list, a.keyRequest(one, q, p, &key, action, region, bucketKey, unread))
			}
		}
	}
	return key
}

// bucketOf is the bucket of an object's ARN, or of its own.
func bucketOf(resource string) string {
	bucket, _, _ := strings.Cut(resource, "/")
	return bucket
}

func shown(resource string, open bool) string {
	if open {
		return resource + "*"
	}
	return resource
}

// keyRequest is the request that S3 makes to KMS for the caller (S1, S4, S5, U6).
func (a *Account) keyRequest(one *actor, q *S3Question, p *place, key *KeyRef, action, region string, bucketKey bool, unread *UnreadRef) request {
	resource, open := p.bucket+"/"+p.object, p.object == ""
	if bucketKey {
		resource, open = p.bucket, false
	}
	r := request{half: "kms", bound: shown(resource, open), key: *key}
	if settled := a.keyFault(one, key, unread); settled != nil {
		r.query = query{one: one, action: action, resource: key.ARN, stance: q.Stance, settled: settled}
		r.fault = true
		return r
	}
	x := query{one: one, action: action, resource: key.ARN, stance: q.Stance, context: q.Context.viaService(), fixed: newFacts(), layers: q.Layers}
	if key.ARN == "" { // aws/s3, which S3 makes when it is first used
		x.resource, x.open = "arn:"+a.s.Account.Partition+":kms:"+region+":"+a.id+":key/", true
	}
	a.find(&x)
	if key.ARN == "" || key.Status == KeyAWSManaged && a.keys[key.ARN] == nil {
		x.settled = nil
		x.policies.Resource, x.policies.AWSManagedKey = managedKeyPolicy(a.id, a.s.Account.Partition, "s3", region), true
		x.notes = append(x.notes, "K9: the policy of the AWS managed key aws/s3 is taken to be the one AWS gives")
	}
	forwarded(x.fixed, p.operation, region)
	x.fixed.set("aws:SecureTransport", "true")
	switch {
	case p.operation.Directory, p.operation.Service == "cloudtrail.amazonaws.com":
		r.bound = ""
		x.fixed.mark(unknown, contextPrefix+"*", "kms:EncryptionContextKeys")
	default:
		x.fixed.put(contextPrefix+"aws:s3:arn", fact{state: known, values: []string{resource}, head: open})
		x.fixed.mark(present, "kms:EncryptionContextKeys")
	}
	r.query = x
	return r
}

// forwarded fixes what tells that S3 calls KMS with the caller's permissions
// (C16). A service that calls for itself does not forward anything (K8).
func forwarded(f *facts, o *Operation, region string) {
	switch {
	case o.Service != "":
		f.mark(absent, "kms:ViaService", "aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast")
		f.set("aws:ViaAWSService", "false")
		return
	case o.Directory:
		f.mark(present, "kms:ViaService", "aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast")
	case region == "":
		f.mark(present, "kms:ViaService")
	default:
		f.set("kms:ViaService", "s3."+region+".amazonaws.com")
	}
	f.set("aws:ViaAWSService", "true")
	if !o.Directory {
		f.setMany("aws:CalledVia", []string{"s3.amazonaws.com"})
		f.set("aws:CalledViaFirst", "s3.amazonaws.com")
		f.set("aws:CalledViaLast", "s3.amazonaws.com")
	}
}

// keyFault answers for keys that no policy has to be asked about.
func (a *Account) keyFault(one *actor, key *KeyRef, unread *UnreadRef) *Decision {
	denied := func(note string) *Decision {
		return &Decision{Verdict: ImplicitlyDenied, Missing: []Layer{LayerResource}, Notes: []string{note}}
	}
	switch {
	case unread != nil:
		return &Decision{Verdict: Unknown, Unread: []UnreadRef{*unread}}
	case key.Status == KeyMissing:
		return denied("S8: the key " + key.Given + " does not exist")
	case key.Status == KeyOtherRegion:
		return denied("S8: the key " + key.Given + " is in another Region than the bucket")
	case key.Status == KeyUnread && key.ARN == "":
		ref := UnreadRef{Layer: LayerResource, Policy: key.Given}
		if key.Unread != nil {
			ref.State, ref.Operation, ref.Code = key.Unread.State.String(), key.Unread.Operation, key.Unread.Code
		}
		return &Decision{Verdict: Unknown, Unread: []UnreadRef{ref}}
	case one.Account != "" && a.of(one.Account) == nil && (key.Form == "alias" || key.Form == "id"):
		return &Decision{
			Verdict: Unknown, Notes: []string{"S8: the reference " + key.Given + " means a key of account " + one.Account},
			Unread: []UnreadRef{{Layer: LayerResource, Policy: key.Given, State: snapshot.NotCollected.String(), Operation: "kms:GetKeyPolicy"}},
		}
	case key.ARN == "" && key.Status != KeyAWSManaged:
		return &Decision{Verdict: Unknown, Unread: []UnreadRef{{
			Layer: LayerResource, Policy: key.Given, State: snapshot.NotCollected.String(), Operation: "kms:GetKeyPolicy",
		}}}
	}
	return nil
}
