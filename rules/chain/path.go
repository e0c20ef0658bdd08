package chain

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

const somePaths = 8

// paths draws the chains that the resource is in: those that requirements want,
// or else what there is.
func (t *teller) paths() {
	for i := range t.intent.Requirements {
		r := &t.intent.Requirements[i]
		for _, principal := range r.Principals {
			if len(r.Buckets) == 0 {
				t.path(principal, t.actionsStep(r, principal))
			}
			for j := range r.Buckets {
				t.path(principal, t.bucketSteps(r, &r.Buckets[j], principal)...)
			}
		}
	}
	if len(t.chain.Paths) == 0 {
		t.whatThereIs()
	}
}

// path adds a chain if the resource is in it.
func (t *teller) path(principal string, steps ...Step) {
	who := Step{Kind: "principal", Name: part(principal, 5), Resource: principal}
	if kind, _, found := strings.Cut(who.Name, "/"); found {
		who.Kind, who.Name = kind, who.Name[strings.LastIndexByte(who.Name, '/')+1:]
	}
	steps = append([]Step{who}, steps...)
	in := slices.ContainsFunc(steps, func(s Step) bool { return s.Resource == t.resource.ARN })
	if in && len(t.chain.Paths) < somePaths {
		t.chain.Paths = append(t.chain.Paths, Path{steps})
	}
}

func (t *teller) keyStep(arn string) Step {
	s := Step{Kind: "key", Name: strings.TrimPrefix(part(arn, 5), "key/"), Resource: arn, Note: "not known"}
	ref := t.account.ResolveKey(arn, part(arn, 3))
	switch i, own := t.keys[arn]; {
	case own && t.document.Keys[i].Metadata != nil:
		s.Note = t.document.Keys[i].Metadata.State
	case ref.Status == access.KeyMissing:
		s.Note = "does not exist"
	case ref.Status == access.KeyForeign:
		s.Note = "of account " + part(arn, 4)
	case arn == "":
		s.Name, s.Note = "aws/s3", "managed by AWS"
	}
	return s
}

func (t *teller) actionsStep(r *facts.Requirement, principal string) Step {
	s := t.keyStep(r.Key)
	for i := range t.document.Access {
		if row := &t.document.Access[i]; row.Requirement == r.Name && row.Principal == principal {
			s.asked(t.accessOf(row), row.Denied, row.Undecided)
		}
	}
	return s
}

// bucketSteps lead from a principal over the key to a bucket and its objects.
func (t *teller) bucketSteps(r *facts.Requirement, wanted *facts.RequiredBucket, principal string) []Step {
	arn := "arn:" + t.s.Account.Partition + ":s3:::" + wanted.Name
	var s3, kms []decided
	var denied []facts.Denied
	var undecided []facts.Undecided
	key := ""
	for i := range t.document.Operations {
		row := &t.document.Operations[i]
		if row.Requirement != r.Name || row.Principal != principal || row.Bucket != arn {
			continue
		}
		key = cmp.Or(key, row.Key)
		denied, undecided = append(denied, row.Denied...), append(undecided, row.Undecided...)
		for _, one := range t.operationOf(row) {
			action := actionOf(one)
			if strings.HasPrefix(action, "kms:") {
				kms = append(kms, decided{action, one.resource, one.decision})
			} else {
				s3 = append(s3, decided{action, one.resource, one.decision})
			}
		}
	}
	bucket := t.bucketStep(arn, wanted.Name)
	if len(kms) == 0 {
		bucket.asked(s3, denied, undecided)
		return append([]Step{bucket}, t.objectSteps(arn, wanted.Objects)...)
	}
	k := t.keyStep(cmp.Or(key, r.Key))
	k.asked(kms, nil, nil)
	bucket.State = worst(s3)
	for _, one := range s3 {
		if verdict(one.resource, one.decision).State != Allowed {
			bucket.asked(s3, nil, nil)
		}
	}
	return append([]Step{k, bucket}, t.objectSteps(arn, wanted.Objects)...)
}

// asked puts requests on the arrow to a step; those that are not allowed say so.
func (s *Step) asked(list []decided, denied []facts.Denied, undecided []facts.Undecided) {
	s.State = worst(list)
	add := func(what string, state State) {
		if state != Allowed {
			what += " " + string(state)
		}
		if !slices.Contains(s.Requests, what) {
			s.Requests = append(s.Requests, what)
		}
	}
	for _, one := range list {
		add(one.what, verdict(one.resource, one.decision).State)
	}
	if len(list) > 0 {
		return
	}
	for _, d := range denied {
		s.State = Denied
		add(d.What, Denied)
	}
	for _, u := range undecided {
		s.State = Unknown
		add(u.What, Unknown)
	}
}

func (t *teller) bucketStep(arn, name string) Step {
	s := Step{Kind: "bucket", Name: name, Resource: arn, State: OK, Note: "not known"}
	if i, ok := t.buckets[arn]; ok {
		s.Note = defaultWords(&t.document.Buckets[i])
	} else if t.bucketsUnread() == "" {
		s.Note = "does not exist"
	}
	return s
}

// objectSteps is the last step: the object that is asked about, the only one, or
// how many there are.
func (t *teller) objectSteps(bucket string, keys []string) []Step {
	var objects []*facts.Object
	for i := range t.document.Objects {
		o := &t.document.Objects[i]
		switch {
		case o.Bucket != bucket, t.resource.Kind == "object" && o.ARN != t.resource.ARN:
		case len(keys) == 0 || slices.Contains(keys, o.Key) || t.resource.Kind == "object":
			objects = append(objects, o)
		}
	}
	switch len(objects) {
	case 0:
		return nil
	case 1:
		o := objects[0]
		return []Step{{Kind: "object", Name: o.Key, Resource: o.ARN, Note: t.objectNote(o), State: OK}}
	}
	right := 0
	for _, o := range objects {
		if t.objectNote(o) == "under the key" {
			right++
		}
	}
	return []Step{{Kind: "objects", Name: count(len(objects), "object"), Note: strconv.Itoa(right) + " under the key", State: OK}}
}
