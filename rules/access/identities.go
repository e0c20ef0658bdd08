package access

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// findIdentity looks up a role, user, group or policy as the resource of a
// request to IAM or STS. Only assuming a role asks a resource policy, the trust
// policy; for all else the identity policies decide.
func (a *Account) findIdentity(x *query) {
	r, _ := splitARN(x.resource)
	if r[arnAccount] != a.id {
		x.policies.Resource = UnreadPolicy(UnreadRef{
			Layer: LayerResource, Policy: x.resource, State: snapshot.NotCollected.String(), Operation: authorizationDetails,
		})
		return
	}
	if x.target != nil {
		x.resources, x.settled, x.policies.Resource = x.target.facts, x.target.settled, x.target.policy
		return
	}
	x.resources = a.ownFacts("")
	one := a.subjects[x.resource]
	assumes := strings.HasPrefix(strings.ToLower(x.action), "sts:assumerole")
	switch {
	case one != nil && one.missing != nil:
		x.settled = one.missing
	case one == nil && assumes && !x.open:
		x.settled = a.absence(x.resource, "the role "+x.resource+" does not exist")
	case one != nil:
		one.asResource(x.resources)
		if assumes {
			x.policies.Resource = a.trustOf(one)
		}
	}
}

const authorizationDetails = "iam:GetAccountAuthorizationDetails"

// asResource are the facts of a role or user that is the resource of a request.
func (one *actor) asResource(f *facts) {
	var tags snapshot.Reading[map[string]string]
	var boundary snapshot.Reading[snapshot.PolicyRef]
	switch {
	case one.role != nil:
		tags, boundary = one.role.Tags, one.role.Boundary
	case one.user != nil:
		tags, boundary = one.user.Tags, one.user.Boundary
	default:
		return
	}
	tagFacts(f, "aws:ResourceTag/", tags)
	tagFacts(f, "iam:ResourceTag/", tags)
	switch ref, ok := boundary.Get(); {
	case ok:
		f.set("iam:PermissionsBoundary", ref.ARN)
	case boundary.State.Answer():
		f.mark(absent, "iam:PermissionsBoundary")
	}
}

// trustOf compiles the trust policy of a role; nil for others and for roles that
// have none. Trust policies name no resource: they are about their role.
func (a *Account) trustOf(one *actor) *Policy {
	if one.role == nil {
		return nil
	}
	p := a.read("", LayerResource, one.Pointer+"/trust_policy", authorizationDetails, one.role.TrustPolicy)
	if p == nil {
		return nil
	}
	for i := range p.statements {
		if s := &p.statements[i]; s.noResource {
			s.noResource, s.resources = false, []arnPattern{{any: true, text: "*"}}
			s.notes = slices.DeleteFunc(s.notes, func(note string) bool { return strings.HasPrefix(note, "K6:") })
		}
	}
	return p
}

// protected reports roles that IAM lets nobody change: those of services, and
// those that IAM Identity Center keeps.
func (one *actor) protected() bool {
	return one.ServiceLinked || strings.Contains(one.ARN, ":role/aws-reserved/")
}
