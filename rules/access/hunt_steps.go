package access

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// everything is the policy that somebody writes who may write one.
func everything() *Policy {
	return Compile("of its own writing", LayerIdentity, &policy.Document{Version: "2012-10-17", Statements: []policy.Statement{
		{Effect: policy.Allow, Action: []string{"*"}, Resource: []string{"*"}},
	}})
}

// openPolicy is the resource policy that somebody writes who may write one.
func openPolicy() *Policy {
	return Compile("of its own writing", LayerResource, &policy.Document{Version: "2012-10-17", Statements: []policy.Statement{
		{
			Effect: policy.Allow, Action: []string{"*"}, Resource: []string{"*"},
			Principal: &policy.Principals{List: []policy.Principal{{Kind: policy.KindAWS, Value: "*"}}},
		},
	}})
}

// target looks a resource of IAM up, once.
func (h *hunt) target(arn string) *target {
	t := h.targets[arn]
	if t == nil {
		x := query{one: &actor{}, resource: arn, stance: MustNotBeAble}
		x.owner = h.a.ownerOf(arn)
		x.owner.findIdentity(&x)
		t = &target{facts: x.resources, policy: x.policies.Resource, settled: x.settled}
		if one := x.owner.subjects[arn]; one != nil {
			t.policy = x.owner.trustOf(one)
		}
		h.targets[arn] = t
	}
	return t
}

// query is a request to IAM or STS.
func (h *hunt) query(one *actor, action, on string, fixed *facts) query {
	x := query{one: one, action: action, resource: on, stance: MustNotBeAble, fixed: fixed, target: h.target(on)}
	h.a.find(&x)
	if !strings.HasPrefix(action, "sts:") {
		x.policies.Resource, x.policies.RCP = nil, nil // IAM asks neither
	}
	return x
}

// try grades a request to IAM or STS.
func (h *hunt) try(one *actor, action, on string) int {
	x := h.query(one, action, on, nil)
	return grade(h.a.verdict(&x))
}

// assume is how the principal assumes roles.
func assume(one *actor) string {
	switch {
	case one.Kind != "federated":
		return "sts:AssumeRole"
	case strings.Contains(one.ARN, ":saml-provider/"):
		return "sts:AssumeRoleWithSAML"
	}
	return "sts:AssumeRoleWithWebIdentity"
}

// become finds a step by which the node comes to act as person i.
func (h *hunt) become(n, i, floor int) (move, bool) {
	one, other := h.actor(n), h.people[i]
	to := 2 * i
	role := other.ARN
	if other.Kind == "session" && other.role != nil {
		role = other.role.ARN
	}
	switch {
	case n/2 == i:
	case other.role != nil:
		if action := assume(one); h.try(one, action, role) >= floor {
			return move{kind: StepAssumeRole, action: action, on: role, to: to}, true
		}
		if h.home[n/2] == nil || h.home[n/2] != h.home[i] || other.protected() {
			return move{}, false
		}
		if h.may(n, "iam:UpdateAssumeRolePolicy") && h.try(one, "iam:UpdateAssumeRolePolicy", role) >= floor && h.letIn(one, role) >= floor {
			return move{kind: StepTrustPolicy, action: "iam:UpdateAssumeRolePolicy", on: role, to: to}, true
		}
		if h.may(n, "iam:PassRole") {
			for _, service := range h.services(i, floor) {
				if h.pass(one, role, service) >= floor {
					return move{kind: StepPassRole, action: "iam:PassRole", on: role, service: service, to: to}, true
				}
			}
		}
	case other.user != nil && h.home[n/2] != nil && h.home[n/2] == h.home[i]:
		for _, action := range Steps()[StepCredentials] {
			if h.may(n, action) && h.try(one, action, other.ARN) >= floor {
				return move{kind: StepCredentials, action: action, on: other.ARN, to: to}, true
			}
		}
	}
	return move{}, false
}

// letIn grades whether the principal can assume the role once its trust policy
// lets it in.
func (h *hunt) letIn(one *actor, role string) int {
	x := h.letInQuery(one, role)
	return grade(h.a.verdict(&x))
}

func (h *hunt) letInQuery(one *actor, role string) query {
	x := h.query(one, "sts:AssumeRole", role, nil)
	x.policies.Resource = openPolicy()
	return x
}

// services are those that run things as role i, as far as they are looked at.
func (h *hunt) services(i, floor int) []string {
	list, met := h.trusted[i]
	if !met {
		known := Services()
		for _, service := range h.trust(i).services {
			if known[service] != nil {
				list = append(list, service)
			}
		}
		slices.Sort(list)
		h.trusted[i] = slices.Compact(list)
	}
	return slices.DeleteFunc(slices.Clone(h.trusted[i]), func(service string) bool {
		x := h.runsQuery(service, h.people[i])
		return grade(h.a.verdict(&x)) < floor
	})
}

// runsQuery asks whether the service may assume the role.
func (h *hunt) runsQuery(service string, role *actor) query {
	one := h.home[h.index[role.ARN]].subject(service)
	fixed := newFacts()
	fixed.set("aws:SourceAccount", role.Account)
	return h.query(one, "sts:AssumeRole", role.ARN, fixed)
}

// pass grades the requests that have a service run as the role.
func (h *hunt) pass(one *actor, role, service string) int {
	worst := grade(Allowed)
	for _, x := range h.passQueries(one, role, service) {
		if worst = min(worst, grade(h.a.verdict(&x))); worst == 0 {
			break
		}
	}
	return worst
}

func (h *hunt) passQueries(one *actor, role, service string) []query {
	fixed := newFacts()
	fixed.set("iam:PassedToService", service)
	list := []query{h.query(one, "iam:PassRole", role, fixed)}
	for _, action := range Services()[service] {
		list = append(list, h.runQuery(one, action))
	}
	return list
}

// runQuery asks for an action on a resource of the principal's choice, in the
// Region that allows most.
func (h *hunt) runQuery(one *actor, action string) query {
	home := h.a.of(one.Account)
	service, _, _ := strings.Cut(action, ":")
	var best query
	for i, region := range home.regions() {
		x := query{one: one, owner: home, from: home, action: action, open: true, chosen: true, stance: MustNotBeAble}
		x.resource = "arn:" + home.s.Account.Partition + ":" + service + ":" + region + ":" + home.id + ":"
		x.own(home)
		x.resources = home.ownFacts(region)
		if i == 0 || grade(home.verdict(&x)) > grade(home.verdict(&best)) {
			best = x
		}
	}
	return best
}

// regions are those of the snapshot, and one if it has none.
func (a *Account) regions() []string {
	if len(a.s.Regions) == 0 {
		return []string{"us-east-1"}
	}
	return a.s.Regions
}

// own fills in the policies of the principal's side.
func (x *query) own(home *Account) {
	p := &x.policies
	p.Identity, p.Boundary, p.HasBoundary = x.one.identity, x.one.boundary, x.one.hasBoundary
	p.PrincipalInManagementAccount = home.org.management
	p.SCP = home.org.scp[x.stance]
}

// widenings are the requests that widen what person i may do: what they act on,
// by their actions.
func (h *hunt) widenings(i int) []move {
	if list, met := h.hints.moves[i]; met {
		return list
	}
	one, home := h.people[i], h.home[i]
	var list []move
	add := func(kind StepKind, on string, actions ...string) {
		for _, action := range actions {
			list = append(list, move{kind: kind, action: action, on: on, to: 2*i + 1})
		}
	}
	switch {
	case home == nil || one.protected():
		return nil
	case one.Kind == "role":
		add(StepIdentityPolicy, one.ARN, "iam:PutRolePolicy", "iam:AttachRolePolicy")
	case one.Kind == "user":
		add(StepIdentityPolicy, one.ARN, "iam:PutUserPolicy", "iam:AttachUserPolicy")
		groups, _ := one.user.Groups.Get()
		for _, name := range groups {
			if arn := home.groupARN(name); arn != "" {
				add(StepGroupPolicy, arn, "iam:PutGroupPolicy", "iam:AttachGroupPolicy")
			}
		}
	default:
		return nil
	}
	for _, p := range one.identity {
		if arn := home.managedARN(p); arn != "" && !strings.Contains(arn, ":iam::aws:") {
			add(StepPolicyVersion, arn, "iam:CreatePolicyVersion")
		}
	}
	h.hints.moves[i] = list
	return list
}

// managedARN is the ARN of a managed policy, "" for others.
func (a *Account) managedARN(p *Policy) string {
	rest, found := strings.CutPrefix(p.pointer, "/managed_policies/")
	number, _, _ := strings.Cut(rest, "/")
	i, err := strconv.Atoi(number)
	if !found || err != nil || i >= len(a.s.ManagedPolicies) {
		return ""
	}
	return a.s.ManagedPolicies[i].ARN
}

func (a *Account) groupARN(name string) string {
	for i := range a.s.Groups {
		if a.s.Groups[i].Name == name {
			return a.s.Groups[i].ARN
		}
	}
	return ""
}

// widen finds a step by which the node widens person i.
func (h *hunt) widen(n, i, floor int) (move, bool) {
	if h.home[n/2] == nil || h.home[n/2] != h.home[i] {
		return move{}, false
	}
	for _, m := range h.widenings(i) {
		if h.may(n, m.action) && h.try(h.actor(n), m.action, m.on) >= floor {
			return m, true
		}
	}
	return move{}, false
}
