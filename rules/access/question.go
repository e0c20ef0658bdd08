package access

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// Question is one question over an account.
type Question struct {
	Principal, Action, Resource string
	Stance                      Stance
	// Context holds what the question fixes beyond what principal, action and
	// resource do (U6). Keys it does not mention are not known.
	Context Context
	// Layers asks for Decision.Layers.
	Layers bool
}

// query is a question with everything found that it needs.
type query struct {
	one       *actor
	action    string
	resource  string
	open      bool    // the resource's end is not known
	chosen    bool    // the principal chooses what is open
	target    *target // the resource, where it was looked up before
	stance    Stance
	context   Context
	fixed     *facts // what the S3 operation fixes
	resources *facts
	policies  Policies
	settled   *Decision // the answer, when no policy has to be asked
	notes     []string
	layers    bool
	from      *Account // whose organization the principal is under; nil when it was not read
	owner     *Account // of the resource, as far as it was read
}

// Decide answers a question. Facts of the principal (C23), of the key (C22) and
// of the action are filled in from the snapshot; what was not read makes the
// answer Unknown where it matters, and a Deny that was found stands.
func (a *Account) Decide(q Question) Decision {
	one := a.asking(q.Principal)
	x := query{one: one, action: q.Action, resource: q.Resource, stance: q.Stance, context: q.Context, layers: q.Layers}
	a.find(&x)
	return a.decide(&x)
}

// Verdict is Decide without the evidence.
func (a *Account) Verdict(q Question) Verdict {
	x := query{one: a.asking(q.Principal), action: q.Action, resource: q.Resource, stance: q.Stance, context: q.Context}
	a.find(&x)
	return a.verdict(&x)
}

// find looks up the policies of the principal and of the resource.
func (a *Account) find(x *query) {
	p := &x.policies
	p.Identity, p.Boundary, p.HasBoundary = x.one.identity, x.one.boundary, x.one.hasBoundary
	if x.from = a.of(x.one.Account); x.from != nil {
		p.PrincipalInManagementAccount = x.from.org.management
		p.SCP = x.from.org.scp[x.stance]
	}
	if x.from == nil && x.stance == MustNotBeAble && x.one.Kind == "foreign" {
		p.Identity = []*Policy{{layer: LayerIdentity, permissive: true}}
	}
	a.ownerOf(x.resource).findResource(x)
}

// findResource looks up the policies of a resource in the account that owns it,
// as far as that is known.
func (a *Account) findResource(x *query) {
	p := &x.policies
	x.owner = a
	if k := a.keys[x.resource]; k != nil {
		p.Resource, p.Grants, p.AWSManagedKey = k.policy, k.grants, k.aws
		x.resources = k.facts
		if k.fixed {
			x.notes = append(x.notes, "K9: the policy of this AWS managed key was not read and is taken to be the one AWS gives")
		}
	} else {
		a.findOther(x)
	}
	if x.resources != nil {
		p.RCP = a.org.rcp[x.stance]
		p.ResourceInManagementAccount = a.org.management
	}
}

// findOther looks up a bucket, an alias or a resource that the snapshot does not
// hold.
func (a *Account) findOther(x *query) {
	r, ok := splitARN(x.resource)
	unread := func(ref UnreadRef) { x.policies.Resource = UnreadPolicy(ref) }
	switch {
	case !ok: // no resource, or none that has a policy
		x.resources = a.ownFacts("")
	case r[arnService] == "s3":
		name, _, _ := strings.Cut(r[arnResource], "/")
		b := a.buckets["arn:"+r[arnPartition]+":s3:::"+name]
		if b == nil {
			unread(a.unlisted(x, "s3:ListAllMyBuckets", "", "s3:ListBuckets"))
			return
		}
		x.resources, x.policies.Resource = b.facts, b.policy
		if block, ok := b.at.PublicAccessBlock.Get(); ok && block.RestrictPublicBuckets && b.public {
			x.policies.PublicBlocked = true
		}
	case r[arnService] == "iam":
		a.findIdentity(x)
	case r[arnService] != "kms":
		unread(UnreadRef{Layer: LayerResource, Policy: x.resource, State: snapshot.NotCollected.String()})
	case r[arnAccount] != a.id:
		unread(UnreadRef{Layer: LayerResource, Policy: x.resource, State: snapshot.NotCollected.String(), Operation: "kms:GetKeyPolicy"})
		x.policies.Grants = []Grant{{Unread: &UnreadRef{Layer: LayerGrant, Policy: x.resource, State: snapshot.NotCollected.String(), Operation: "kms:ListGrants"}}}
	case strings.HasPrefix(r[arnResource], "key/"):
		unread(a.unlisted(x, "kms:ListKeys", r[arnRegion]))
		x.resources = a.ownFacts(r[arnRegion])
	default:
		x.resources = a.ownFacts(r[arnRegion])
	}
}

func (a *Account) ownFacts(region string) *facts {
	f := newFacts()
	f.set("aws:ResourceAccount", a.id)
	a.org.resourceFacts(f)
	if region != "" {
		f.set("aws:RequestedRegion", region)
	}
	return f
}

// unlisted is a resource that the snapshot does not hold. A complete listing
// settles that it does not exist.
func (a *Account) unlisted(x *query, operation, region string, also ...string) UnreadRef {
	ref := a.listing(LayerResource, region, append([]string{operation}, also...)...)
	if ref != nil {
		ref.Policy = x.resource
		return *ref
	}
	if operation == "kms:ListKeys" {
		x.settled = &Decision{Verdict: ImplicitlyDenied, Missing: []Layer{LayerResource}, Notes: []string{"Q4: " + x.resource + " does not exist"}}
	}
	return UnreadRef{Layer: LayerResource, Policy: x.resource, State: snapshot.NotCollected.String(), Operation: operation}
}

// request builds the request of a query.
func (a *Account) request(x *query) Request {
	action := lower(x.action)
	fixed := a.actions[action]
	if fixed == nil {
		fixed = actionFacts(action)
	}
	r := Request{Principal: x.one.caller, Action: action, Resource: x.resource, open: x.open, chosen: x.chosen}
	if x.resources != nil {
		r.ResourceAccount = x.owner.id
	}
	r.Context = Context{own: x.context.own, under: [4]*facts{fixed, x.fixed, x.one.facts, x.resources}, otherwise: unknown}
	return r
}

func (a *Account) decide(x *query) Decision {
	if x.one.missing != nil {
		return *x.one.missing
	}
	if x.settled != nil {
		return *x.settled
	}
	r := a.request(x)
	d := Decide(&r, &x.policies)
	if x.layers {
		d.Layers = layersOf(&r, x)
	}
	d.Notes = append(d.Notes, x.notes...)
	slices.Sort(d.Notes)
	a.assume(x, &d)
	return d
}

// assume lists what the answer takes for granted (Q5, O7).
func (a *Account) assume(x *query, d *Decision) {
	if !x.one.ServiceLinked {
		d.Assumptions = append(d.Assumptions, x.owner.org.assumed[x.stance]...)
		if x.from != nil && x.from != x.owner {
			for _, text := range x.from.org.assumed[x.stance] {
				d.Assumptions = append(d.Assumptions, "account "+x.from.id+": "+text)
			}
		}
	}
	if x.one.Kind == "foreign" && !d.Verdict.Denied() {
		d.Assumptions = append(d.Assumptions, "E6: account "+x.one.Account+" was not read; whether it allows its own principals is not known")
	}
	switch x.one.Kind {
	case "role", "session":
		d.Assumptions = append(d.Assumptions, "Q5: no session policy, no session tags and no VPC endpoint policy restrict or widen the request")
	case "user":
		d.Assumptions = append(d.Assumptions, "Q5: no session policy and no VPC endpoint policy restrict the request")
	}
}
