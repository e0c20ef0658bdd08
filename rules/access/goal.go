package access

import "strings"

// goal is what somebody could come to be able to do: one of several
// alternatives, each of requests that all have to be allowed.
type goal interface {
	alternatives() int
	// requests of an alternative by a principal.
	requests(one *actor, alternative int) []request
	// repairs are the steps on a resource that could let its denied request through.
	repairs(q *request) []repair
	// mayRepair is false for those who can certainly take none of them.
	mayRepair(one *actor) bool
}

// request is a query and how it is told.
type request struct {
	query
	half  string
	bound string // value of the encryption context's aws:s3:arn
	key   KeyRef // that S3 uses
	fault bool   // settled by the key, whoever asks
}

func (q *request) part(a *Account) Part {
	part := Part{Action: q.action, Resource: shown(q.resource, q.open), Half: q.half, Context: q.bound, Key: q.key}
	if part.Decision = a.decide(&q.query); q.fault {
		part.Decision = *q.settled
	}
	return part
}

// verdict is Account.decide without the evidence.
func (a *Account) verdict(x *query) Verdict {
	switch {
	case x.one.missing != nil:
		return x.one.missing.Verdict
	case x.settled != nil:
		return x.settled.Verdict
	}
	r := a.request(x)
	return Evaluate(&r, &x.policies)
}

// repair is a step that changes what decides about a request.
type repair struct {
	kind StepKind
	// steps are the requests that the step needs.
	steps func(one *actor) []request
	// after is the request once the step is taken.
	after func(q request) request
	// chosen begins the names of context keys whose value the step chooses.
	chosen []string
}

// keyGoal is to perform one of the actions on a key of the account.
type keyGoal struct {
	account *Account
	key     *key
	actions []string
	list    map[string][]repair // by action
	doors   *doors              // of the actions of repairs
}

func (a *Account) keyGoal(k *key, actions []string) *keyGoal {
	d := k.doors(a.id)
	d.key, _ = splitARN(k.at.ARN)
	for _, kind := range []StepKind{StepKeyPolicy, StepGrant, StepTagKey, StepAlias} {
		for _, action := range Steps()[kind] {
			d.actions |= setOf(strings.ToLower(action))
		}
	}
	return &keyGoal{account: a, key: k, actions: actions, list: map[string][]repair{}, doors: &d}
}

func (g *keyGoal) alternatives() int { return len(g.actions) }

func (g *keyGoal) requests(one *actor, i int) []request {
	q := request{query: query{one: one, action: g.actions[i], resource: g.key.at.ARN, stance: MustNotBeAble}, half: "kms"}
	g.account.find(&q.query)
	q.policies.Grants = readGrants(q.policies.Grants, one.Kind)
	return []request{q}
}

func (g *keyGoal) repairs(q *request) []repair {
	list, met := g.list[q.action]
	if !met {
		list = g.account.keyRepairs(q.resource, q.action)
		g.list[q.action] = list
	}
	return list
}

func (g *keyGoal) mayRepair(one *actor) bool { return g.doors.open(one, g.account.id) }

// keyRepairs are the steps on a key that could let the action through.
func (a *Account) keyRepairs(key, action string) []repair {
	direct := directCall()
	on := func(action string, fixed *facts) func(*actor) []request {
		return func(one *actor) []request {
			x := request{query: query{one: one, action: action, resource: key, stance: MustNotBeAble, fixed: fixed}, half: "kms"}
			a.find(&x.query)
			x.policies.Grants = readGrants(x.policies.Grants, one.Kind)
			return []request{x}
		}
	}
	list := []repair{{
		kind:  StepKeyPolicy,
		steps: on("kms:PutKeyPolicy", direct),
		after: func(q request) request {
			q.policies.Resource = openPolicy()
			return q
		},
	}}
	if operation, found := strings.CutPrefix(action, "kms:"); found && grantable(operation) {
		list = append(list, a.grantRepair(key, operation))
	}
	return append(list, repair{
		kind: StepTagKey, steps: on("kms:TagResource", direct), chosen: []string{"aws:resourcetag/"},
		after: func(q request) request {
			q.leaveOpen("aws:ResourceTag/*")
			return q
		},
	}, repair{
		kind: StepAlias, chosen: []string{"kms:resourcealiases", "kms:requestalias"},
		steps: func(one *actor) []request {
			list := on("kms:CreateAlias", direct)(one)
			r, _ := splitARN(key)
			alias := "arn:" + r[arnPartition] + ":kms:" + r[arnRegion] + ":" + r[arnAccount] + ":alias/"
			x := request{query: query{one: one, action: "kms:CreateAlias", resource: alias, open: true, chosen: true, stance: MustNotBeAble, fixed: direct}, half: "kms"}
			a.find(&x.query)
			return append(list, x)
		},
		after: func(q request) request {
			q.leaveOpen("kms:ResourceAliases", "kms:RequestAlias")
			return q
		},
	})
}

// grantRepair is a grant of the operation that a principal makes for itself.
func (a *Account) grantRepair(key, operation string) repair {
	return repair{
		kind: StepGrant,
		steps: func(one *actor) []request {
			fixed := directCall()
			fixed.setMany("kms:GrantOperations", []string{operation})
			fixed.set("kms:GrantIsForAWSResource", "false")
			fixed.mark(absent, "kms:GranteeServicePrincipal", "kms:RetiringPrincipal", "kms:RetiringServicePrincipal",
				"kms:GrantConstraintType", "kms:GrantConstraintSourceArn")
			if one.Kind != "anyone" {
				fixed.set("kms:GranteePrincipal", one.ARN)
			}
			x := request{query: query{one: one, action: "kms:CreateGrant", resource: key, stance: MustNotBeAble, fixed: fixed}, half: "kms"}
			a.find(&x.query)
			x.policies.Grants = readGrants(x.policies.Grants, one.Kind)
			return []request{x}
		},
		after: func(q request) request {
			own := Grant{ID: "of its own", Grantee: q.one.ARN, Operations: []string{operation}}
			q.policies.Grants = append(q.policies.Grants[:len(q.policies.Grants):len(q.policies.Grants)], own)
			return q
		},
	}
}

// leaveOpen leaves the values of context keys open.
func (q *request) leaveOpen(keys ...string) { q.context = q.context.WithUnknown(keys...) }

// directCall fixes what a call that no service makes has.
func directCall() *facts {
	f := newFacts()
	f.mark(absent, "kms:ViaService", "aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast")
	f.set("aws:ViaAWSService", "false")
	return f
}
