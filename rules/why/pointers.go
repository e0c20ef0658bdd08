package why

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// document is the reading of the policy that a pointer into the part leads to, or
// into; false where it leads to none.
func (p *part) document(pointer string) (*snapshot.Reading[snapshot.Document], bool) {
	steps := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	at := func(i int) int {
		if i >= len(steps) {
			return -1
		}
		n, err := strconv.Atoi(steps[i])
		if err != nil {
			return -1
		}
		return n
	}
	inline := func(r *snapshot.Reading[[]snapshot.NamedPolicy], i int) (*snapshot.Reading[snapshot.Document], bool) {
		if r.Value == nil || at(i) < 0 || at(i) >= len(*r.Value) {
			return nil, false
		}
		return &(*r.Value)[at(i)].Document, true
	}
	s, i := p.s, at(1)
	switch {
	case steps[0] == "organization":
		return p.control(steps, inline)
	case i < 0:
	case steps[0] == "users" && i < len(s.Users):
		return inline(&s.Users[i].InlinePolicies, 4)
	case steps[0] == "groups" && i < len(s.Groups):
		return inline(&s.Groups[i].InlinePolicies, 4)
	case steps[0] == "roles" && i < len(s.Roles):
		return inline(&s.Roles[i].InlinePolicies, 4)
	case steps[0] == "managed_policies" && i < len(s.ManagedPolicies):
		return &s.ManagedPolicies[i].Document, true
	case steps[0] == "keys" && i < len(s.Keys):
		return &s.Keys[i].Policy, true
	case steps[0] == "buckets" && i < len(s.Buckets):
		return &s.Buckets[i].Policy, true
	}
	return nil, false
}

// control is the reading of an SCP or RCP.
func (p *part) control(steps []string, inline func(*snapshot.Reading[[]snapshot.NamedPolicy], int) (*snapshot.Reading[snapshot.Document], bool)) (*snapshot.Reading[snapshot.Document], bool) {
	const level, kind, number = 4, 5, 7 // in /organization/value/chain/value/LEVEL/KIND/value/NUMBER
	levels := p.levels()
	if len(steps) <= number {
		return nil, false
	}
	i, err := strconv.Atoi(steps[level])
	if err != nil || i < 0 || i >= len(levels) {
		return nil, false
	}
	if steps[kind] == "resource_control_policies" {
		return inline(&levels[i].ResourceControlPolicies, number)
	}
	return inline(&levels[i].ServiceControlPolicies, number)
}

// levels are the levels of the organization, as far as they were read.
func (p *part) levels() []snapshot.OrganizationLevel {
	if p.s.Organization.Value == nil || p.s.Organization.Value.Chain.Value == nil {
		return nil
	}
	return *p.s.Organization.Value.Chain.Value
}

// groupOf is the group by which the user of the part has the policy that a pointer
// leads to, "" where the user has it by itself.
func (p *part) groupOf(pointer string) string {
	steps := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	if len(steps) < 2 {
		return ""
	}
	i, err := strconv.Atoi(steps[1])
	switch {
	case err != nil:
		return ""
	case steps[0] == "groups" && i < len(p.s.Groups):
		return p.s.Groups[i].Name
	case steps[0] != "managed_policies" || i >= len(p.s.ManagedPolicies):
		return ""
	}
	has := func(r snapshot.Reading[[]snapshot.PolicyRef]) bool {
		refs, _ := r.Get()
		return slices.ContainsFunc(refs, func(ref snapshot.PolicyRef) bool { return ref.ARN == p.s.ManagedPolicies[i].ARN })
	}
	for j := range p.s.Users {
		if has(p.s.Users[j].AttachedPolicies) {
			return ""
		}
	}
	for j := range p.s.Groups {
		if has(p.s.Groups[j].AttachedPolicies) {
			return p.s.Groups[j].Name
		}
	}
	return ""
}

// policyNames are the names of the identity policies of the principal of the part,
// those of groups included.
func (p *part) policyNames() []string {
	var names []string
	add := func(inline snapshot.Reading[[]snapshot.NamedPolicy], attached snapshot.Reading[[]snapshot.PolicyRef]) {
		policies, _ := inline.Get()
		for i := range policies {
			names = append(names, policies[i].Name)
		}
		refs, _ := attached.Get()
		for _, ref := range refs {
			names = append(names, cmp.Or(ref.Name, ref.ARN))
		}
	}
	for i := range p.s.Users {
		add(p.s.Users[i].InlinePolicies, p.s.Users[i].AttachedPolicies)
	}
	for i := range p.s.Roles {
		add(p.s.Roles[i].InlinePolicies, p.s.Roles[i].AttachedPolicies)
	}
	for i := range p.s.Groups {
		add(p.s.Groups[i].InlinePolicies, p.s.Groups[i].AttachedPolicies)
	}
	return names
}
