package why

import (
	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// documents are the policies of the part.
func (p *part) documents() []*policy.Document {
	var all []*policy.Document
	add := func(r snapshot.Reading[snapshot.Document]) {
		if doc, _ := snapshot.PolicyOf(r); doc != nil {
			all = append(all, doc)
		}
	}
	list := func(r snapshot.Reading[[]snapshot.NamedPolicy]) {
		policies, _ := r.Get()
		for i := range policies {
			add(policies[i].Document)
		}
	}
	s := p.s
	for i := range s.Users {
		list(s.Users[i].InlinePolicies)
	}
	for i := range s.Groups {
		list(s.Groups[i].InlinePolicies)
	}
	for i := range s.Roles {
		list(s.Roles[i].InlinePolicies)
	}
	for i := range s.ManagedPolicies {
		add(s.ManagedPolicies[i].Document)
	}
	for i := range s.Keys {
		add(s.Keys[i].Policy)
	}
	for i := range s.Buckets {
		add(s.Buckets[i].Policy)
	}
	organization, _ := s.Organization.Get()
	chain, _ := organization.Chain.Get()
	for _, level := range chain {
		list(level.ServiceControlPolicies)
		list(level.ResourceControlPolicies)
	}
	return all
}
