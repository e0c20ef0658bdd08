package access

import "slices"

// Performer is a principal who can perform an operation of S3, or of whom it
// cannot be said that it cannot.
type Performer struct {
	Principal Principal `json:"principal"`
	// Paths are how, of all requests together: identity policy and bucket policy for
	// those to S3, those of Holder for those to KMS, and cross-account and service.
	Paths  []string        `json:"paths"`
	Answer OperationAnswer `json:"answer"`
}

// WhoCanS3 lists who can perform an operation of S3, with both halves, that of S3
// and that of KMS (S1), sorted by ARN, and what was not read and could add to the
// list. The question's principal does not count. Whom it lists of other accounts is
// as WhoCan says, by the policy of the bucket in place of that of the key.
func (a *Account) WhoCanS3(q S3Question) (list []Performer, unread []UnreadRef) {
	o, found := q.operation()
	if !found {
		return nil, nil
	}
	everybody := a.everybody()
	if o.Service != "" {
		everybody = []*actor{a.asking(o.Service)}
	}
	hidden, certain := a.s3Unread(&q, &o)
	if !certain {
		return nil, hidden
	}
	unread = append(unread, hidden...)
	if o.Service == "" {
		unread = append(unread, a.unlistedPeople(a.bucketDoors(q.Bucket))...)
	}
	for _, one := range everybody {
		if one.missing != nil {
			continue
		}
		if p, can := a.performer(one, &q, &o); can {
			list = append(list, p)
		}
	}
	return list, unique(unread)
}

// performer decides the requests of an operation, as far as none is denied.
func (a *Account) performer(one *actor, q *S3Question, o *Operation) (Performer, bool) {
	asked := a.s3Requests(one, q, o)
	for i := range asked.list {
		r := &asked.list[i]
		r.policies.Grants = readGrants(r.policies.Grants, one.Kind)
		if a.verdict(&r.query).Denied() {
			return Performer{}, false
		}
	}
	p := Performer{Principal: one.Principal, Answer: OperationAnswer{Key: asked.key, Source: asked.source}}
	for i := range asked.list {
		r := &asked.list[i]
		part := r.part(a)
		if o.Note != "" {
			part.Decision.Notes = append(slices.Clip(part.Decision.Notes), o.Note)
		}
		p.Answer.Parts = append(p.Answer.Parts, part)
		if r.settled == nil {
			now := a.request(&r.query)
			at := newSituation(&now, &r.policies)
			outcome := evaluate(&at, &r.policies)
			p.Paths = outcome.ways(p.Paths, &at)
		}
	}
	slices.Sort(p.Paths)
	p.Answer.Verdict = Worst(p.Answer.Parts)
	return p, true
}

// s3Unread is what was not read of the policies of the bucket and the key. Where
// it is not certain whom they let in, nothing can be said of anybody.
func (a *Account) s3Unread(q *S3Question, o *Operation) (unread []UnreadRef, certain bool) {
	certain = true
	owner := a.bucketOwner(q.Bucket)
	asked := a.s3Requests(owner.subjects[owner.s.Account.ARN()], q, o)
	for i := range asked.list {
		r := &asked.list[i]
		add := func(ref UnreadRef) {
			if r.owner != nil {
				ref.Account = a.unlessOwn(r.owner.id)
			}
			unread = append(unread, ref)
		}
		switch {
		case r.settled != nil && r.settled.Verdict == Unknown:
			unread, certain = append(unread, r.settled.Unread...), false
		case r.policies.Resource != nil && r.policies.Resource.unread != nil:
			add(*r.policies.Resource.unread)
			certain = false
		}
		for j := range r.policies.Grants {
			if ref := r.policies.Grants[j].Unread; ref != nil {
				add(*ref)
			}
		}
	}
	return unique(unread), certain
}

// bucketDoors are the accounts that a bucket's policy mentions.
func (a *Account) bucketDoors(bucket string) *doors {
	d := &doors{mentioned: map[string]bool{}}
	b := a.bucketOwner(bucket).buckets[bucket]
	if b == nil || b.policy == nil {
		return d
	}
	for i := range b.policy.statements {
		s := &b.policy.statements[i]
		d.everybody = d.everybody || s.notPrincipal && !s.deny
		for j := range s.principals {
			n := &s.principals[j]
			d.everybody = d.everybody || n.who.kind == callerAnyone && !s.deny
			d.mentioned[n.account] = true
		}
	}
	return d
}
