package access

import "strings"

// s3Goal is to perform an operation of S3.
type s3Goal struct {
	account   *Account
	question  S3Question
	operation Operation
	list      map[string][]repair // of the key, by action and key
	doors     *doors              // of the key; nil where there is none to be repaired
	owner     string              // account of the key
}

// S3Takeovers finds who could give itself an operation of S3 without being able to
// perform it now; performers are those who are: the answer of WhoCanS3. What
// Takeovers says of keys goes for the key that S3 uses; besides, the bucket policy
// can be rewritten, by principals of the bucket's account only (S3 refuses others
// whatever the policies say).
func (a *Account) S3Takeovers(q S3Question, performers []Performer) (list []Takeover, unread []UnreadRef) {
	o, found := q.operation()
	if !found || o.Service != "" {
		return nil, nil
	}
	if _, certain := a.s3Unread(&q, &o); !certain {
		return nil, nil // WhoCanS3 tells
	}
	g := &s3Goal{account: a, question: q, operation: o, list: map[string][]repair{}}
	home := a.bucketOwner(q.Bucket)
	used := a.s3Requests(home.subjects[home.s.Account.ARN()], &q, &o).key.ARN
	if owner := a.ownerOf(used); owner.keys[used] != nil {
		g.doors, g.owner = owner.keyGoal(owner.keys[used], nil).doors, owner.id
	}
	can := map[string]Verdict{}
	for i := range performers {
		can[performers[i].Principal.ARN] = performers[i].Answer.Verdict
	}
	return newHunt(a, g, can).run()
}

func (g *s3Goal) alternatives() int { return 1 }

func (g *s3Goal) requests(one *actor, _ int) []request {
	list := g.account.s3Requests(one, &g.question, &g.operation).list
	for i := range list {
		list[i].policies.Grants = readGrants(list[i].policies.Grants, one.Kind)
	}
	return list
}

func (g *s3Goal) repairs(q *request) []repair {
	switch {
	case q.half == "s3":
		return []repair{g.account.bucketRepair(bucketOf(q.resource))}
	case q.fault || q.open:
		return nil
	}
	id := q.action + " " + q.resource
	list, met := g.list[id]
	if !met {
		list = g.account.keyRepairs(q.resource, q.action)
		g.list[id] = list
	}
	return list
}

func (g *s3Goal) mayRepair(one *actor) bool {
	if g.doors != nil && g.doors.open(one, g.owner) {
		return true
	}
	for _, step := range g.account.bucketRepair(g.question.Bucket).steps(one) {
		if g.account.verdict(&step.query).Denied() {
			return false
		}
	}
	return true
}

// bucketRepair is a bucket policy that a principal writes for itself.
func (a *Account) bucketRepair(bucket string) repair {
	const action = "s3:PutBucketPolicy"
	return repair{
		kind: StepBucketPolicy,
		steps: func(one *actor) []request {
			x := request{query: query{one: one, action: action, resource: bucket, stance: MustNotBeAble}, half: "s3"}
			a.find(&x.query)
			if owner := a.bucketOwner(bucket); one.Account != owner.id {
				x.settled = &Decision{Verdict: ImplicitlyDenied, Missing: []Layer{LayerResource}, Notes: []string{
					strings.TrimPrefix(action, "s3:") + " works for principals of the bucket's account only",
				}}
			}
			return []request{x}
		},
		after: func(q request) request {
			q.policies.Resource, q.policies.PublicBlocked = openPolicy(), false // it can name whom it wants
			return q
		},
	}
}
