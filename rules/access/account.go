package access

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// Account answers questions over one snapshot. Every policy document is compiled
// once, in New; afterwards an Account is only read and safe for concurrent use.
type Account struct {
	s        *snapshot.Snapshot
	id       string
	managed  map[string]*Policy   // managed policies by ARN
	groups   map[string][]*Policy // policies of groups by name
	subjects map[string]*actor
	sorted   []*actor // by ARN
	byID     map[string]*actor
	keys     map[string]*key
	buckets  map[string]*bucket
	aliases  map[string][]*snapshot.Alias // by Region and target key
	org      organization
	actions  map[string]*facts   // what an action fixes, by its name in lower case
	kinds    []int               // of the actions of KMS, see alikeActions
	byKind   map[kindSlot]*facts // shared facts of principals; nil after New
	peers    map[string]*Account // by id, see Beside
	roll     *roll               // of it and its peers

	places map[placeSlot]*facts // shared facts of keys and buckets; nil after New

	compiler   *compiler // of the policies of people and of the organization; nil after New
	ofResource *compiler // beside it
}

// Principal is somebody who may make requests.
type Principal struct {
	ARN string `json:"arn"`
	// Kind is user, role, root, foreign, service, anyone, session, federated or
	// unique_id.
	Kind string `json:"kind"`
	// Known is full when the principal's own policies are in the snapshot, else
	// resource_side.
	Known   string `json:"known"`
	Pointer string `json:"pointer"` // in the snapshot; "" when it is only named
	Account string `json:"account"`
	Name    string `json:"name"`
	// ServiceLinked roles are exempt from SCPs and RCPs (O3, O5).
	ServiceLinked bool `json:"service_linked"`
}

// Values of Principal.Known.
const (
	KnownFull         = "full"
	KnownResourceSide = "resource_side"
)

// actor is a principal with its policies and facts.
type actor struct {
	Principal
	caller      Caller
	identity    []*Policy
	boundary    []*Policy
	hasBoundary bool
	facts       *facts
	missing     *Decision // why nobody can be this principal
	role        *snapshot.Role
	user        *snapshot.User
}

type key struct {
	at      *snapshot.Key
	pointer string
	policy  *Policy
	grants  []Grant
	facts   *facts
	aws     bool // AWS managed
	fixed   bool // the policy is the one that AWS gives, not read
}

type bucket struct {
	at      *snapshot.Bucket
	pointer string
	policy  *Policy
	facts   *facts
	public  bool // the policy is public
}

// New prepares a snapshot for questions. The snapshot must not change afterwards.
func New(s *snapshot.Snapshot) *Account {
	people := len(s.Users) + len(s.Roles) + 1
	a := &Account{
		s: s, id: s.Account.ID, managed: make(map[string]*Policy, len(s.ManagedPolicies)), groups: map[string][]*Policy{},
		subjects: make(map[string]*actor, people), byID: make(map[string]*actor, people), keys: make(map[string]*key, len(s.Keys)),
		buckets: make(map[string]*bucket, len(s.Buckets)), actions: map[string]*facts{}, byKind: map[kindSlot]*facts{}, aliases: map[string][]*snapshot.Alias{}, roll: &roll{},
		compiler: remembering(), ofResource: remembering(), places: map[placeSlot]*facts{},
	}
	for i := range s.Aliases {
		alias := &s.Aliases[i]
		target := alias.Region + " " + alias.TargetKey
		a.aliases[target] = append(a.aliases[target], alias)
	}
	for _, action := range KMSActions() {
		name := strings.ToLower(action.Name)
		a.actions[name] = actionFacts(name)
	}
	others := actionFacts("s3:") // actions of all other services fix the same
	for _, action := range stepActions() {
		if name := strings.ToLower(action); serviceOf(name) != serviceKMS {
			a.actions[name] = others
		}
	}
	for _, action := range s3Actions() {
		a.actions[strings.ToLower(action.Name)] = others
	}
	a.org = a.organization()
	for i := range s.ManagedPolicies {
		m := &s.ManagedPolicies[i]
		a.managed[m.ARN] = a.read(m.Name, LayerIdentity, at("managed_policies", i)+"/document", "iam:GetPolicyVersion", m.Document)
	}
	for i := range s.Groups {
		g := &s.Groups[i]
		here := at("groups", i)
		a.groups[g.Name] = append(a.inline(here, g.InlinePolicies), a.attached(here, g.AttachedPolicies)...)
	}
	var resources sync.WaitGroup
	resources.Go(func() {
		for i := range s.Keys {
			a.addKey(i)
		}
		for i := range s.Buckets {
			a.addBucket(i)
		}
	})
	a.addPrincipals()
	resources.Wait()
	a.addNamed()
	a.kinds = alikeActions(a.actions, a.testedKeys())
	a.sorted = slices.AppendSeq(make([]*actor, 0, len(a.subjects)), maps.Values(a.subjects))
	a.byKind, a.compiler, a.ofResource, a.places = nil, nil, nil, nil
	slices.SortFunc(a.sorted, func(x, y *actor) int { return strings.Compare(x.ARN, y.ARN) })
	return a
}

func at(list string, i int) string { return "/" + list + "/" + strconv.Itoa(i) }

// unreadRef describes a reading that gave no answer.
func unreadRef(layer Layer, name, pointer, operation string, why *snapshot.Unread) UnreadRef {
	ref := UnreadRef{Layer: layer, Policy: name, Pointer: pointer, State: why.State.String(), Operation: why.Operation, Code: why.Code}
	if ref.Operation == "" {
		ref.Operation = operation
	}
	return ref
}

// read compiles the policy of a reading; an absent one is nil, one that was not
// read stands for itself.
func (a *Account) read(name string, layer Layer, pointer, operation string, r snapshot.Reading[snapshot.Document]) *Policy {
	doc, why := snapshot.PolicyOf(r)
	switch {
	case why != nil:
		return UnreadPolicy(unreadRef(layer, name, pointer, operation, why))
	case doc == nil:
		return nil
	case len(doc.Repeated) > 0:
		return UnreadPolicy(UnreadRef{Layer: layer, Policy: name, Pointer: pointer, State: snapshot.Failed.String(), Operation: operation, Code: "RepeatedMembers"})
	}
	c := a.compiler
	switch {
	case c == nil:
		c = &compiler{}
	case layer == LayerResource:
		c = a.ofResource
	}
	return c.policy(name, layer, pointer+"/value", doc)
}

func (a *Account) inline(here string, r snapshot.Reading[[]snapshot.NamedPolicy]) []*Policy {
	return a.list(here+"/inline_policies", LayerIdentity, "iam:GetAccountAuthorizationDetails", r)
}

// list compiles the policies of a reading; the list itself may be unread.
func (a *Account) list(here string, layer Layer, operation string, r snapshot.Reading[[]snapshot.NamedPolicy]) []*Policy {
	if why := r.Unread(); why != nil {
		return []*Policy{UnreadPolicy(unreadRef(layer, "", here, operation, why))}
	}
	named, _ := r.Get()
	var list []*Policy
	for i, n := range named {
		if p := a.read(n.Name, layer, here+at("value", i)+"/document", operation, n.Document); p != nil {
			list = append(list, p)
		}
	}
	return list
}

func (a *Account) attached(here string, r snapshot.Reading[[]snapshot.PolicyRef]) []*Policy {
	here += "/attached_policies"
	if why := r.Unread(); why != nil {
		return []*Policy{UnreadPolicy(unreadRef(LayerIdentity, "", here, "iam:GetAccountAuthorizationDetails", why))}
	}
	refs, _ := r.Get()
	var list []*Policy
	for i, ref := range refs {
		list = append(list, a.managedPolicy(ref, LayerIdentity, here+at("value", i)))
	}
	return list
}

// managedPolicy finds the document of a managed policy; one that the snapshot
// does not hold is unread.
func (a *Account) managedPolicy(ref snapshot.PolicyRef, layer Layer, here string) *Policy {
	p := a.managed[ref.ARN]
	if p == nil {
		name := ref.Name
		if name == "" {
			name = ref.ARN
		}
		return UnreadPolicy(UnreadRef{Layer: layer, Policy: name, Pointer: here, State: snapshot.NotCollected.String(), Operation: "iam:GetPolicyVersion"})
	}
	return p.as(layer)
}

// as is the policy in another layer: a managed policy can be a boundary too.
func (p *Policy) as(layer Layer) *Policy {
	if p.layer == layer {
		return p
	}
	other := *p
	other.layer = layer
	if p.unread != nil {
		ref := *p.unread
		ref.Layer = layer
		other.unread = &ref
	}
	return &other
}

// boundaryOf compiles a principal's boundary. An unread one may be none.
func (one *actor) boundaryOf(a *Account, here string, r snapshot.Reading[snapshot.PolicyRef]) {
	here += "/boundary"
	if why := r.Unread(); why != nil {
		one.boundary = []*Policy{UnreadPolicy(unreadRef(LayerBoundary, "", here, "iam:GetAccountAuthorizationDetails", why))}
		return
	}
	if ref, ok := r.Get(); ok {
		one.hasBoundary = true
		one.boundary = []*Policy{a.managedPolicy(ref, LayerBoundary, here)}
	}
}
