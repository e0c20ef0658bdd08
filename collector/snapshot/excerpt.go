package snapshot

import (
	"slices"
	"strings"
)

// Excerpt is the part of the snapshot that ARNs of its account name: users and
// roles (a session names its role) with the groups and managed policies that bind
// them, keys, aliases with the keys behind them, and what is about the account as a
// whole. The name of the account's root names nobody in it. A resource that is not
// in the excerpt is missing from the account only if it was among the names and its
// listing is complete.
func (s *Snapshot) Excerpt(names []string) *Snapshot {
	e := &Snapshot{
		Schema: s.Schema, Tool: s.Tool, Account: s.Account, CollectedAt: s.CollectedAt, CollectedBy: s.CollectedBy,
		Interrupted: s.Interrupted, Regions: s.Regions, Coverage: s.Coverage, Organization: s.Organization,
	}
	named := map[string]bool{}
	for _, name := range names {
		named[name] = true
		if role, ok := roleOfSession(name); ok {
			named[role] = true
		}
	}
	policies := map[string]bool{}
	bind := func(attached Reading[[]PolicyRef], boundary Reading[PolicyRef]) {
		refs, _ := attached.Get()
		for _, ref := range refs {
			policies[ref.ARN] = true
		}
		ref, _ := boundary.Get()
		policies[ref.ARN] = true
	}
	groups := map[string]bool{}
	for _, u := range s.Users {
		if named[u.ARN] {
			e.Users = append(e.Users, u)
			bind(u.AttachedPolicies, u.Boundary)
			of, _ := u.Groups.Get()
			for _, group := range of {
				groups[group] = true
			}
		}
	}
	for _, g := range s.Groups {
		if groups[g.Name] {
			e.Groups = append(e.Groups, g)
			bind(g.AttachedPolicies, Reading[PolicyRef]{})
		}
	}
	for _, r := range s.Roles {
		if named[r.ARN] || named[roleName(r.Name)] {
			e.Roles = append(e.Roles, r)
			bind(r.AttachedPolicies, r.Boundary)
		}
	}
	for _, p := range s.ManagedPolicies {
		if policies[p.ARN] {
			e.ManagedPolicies = append(e.ManagedPolicies, p)
		}
	}
	keys := map[string]bool{}
	for _, a := range s.Aliases {
		if named[a.ARN] {
			e.Aliases = append(e.Aliases, a)
			keys[a.Region+" "+a.TargetKey] = true
		}
	}
	for _, k := range s.Keys {
		if named[k.ARN] || keys[k.Region+" "+k.ID] {
			e.Keys = append(e.Keys, k)
		}
	}
	return e
}

// roleOfSession is what stands for the role of a session among names: the ARN of
// the session lacks the path of the role's.
func roleOfSession(arn string) (string, bool) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[2] != "sts" {
		return "", false
	}
	rest := strings.Split(parts[5], "/")
	return roleName(rest[min(1, len(rest)-1)]), rest[0] == "assumed-role" && len(rest) > 2
}

func roleName(name string) string { return "role " + name }

// NamesOf are those of the names that are of an account.
func NamesOf(account string, names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		parts := strings.SplitN(name, ":", 6)
		return len(parts) != 6 || parts[4] != account
	})
}
