package awsfake

import (
	"net/http"
	"slices"
)

// Directory is an organization as its management account sees it.
type Directory struct {
	ID, Management string
	// Types are the kinds of policies that are enabled, such as
	// SERVICE_CONTROL_POLICY.
	Types    []string
	Root     Unit
	Policies []DirectoryPolicy
}

// Unit is the root or an organizational unit.
type Unit struct {
	ID, Name string
	Units    []Unit
	Accounts []DirectoryAccount
}

// DirectoryAccount is an account of an organization.
type DirectoryAccount struct {
	ID, Name string
	State    string // "" is ACTIVE
	Old      bool   // the answer says Status and no State
	Tags     map[string]string
}

// DirectoryPolicy is a policy and what it hangs on.
type DirectoryPolicy struct {
	OrgPolicy
	Type string
	On   []string
}

// find looks for a unit.
func (u *Unit) find(id string) *Unit {
	if u.ID == id {
		return u
	}
	for i := range u.Units {
		if found := u.Units[i].find(id); found != nil {
			return found
		}
	}
	return nil
}

// account looks for an account below a unit.
func (u *Unit) account(id string) *DirectoryAccount {
	for i := range u.Accounts {
		if u.Accounts[i].ID == id {
			return &u.Accounts[i]
		}
	}
	for i := range u.Units {
		if found := u.Units[i].account(id); found != nil {
			return found
		}
	}
	return nil
}

// listed answers with a page of a listing of AWS Organizations.
func (r *request) listed(member string, list []any) reply {
	from, to, next, _, ok := r.page(len(list), min(20, max(1, r.number("MaxResults", 20))), r.text("NextToken"))
	if !ok {
		return r.fail(http.StatusBadRequest, "InvalidInputException", "the token is not valid")
	}
	return withToken(map[string]any{member: append([]any{}, list[from:to]...)}, next)
}

// inDirectory answers only the management account and delegated administrators.
func inDirectory(handler func(*request, *Directory) reply) func(*request) reply {
	return func(r *request) reply {
		if r.w.Directory == nil {
			return r.fail(http.StatusBadRequest, "AccessDeniedException", "You don't have permissions to access this resource.")
		}
		return handler(r, r.w.Directory)
	}
}

func (r *request) listRoots(d *Directory) reply {
	types := []any{}
	for _, kind := range d.Types {
		types = append(types, map[string]any{"Type": kind, "Status": "ENABLED"})
	}
	return r.listed("Roots", []any{map[string]any{"Id": d.Root.ID, "Name": "Root", "PolicyTypes": types}})
}

func (r *request) listUnits(d *Directory) reply {
	parent := d.Root.find(r.text("ParentId"))
	if parent == nil {
		return r.fail(http.StatusBadRequest, "ParentNotFoundException", "there is no such parent")
	}
	list := []any{}
	for _, u := range parent.Units {
		list = append(list, map[string]any{"Id": u.ID, "Name": u.Name})
	}
	return r.listed("OrganizationalUnits", list)
}

func (r *request) listAccountsForParent(d *Directory) reply {
	parent := d.Root.find(r.text("ParentId"))
	if parent == nil {
		return r.fail(http.StatusBadRequest, "ParentNotFoundException", "there is no such parent")
	}
	list := []any{}
	for _, a := range parent.Accounts {
		state := a.State
		if state == "" {
			state = "ACTIVE"
		}
		entry := map[string]any{"Id": a.ID, "Name": a.Name, "State": state}
		if a.Old {
			delete(entry, "State")
			entry["Status"] = state
		}
		list = append(list, entry)
	}
	return r.listed("Accounts", list)
}

func (r *request) listPolicies(d *Directory) reply {
	list := []any{}
	for _, p := range d.Policies {
		if p.Type == r.text("Filter") {
			list = append(list, r.directorySummary(d, p))
		}
	}
	return r.listed("Policies", list)
}

func (r *request) directorySummary(d *Directory, p DirectoryPolicy) map[string]any {
	return map[string]any{
		"Id": p.ID, "Name": p.Name, "Type": p.Type,
		"Arn": "arn:" + r.w.partition() + ":organizations::" + d.Management + ":policy/" + d.ID + "/" + p.ID,
	}
}

func (r *request) listTargets(d *Directory) reply {
	i := slices.IndexFunc(d.Policies, func(p DirectoryPolicy) bool { return p.ID == r.text("PolicyId") })
	if i < 0 {
		return r.fail(http.StatusBadRequest, "PolicyNotFoundException", "there is no such policy")
	}
	list := []any{}
	for _, target := range d.Policies[i].On {
		list = append(list, map[string]any{"TargetId": target})
	}
	return r.listed("Targets", list)
}

func (r *request) listAccountTags(d *Directory) reply {
	a := d.Root.account(r.text("ResourceId"))
	if a == nil {
		return r.fail(http.StatusBadRequest, "TargetNotFoundException", "there is no such account")
	}
	list := []any{}
	for _, name := range sorted(a.Tags) {
		list = append(list, map[string]any{"Key": name, "Value": a.Tags[name]})
	}
	return r.listed("Tags", list)
}
