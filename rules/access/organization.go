package access

import (
	"fmt"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// organization is the account's place in its organization, compiled (section O).
type organization struct {
	management bool
	scp, rcp   [2][][]*Policy // by Stance
	ids        [2][]string    // of the levels of scp and of rcp: roots, units, accounts
	assumed    [2][]string    // assumptions by Stance
	id, path   fact           // aws:PrincipalOrgID and aws:PrincipalOrgPaths
}

func (a *Account) organization() organization {
	o := organization{id: fact{state: absent}, path: fact{state: absent}}
	reading := a.s.Organization
	if why := reading.Unread(); why != nil {
		o.id, o.path = fact{state: unknown}, fact{state: unknown}
		o.notRead("/organization", "organizations:DescribeOrganization", why)
		return o
	}
	org, ok := reading.Get()
	if !ok {
		return o // in none: settled
	}
	o.id = fact{state: known, values: []string{org.ID}}
	o.path = fact{state: unknown}
	o.management = org.ManagementAccount == a.id
	if why := org.Chain.Unread(); why != nil {
		if !o.management {
			o.notRead("/organization/value/chain", "organizations:ListParents", why)
		}
		return o
	}
	chain, _ := org.Chain.Get()
	path := org.ID + "/"
	for i, level := range chain {
		if level.Type != "account" {
			path += level.ID + "/"
		}
		if o.management {
			continue
		}
		here := "/organization/value/chain" + at("value", i)
		o.level(a, level.ID, LayerSCP, here+"/service_control_policies", level.ServiceControlPolicies, &o.scp)
		o.level(a, level.ID, LayerRCP, here+"/resource_control_policies", level.ResourceControlPolicies, &o.rcp)
	}
	o.path = fact{state: known, values: []string{path}, many: true}
	return o
}

func (o *organization) notRead(pointer, operation string, why *snapshot.Unread) {
	for _, layer := range []Layer{LayerSCP, LayerRCP} {
		levels := &o.scp
		if layer == LayerRCP {
			levels = &o.rcp
		}
		ref := unreadRef(layer, "", pointer, operation, why)
		levels[MustBeAble] = [][]*Policy{{UnreadPolicy(ref)}}
		o.assume(&ref)
	}
}

// assume writes down that an unread layer is taken as not restricting (O7).
func (o *organization) assume(ref *UnreadRef) {
	name := strings.ToUpper(string(ref.Layer))
	for stance, how := range [...]string{"are taken as not restricting", "leave open what the rest allows"} {
		o.assumed[stance] = append(o.assumed[stance], fmt.Sprintf("O7: %ss were not read (%s %s): they %s", name, ref.Operation, ref.State, how))
	}
}

func (o *organization) level(a *Account, id string, layer Layer, here string, r snapshot.Reading[[]snapshot.NamedPolicy], levels *[2][][]*Policy) {
	if r.State.Answer() && r.State != snapshot.OK {
		return // the policy type is not enabled
	}
	const operation = "organizations:ListPoliciesForTarget"
	strict := a.list(here, layer, operation, r)
	lenient := make([]*Policy, 0, len(strict))
	for _, p := range strict {
		if p.unread != nil {
			o.assume(p.unread)
			p = &Policy{name: p.name, layer: layer, permissive: true}
		} else if p.name == "" {
			p.name = id
		}
		lenient = append(lenient, p)
	}
	ids := &o.ids[0]
	if layer == LayerRCP {
		ids = &o.ids[1]
	}
	*ids = append(*ids, id)
	levels[MustBeAble] = append(levels[MustBeAble], strict)
	levels[MustNotBeAble] = append(levels[MustNotBeAble], lenient)
}

// resourceFacts are those of resources of the account (C22).
func (o *organization) resourceFacts(f *facts) {
	f.put("aws:resourceorgid", o.id)
	f.put("aws:resourceorgpaths", o.path)
}
