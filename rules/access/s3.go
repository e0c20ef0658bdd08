package access

import (
	"slices"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// S3Question asks whether a principal may perform an S3 operation (S1).
type S3Question struct {
	Principal, Operation string
	Bucket               string // ARN
	Object               string // key; "" means any object
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
	// aws:SecureTransport.
	Context Context
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
}

// Part is one request of an operation (Q1).
type Part struct {
	Action   string   `json:"action"`
	Resource string   `json:"resource"`
	Half     string   `json:"half"`    // s3, kms
	Context  string   `json:"context"` // value of the encryption context's aws:s3:arn
	Decision Decision `json:"decision"`
}

// place is one object that an operation touches.
type place struct {
	bucket, object string
	key            KeyRef
	bucketKey      *bool
	writes         bool
	actions, uses  []string
	onBucket       bool
}

// S3 answers an S3Question. An operation that is not known has no parts and is
// Unknown.
func (a *Account) S3(q S3Question) OperationAnswer {
	o, found := operation(q.Operation)
	if !found {
		return OperationAnswer{Key: q.Key}
	}
	answer := OperationAnswer{}
	one := a.subject(q.Principal)
	if one == nil {
		one = &actor{missing: &Decision{Verdict: ImplicitlyDenied, Missing: []Layer{LayerIdentity}, Notes: []string{"M11: " + q.Principal + " names nobody"}}}
	}
	target := place{bucket: q.Bucket, object: q.Object, key: q.Key, bucketKey: q.BucketKey, writes: o.Writes, actions: o.S3, uses: o.KMS, onBucket: o.OnBucket}
	if len(o.S3Source) > 0 {
		source := place{bucket: q.Bucket, object: q.Object, key: q.Key, bucketKey: q.BucketKey}
		if q.Source != nil {
			source = place{bucket: q.Source.Bucket, object: q.Source.Object, key: q.Source.Key, bucketKey: q.Source.BucketKey}
		}
		source.actions, source.uses = o.S3Source, o.KMSSource
		a.touch(&answer, one, &q, &source)
	}
	answer.Key = a.touch(&answer, one, &q, &target)
	for i := range answer.Parts {
		if o.Note != "" {
			answer.Parts[i].Decision.Notes = append(slices.Clip(answer.Parts[i].Decision.Notes), o.Note)
		}
	}
	answer.Verdict = worst(answer.Parts)
	return answer
}

// worst is the verdict of several requests that all have to be allowed (Q1).
func worst(parts []Part) Verdict {
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
func (a *Account) touch(answer *OperationAnswer, one *actor, q *S3Question, p *place) KeyRef {
	resource, open := p.bucket+"/"+p.object, p.object == ""
	if p.onBucket {
		resource, open = p.bucket, false
	}
	for _, action := range p.actions {
		x := query{one: one, action: action, resource: resource, open: open, stance: q.Stance, context: q.Context}
		a.find(&x)
		answer.Parts = append(answer.Parts, Part{Action: action, Resource: shown(resource, open), Half: "s3", Decision: a.decide(&x)})
	}
	key, bucketKeys, region, unread := a.encryption(p)
	if len(p.uses) == 0 || key.Status == KeyNone {
		return key
	}
	if a.keyFault(one, &key, unread) != nil {
		bucketKeys = bucketKeys[:1] // one answer, whatever the context
	}
	for _, action := range p.uses {
		for _, bucketKey := range bucketKeys {
			answer.Parts = append(answer.Parts, a.keyPart(one, q, p, &key, action, region, bucketKey, unread))
		}
	}
	return key
}

func shown(resource string, open bool) string {
	if open {
		return resource + "*"
	}
	return resource
}

// keyPart is the request that S3 makes to KMS for the caller (S1, S4, S5, U6).
func (a *Account) keyPart(one *actor, q *S3Question, p *place, key *KeyRef, action, region string, bucketKey bool, unread *UnreadRef) Part {
	resource, open := p.bucket+"/"+p.object, p.object == ""
	if bucketKey {
		resource, open = p.bucket, false
	}
	part := Part{Action: action, Resource: key.ARN, Half: "kms", Context: shown(resource, open)}
	if settled := a.keyFault(one, key, unread); settled != nil {
		part.Decision = *settled
		return part
	}
	x := query{one: one, action: action, resource: key.ARN, stance: q.Stance, context: q.Context, fixed: newFacts()}
	if key.ARN == "" { // aws/s3, which S3 makes when it is first used
		x.resource, x.open = "arn:"+a.s.Account.Partition+":kms:"+region+":"+a.id+":key/", true
		part.Resource = x.resource + "*"
	}
	a.find(&x)
	if key.ARN == "" || key.Status == KeyAWSManaged && a.keys[key.ARN] == nil {
		x.settled = nil
		x.policies.Resource, x.policies.AWSManagedKey = managedKeyPolicy(a.id, a.s.Account.Partition, "s3", region), true
		x.notes = append(x.notes, "K9: the policy of the AWS managed key aws/s3 is taken to be the one AWS gives")
	}
	via := "s3." + region + ".amazonaws.com"
	if region == "" {
		x.fixed.mark(present, "kms:ViaService")
	} else {
		x.fixed.set("kms:ViaService", via)
	}
	x.fixed.set("aws:ViaAWSService", "true")
	x.fixed.setMany("aws:CalledVia", []string{"s3.amazonaws.com"})
	x.fixed.set("aws:CalledViaFirst", "s3.amazonaws.com")
	x.fixed.set("aws:CalledViaLast", "s3.amazonaws.com")
	x.fixed.put(contextPrefix+"aws:s3:arn", fact{state: known, values: []string{resource}, head: open})
	x.fixed.mark(present, "kms:EncryptionContextKeys")
	part.Decision = a.decide(&x)
	return part
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
	case one.Account != a.id && one.Account != "" && (key.Form == "alias" || key.Form == "id"):
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
