package chain

import (
	"strconv"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// identity is what a role and a user have in common.
type identity struct {
	here     string
	inline   snapshot.Reading[[]snapshot.NamedPolicy]
	attached snapshot.Reading[[]snapshot.PolicyRef]
	boundary snapshot.Reading[snapshot.PolicyRef]
	groups   snapshot.Reading[[]string]
}

func (t *teller) identity() identity {
	if t.resource.Kind == "user" {
		u := &t.s.Users[t.resource.index]
		return identity{at("users", t.resource.index), u.InlinePolicies, u.AttachedPolicies, u.Boundary, u.Groups}
	}
	r := &t.s.Roles[t.resource.index]
	return identity{
		at("roles", t.resource.index), r.InlinePolicies, r.AttachedPolicies, r.Boundary,
		snapshot.Of([]string{}),
	}
}

func (t *teller) principal() {
	who := t.identity()
	if t.resource.Kind == "role" {
		t.link(t.trust(t.resource.index))
	}
	t.link(t.policies(who))
	for _, row := range t.document.Access {
		if row.Principal == t.resource.ARN {
			t.link(t.required(row))
		}
	}
	t.operations(func(row *facts.Operation) bool { return row.Principal == t.resource.ARN })
	t.link(t.usable())
	t.link(t.requirementsOf(func(r *facts.Requirement) bool {
		for _, p := range r.Principals {
			if p == t.resource.ARN {
				return true
			}
		}
		return false
	}))
}

// policies are the statements of the principal's policies that touch KMS.
func (t *teller) policies(who identity) Link {
	l := Link{Kind: "policies", Title: "Policies that touch KMS"}
	t.identityPolicies(&l, who.here, "", who.inline, who.attached)
	names, ok := who.groups.Get()
	if !ok && !who.groups.State.Answer() {
		t.unreadPolicies(&l, "its groups", why(who.groups, "iam:GetAccountAuthorizationDetails"), who.here+"/groups")
	}
	for _, name := range names {
		if i, ok := t.groups[name]; ok {
			g := &t.s.Groups[i]
			t.related = append(t.related, g.ARN)
			t.identityPolicies(&l, at("groups", i), " of group "+name, g.InlinePolicies, g.AttachedPolicies)
			continue
		}
		t.unreadPolicies(&l, "the policies of group "+name, "the snapshot does not have them", who.here+"/groups")
	}
	if len(l.Lines) == 0 {
		l.put(Absent, who.here, "none")
	}
	boundary := who.here + "/boundary"
	switch ref, ok := who.boundary.Get(); {
	case ok:
		l.ok(boundary, "permissions boundary "+ref.ARN+": it can do no more than that allows")
	case who.boundary.State.Answer():
		l.put(Absent, boundary, "no permissions boundary")
	default:
		l.unknown("permissions boundary", why(who.boundary, "iam:GetAccountAuthorizationDetails"), boundary)
	}
	return l
}

// unreadPolicies notes policies of the principal that were not read: what it may
// do is not known then.
func (t *teller) unreadPolicies(l *Link, what, reason, pointer string) {
	l.unknown(what, reason, pointer)
	t.incomplete(reason)
}

func (t *teller) identityPolicies(l *Link, here, of string, inline snapshot.Reading[[]snapshot.NamedPolicy], attached snapshot.Reading[[]snapshot.PolicyRef]) {
	const operation = "iam:GetAccountAuthorizationDetails"
	named, ok := inline.Get()
	if !ok && !inline.State.Answer() {
		t.unreadPolicies(l, "inline policies"+of, why(inline, operation), here+"/inline_policies")
	}
	for i, p := range named {
		t.statements(l, "inline policy "+p.Name+of, p.Document, here+at("inline_policies", "value", i, "document"))
	}
	refs, ok := attached.Get()
	if !ok && !attached.State.Answer() {
		t.unreadPolicies(l, "attached policies"+of, why(attached, operation), here+"/attached_policies")
	}
	for i, ref := range refs {
		t.related = append(t.related, ref.ARN)
		j, held := t.managed[ref.ARN]
		if !held {
			t.unreadPolicies(l, "managed policy "+ref.ARN+of, "the snapshot does not have iam:GetPolicyVersion", here+at("attached_policies", "value", i))
			continue
		}
		t.statements(l, "managed policy "+ref.Name+of, t.s.ManagedPolicies[j].Document, at("managed_policies", j, "document"))
	}
}

// statements adds those statements of a policy that touch KMS.
func (t *teller) statements(l *Link, name string, r snapshot.Reading[snapshot.Document], here string) {
	document, _ := snapshot.PolicyOf(r)
	if document == nil {
		t.unreadPolicies(l, name, why(r, "iam:GetAccountAuthorizationDetails"), here)
		return
	}
	for i := range document.Statements {
		s := &document.Statements[i]
		reach := access.ReachOf(document, i, t.s.Account.Partition, t.s.Account.ID, t.s.Regions)
		if len(reach.Actions) == 0 {
			continue
		}
		text := name + ", statement " + strconv.Itoa(i+1) + ": " + t.told(s, true)
		switch reach.Keys {
		case access.EveryKey:
			text += "; that is every key there is"
		case access.AccountKeys:
			text += "; that is every key of the account"
		case access.RegionKeys:
			text += "; that is every key of a Region"
		case access.SomeKeys, access.NoKeys:
		}
		l.ok(here+"/value"+s.Pointer, text)
	}
}

// trust says whom the role's trust policy lets in.
func (t *teller) trust(i int) Link {
	l := Link{Kind: "trust", Title: "Trust policy: who may assume the role"}
	here := at("roles", i, "trust_policy")
	document, _ := snapshot.PolicyOf(t.s.Roles[i].TrustPolicy)
	if document == nil {
		l.unknown("who may assume it", why(t.s.Roles[i].TrustPolicy, "iam:GetAccountAuthorizationDetails"), here)
		return l
	}
	for j := range document.Statements {
		s := &document.Statements[j]
		text := "statement " + strconv.Itoa(j+1) + ": " + t.told(s, false)
		if trust := access.TrustOf(document, j, t.s.Account.ID); trust.Anyone {
			text += map[string]string{
				access.RestrictionNone: "; open to strangers", access.RestrictionWeak: "; open to strangers who meet the conditions",
				access.RestrictionFixed: "; confined by its conditions",
			}[trust.Restriction]
		}
		l.ok(here+"/value"+s.Pointer, text)
	}
	return l
}
