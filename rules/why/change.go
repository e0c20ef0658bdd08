package why

import (
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// change is a step together with where in the stage it changes something.
type change struct {
	Step
	file    int    // of the snapshots
	pointer string // into the part: of the principal, key, bucket, policy or level, or of the statement that is replaced
	form    statement
}

// applied is the stage with the change made.
func (s *stage) applied(c *change) *stage {
	if c.To == toRequest {
		return s
	}
	return s.changed(c.file, func(copied *snapshot.Snapshot) {
		if c.Replaces != nil {
			_, number, _ := strings.Cut(c.pointer, "/Statement")
			at, _ := strconv.Atoi(strings.TrimPrefix(number, "/")) // a lone statement has no number
			c.document(copied, at)
			return
		}
		c.add(copied)
	})
}

// add makes the change that adds a statement.
func (c *change) add(s *snapshot.Snapshot) {
	named := snapshot.NamedPolicy{Name: "kmsaudit-why", Document: newDocument(c.Statements[0])}
	i := indexIn(c.pointer)
	switch {
	case strings.HasPrefix(c.pointer, "/users/"):
		s.Users = slices.Clone(s.Users)
		s.Users[i].InlinePolicies = with(s.Users[i].InlinePolicies, named)
	case strings.HasPrefix(c.pointer, "/roles/"):
		s.Roles = slices.Clone(s.Roles)
		s.Roles[i].InlinePolicies = with(s.Roles[i].InlinePolicies, named)
	case strings.HasPrefix(c.pointer, "/organization/"):
		levels(s, func(all []snapshot.OrganizationLevel) {
			i := slices.IndexFunc(all, func(l snapshot.OrganizationLevel) bool { return l.ID == c.Of })
			all[i].ServiceControlPolicies = with(all[i].ServiceControlPolicies, named)
		})
	default:
		c.document(s, -1)
	}
}

// document changes the policy that the pointer leads to or into: statements are
// added, in place of number at where that is not negative.
func (c *change) document(s *snapshot.Snapshot, at int) {
	i := indexIn(c.pointer)
	steps := strings.Split(c.pointer, "/")
	inline := func(r snapshot.Reading[[]snapshot.NamedPolicy], number int) snapshot.Reading[[]snapshot.NamedPolicy] {
		list, _ := r.Get()
		list = slices.Clone(list)
		n, _ := strconv.Atoi(steps[number])
		list[n].Document = edited(list[n].Document, at, c.Statements)
		return snapshot.Of(list)
	}
	const ofIdentity, ofLevel = 5, 8 // where in the pointer the number of the policy is
	switch steps[1] {
	case "users":
		s.Users = slices.Clone(s.Users)
		s.Users[i].InlinePolicies = inline(s.Users[i].InlinePolicies, ofIdentity)
	case "groups":
		s.Groups = slices.Clone(s.Groups)
		s.Groups[i].InlinePolicies = inline(s.Groups[i].InlinePolicies, ofIdentity)
	case "roles":
		s.Roles = slices.Clone(s.Roles)
		s.Roles[i].InlinePolicies = inline(s.Roles[i].InlinePolicies, ofIdentity)
	case "managed_policies":
		s.ManagedPolicies = slices.Clone(s.ManagedPolicies)
		s.ManagedPolicies[i].Document = edited(s.ManagedPolicies[i].Document, at, c.Statements)
	case "keys":
		s.Keys = slices.Clone(s.Keys)
		s.Keys[i].Policy = edited(s.Keys[i].Policy, at, c.Statements)
	case "buckets":
		s.Buckets = slices.Clone(s.Buckets)
		s.Buckets[i].Policy = edited(s.Buckets[i].Policy, at, c.Statements)
	case "organization":
		levels(s, func(all []snapshot.OrganizationLevel) {
			level, _ := strconv.Atoi(steps[5])
			if steps[6] == "resource_control_policies" {
				all[level].ResourceControlPolicies = inline(all[level].ResourceControlPolicies, ofLevel)
			} else {
				all[level].ServiceControlPolicies = inline(all[level].ServiceControlPolicies, ofLevel)
			}
		})
	}
}

func with(r snapshot.Reading[[]snapshot.NamedPolicy], more snapshot.NamedPolicy) snapshot.Reading[[]snapshot.NamedPolicy] {
	list, _ := r.Get()
	return snapshot.Of(append(slices.Clone(list), more))
}

// levels changes the levels of the organization of a snapshot.
func levels(s *snapshot.Snapshot, change func([]snapshot.OrganizationLevel)) {
	organization := *s.Organization.Value
	all := slices.Clone(*organization.Chain.Value)
	change(all)
	organization.Chain = snapshot.Of(all)
	s.Organization = snapshot.Of(organization)
}

// indexIn is the number in a pointer such as /roles/7/boundary.
func indexIn(pointer string) int {
	steps := strings.SplitN(pointer, "/", 4)
	if len(steps) < 3 {
		return 0
	}
	i, _ := strconv.Atoi(steps[2])
	return i
}

// texts are statements as they are written.
func texts(statements []statement) []jsontext.Value {
	list := make([]jsontext.Value, 0, len(statements))
	for _, s := range statements {
		list = append(list, s.text())
	}
	return list
}
