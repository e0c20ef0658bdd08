package facts

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// PolicyWildcards are the statements of an identity policy that allow every action
// of AWS, or of one of its services.
type PolicyWildcards struct {
	Place      string              `json:"place"`
	Statements []WildcardStatement `json:"statements"`
}

// WildcardStatement allows every action of services, * for all of them; what the
// same policy denies in full without a condition is left out.
type WildcardStatement struct {
	Place       string   `json:"place"`
	Identity    string   `json:"identity"`
	Conditional bool     `json:"conditional"`
	Everything  bool     `json:"everything"` // every action on every resource
	Services    []string `json:"services"`
	But         []string `json:"but"` // what NotAction leaves out
}

// PolicyUse says what a policy is used for.
type PolicyUse struct {
	Place string `json:"place"`
	// BoundaryOnly says that the policy is a permissions boundary and attached to
	// nobody: it allows nothing by itself.
	BoundaryOnly bool `json:"boundary_only"`
}

// Identity is a user, group or role, for the policies that it has of its own.
type Identity struct {
	ARN    string            `json:"arn"`
	Name   string            `json:"name"`
	Kind   string            `json:"kind" enum:"user,group,role"`
	Place  string            `json:"place"`
	Unread map[string]Unread `json:"unread"`
	Inline *InlinePolicies   `json:"inline,omitempty"`
}

// InlinePolicies are the policies that stand in an identity itself.
type InlinePolicies struct {
	Place string   `json:"place"`
	Names []string `json:"names"`
}

func (b *builder) wildcards(fact *PolicyWildcards, document *policy.Document) {
	denied := false
	for i := range document.Statements {
		statement := &document.Statements[i]
		w := access.WildcardsOf(statement, b.s.Account.Partition)
		switch {
		case len(w.Services) == 0:
		case statement.Effect == policy.Allow:
			fact.Statements = append(fact.Statements, WildcardStatement{
				Place: fact.Place + statement.Pointer, Identity: document.Identity(i), Conditional: len(statement.Conditions) > 0,
				Everything: w.Everything, Services: w.Services, But: w.But,
			})
		case len(statement.Conditions) == 0 && w.Everything:
			denied = true
		}
	}
	if denied {
		fact.Statements = nil
	}
}

// boundaries are what policies are used for.
type boundaries struct {
	limits, allows map[string]bool // ARNs of policies that are boundaries, that are attached
	open           *Unread         // some identity's are not known
}

func boundariesOf(s *snapshot.Snapshot) boundaries {
	b := boundaries{limits: map[string]bool{}, allows: map[string]bool{}}
	note := func(attached snapshot.Reading[[]snapshot.PolicyRef], boundary *snapshot.Reading[snapshot.PolicyRef]) {
		list, _ := attached.Get()
		for _, ref := range list {
			b.allows[ref.ARN] = true
		}
		reason := why(attached, "iam:GetAccountAuthorizationDetails")
		if boundary != nil {
			if ref, ok := boundary.Get(); ok {
				b.limits[ref.ARN] = true
			}
			if reason == nil {
				reason = why(*boundary, "iam:GetAccountAuthorizationDetails")
			}
		}
		if b.open == nil {
			b.open = reason
		}
	}
	for i := range s.Users {
		note(s.Users[i].AttachedPolicies, &s.Users[i].Boundary)
	}
	for i := range s.Groups {
		note(s.Groups[i].AttachedPolicies, nil)
	}
	for i := range s.Roles {
		note(s.Roles[i].AttachedPolicies, &s.Roles[i].Boundary)
	}
	return b
}

// use says whether a managed policy is nothing but a boundary. One that is
// attached to somebody is more, whatever else is not known.
func (b *builder) use(arn, at string) (*PolicyUse, *Unread) {
	switch {
	case b.boundaries.allows[arn]:
		return &PolicyUse{Place: at}, nil
	case b.boundaries.open != nil:
		return nil, b.boundaries.open
	}
	if reason, _ := b.standing("iam:GetAccountAuthorizationDetails"); reason != nil {
		return nil, reason
	}
	return &PolicyUse{Place: at, BoundaryOnly: b.boundaries.limits[arn]}, nil
}

// addIdentities adds users, groups and roles.
func (b *builder) addIdentities() {
	b.document.Identities = make([]Identity, 0, len(b.s.Users)+len(b.s.Groups)+len(b.s.Roles)+1)
	add := func(kind, arn, name, list string, i int, inline snapshot.Reading[[]snapshot.NamedPolicy]) {
		whole := place(list, i, "inline_policies")
		fact := Identity{ARN: arn, Name: name, Kind: kind, Place: strings.TrimSuffix(whole, "/inline_policies")}
		if reason := why(inline, "iam:GetAccountAuthorizationDetails"); reason != nil {
			fact.Unread = map[string]Unread{"inline": *reason}
		} else {
			fact.Inline = &InlinePolicies{Place: whole}
			if named, _ := inline.Get(); len(named) > 0 {
				fact.Inline.Names = make([]string, len(named))
				for j := range named {
					fact.Inline.Names[j] = named[j].Name
				}
				slices.Sort(fact.Inline.Names)
			}
		}
		b.document.Identities = append(b.document.Identities, fact)
	}
	for i := range b.s.Users {
		add("user", b.s.Users[i].ARN, b.s.Users[i].Name, "users", i, b.s.Users[i].InlinePolicies)
	}
	for i := range b.s.Groups {
		add("group", b.s.Groups[i].ARN, b.s.Groups[i].Name, "groups", i, b.s.Groups[i].InlinePolicies)
	}
	for i := range b.s.Roles {
		add("role", b.s.Roles[i].ARN, b.s.Roles[i].Name, "roles", i, b.s.Roles[i].InlinePolicies)
	}
	if reason, at := b.standing("iam:GetAccountAuthorizationDetails"); reason != nil {
		b.document.Identities = append(b.document.Identities, Identity{
			ARN: b.identities(), Name: "*", Kind: "role", Place: at, Unread: map[string]Unread{"inline": *reason},
		})
	}
}
