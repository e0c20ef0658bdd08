package drift

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// index finds the policies of a snapshot by what they are called in any snapshot.
type index struct {
	owners    map[string]string // pointer of a policy → its name
	documents map[string]*policy.Document
	grants    map[string]string // id → what it says
	keys      map[string]bool
	said      map[string]map[string]bool // by name of a policy, once it is asked
}

func indexOf(s *snapshot.Snapshot) index {
	x := index{owners: map[string]string{}, documents: map[string]*policy.Document{}, grants: map[string]string{}, keys: map[string]bool{}, said: map[string]map[string]bool{}}
	add := func(pointer, name string, r snapshot.Reading[snapshot.Document]) {
		doc, why := snapshot.PolicyOf(r)
		if why != nil || doc == nil {
			return
		}
		x.owners[pointer], x.documents[name] = name, doc
	}
	inline := func(pointer, owner string, r snapshot.Reading[[]snapshot.NamedPolicy]) {
		list, _ := r.Get()
		for i, n := range list {
			add(pointer+"/inline_policies/value/"+strconv.Itoa(i)+"/document", owner+" inline "+n.Name, n.Document)
		}
	}
	for i := range s.Keys {
		k := &s.Keys[i]
		x.keys[k.ARN] = true
		add("/keys/"+strconv.Itoa(i)+"/policy", k.ARN, k.Policy)
		grants, _ := k.Grants.Get()
		for j := range grants {
			x.grants[grants[j].ID] = grantText(&grants[j])
		}
	}
	for i := range s.Buckets {
		add("/buckets/"+strconv.Itoa(i)+"/policy", s.Buckets[i].ARN, s.Buckets[i].Policy)
	}
	for i := range s.Roles {
		add("/roles/"+strconv.Itoa(i)+"/trust_policy", s.Roles[i].ARN+" trust", s.Roles[i].TrustPolicy)
		inline("/roles/"+strconv.Itoa(i), s.Roles[i].ARN, s.Roles[i].InlinePolicies)
	}
	for i := range s.Users {
		inline("/users/"+strconv.Itoa(i), s.Users[i].ARN, s.Users[i].InlinePolicies)
	}
	for i := range s.Groups {
		inline("/groups/"+strconv.Itoa(i), s.Groups[i].ARN, s.Groups[i].InlinePolicies)
	}
	for i := range s.ManagedPolicies {
		add("/managed_policies/"+strconv.Itoa(i)+"/document", s.ManagedPolicies[i].ARN, s.ManagedPolicies[i].Document)
	}
	if o, ok := s.Organization.Get(); ok {
		levels, _ := o.Chain.Get()
		for i := range levels {
			for kind, r := range map[string]snapshot.Reading[[]snapshot.NamedPolicy]{
				"service_control_policies": levels[i].ServiceControlPolicies, "resource_control_policies": levels[i].ResourceControlPolicies,
			} {
				list, _ := r.Get()
				for j, n := range list {
					add(fmt.Sprintf("/organization/value/chain/value/%d/%s/value/%d/document", i, kind, j), levels[i].ID+" "+kind+" "+n.Name, n.Document)
				}
			}
		}
	}
	return x
}

// grantText is all that a grant says.
func grantText(g *snapshot.Grant) string {
	text, err := json.Marshal(g)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// ownerOf is the name of the policy that a statement stands in, "" for none.
func ownerOf(pointer string, owners map[string]string) string {
	for p := pointer; p != ""; p = p[:strings.LastIndexByte(p, '/')] {
		if name, found := owners[p]; found {
			return name
		}
	}
	return ""
}

// statementAt is the policy that a pointer goes into, and the permissions of the
// statement; "" where it goes into none.
func (x *index) statementAt(pointer string) (owner string, atoms []string) {
	owner = ownerOf(pointer, x.owners)
	_, rest, found := strings.Cut(pointer, "/Statement")
	if owner == "" || !found {
		return "", nil
	}
	n := 0
	if number, _, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/"); number != "" {
		n, _ = strconv.Atoi(number) // a single statement has members in place of numbers
	}
	if list := x.documents[owner].Statements; n < len(list) {
		return owner, list[n].Atoms()
	}
	return "", nil
}

// says reports that the policy is there and says all of this.
func (x *index) says(owner string, atoms []string) bool {
	if x.documents[owner] == nil {
		return false
	}
	said, asked := x.said[owner]
	if !asked {
		said = map[string]bool{}
		for _, s := range x.documents[owner].Statements {
			for _, atom := range s.Atoms() {
				said[atom] = true
			}
		}
		x.said[owner] = said
	}
	return !slices.ContainsFunc(atoms, func(atom string) bool { return !said[atom] })
}
