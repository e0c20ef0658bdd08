package facts

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// addAccess decides, for every requirement and principal, each required KMS
// action on the requirement's key.
func (b *builder) addAccess() {
	tls := overTLS()
	for _, requirement := range b.intent.Requirements {
		if len(requirement.Actions) == 0 {
			continue // nothing to be able to: a row would pass for nothing
		}
		actions := expand(requirement.Actions)
		for _, principal := range requirement.Principals {
			row := Access{
				ID:          strings.Join([]string{requirement.Name, principal, requirement.Key}, "|"),
				Requirement: requirement.Name, Principal: principal, Key: requirement.Key, Place: b.placeOf(principal),
			}
			missing, unread := b.whoAndKey(principal, requirement.Key)
			for _, action := range actions {
				switch {
				case missing != nil:
					row.Denied = append(row.Denied, missing.of(action, requirement.Key))
				case unread != nil:
					row.Undecided = append(row.Undecided, Undecided{What: action, Unread: unread})
				case b.among.Verdict(requires(principal, action, requirement.Key, tls)) == access.Allowed:
					row.Allowed = append(row.Allowed, Allowed{What: action}) // and nobody asks why
				default:
					row.sort(action, requirement.Key, b.required(principal, action, requirement.Key))
				}
			}
			row.Mends = mendsOf(principal, row.Denied)
			b.document.Access = append(b.document.Access, row)
		}
	}
}

// required decides a required action.
func (b *builder) required(principal, action, key string) access.Decision {
	return b.ours(principal, key, b.among.Decide(requires(principal, action, key, overTLS())))
}

// requires asks for a required action in the context of a client.
func requires(principal, action, key string, client access.Context) access.Question {
	return access.Question{Principal: principal, Action: action, Resource: key, Stance: access.MustBeAble, Context: client}
}

// overTLS is how a client asks.
func overTLS() access.Context { return access.NewContext().With("aws:SecureTransport", "true") }

// expand lists the concrete actions of KMS behind patterns, each once.
func expand(patterns []string) []string {
	var actions []string
	seen := map[string]bool{}
	for _, pattern := range patterns {
		for _, action := range access.ExpandKMS(pattern) {
			if !seen[action] {
				seen[action] = true
				actions = append(actions, action)
			}
		}
	}
	return actions
}

// lists are the four lists that a row of decisions has.
type lists struct {
	allowed   *[]Allowed
	denied    *[]Denied
	depends   *[]Depends
	undecided *[]Undecided
}

func (r *Access) sort(what, resource string, d access.Decision) {
	lists{&r.Allowed, &r.Denied, &r.Depends, &r.Undecided}.put(what, resource, d)
}

func (l lists) put(what, resource string, d access.Decision) {
	switch d.Verdict {
	case access.Allowed:
		*l.allowed = append(*l.allowed, Allowed{What: what})
	case access.ExplicitlyDenied, access.ImplicitlyDenied:
		*l.denied = append(*l.denied, deniedOf(what, resource, d))
	case access.Depends:
		*l.depends = append(*l.depends, Depends{What: what, Resource: resource, Tests: testsOf(d.DependsOn)})
	case access.Unknown:
		*l.undecided = append(*l.undecided, Undecided{What: what, Unread: unreadPolicies(d.Unread)})
	}
}

func deniedOf(what, resource string, d access.Decision) Denied {
	denied := Denied{What: what, Resource: resource, Verdict: d.Verdict.String()}
	if d.Verdict == access.ExplicitlyDenied {
		denied.By = statementsOf(d.DecidedBy)
		var names []string
		for _, s := range denied.By {
			if name := nameOf(s, resource); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		denied.Why = "denied by " + strings.Join(names, " and ")
		return denied
	}
	for _, layer := range d.Missing {
		denied.Missing = append(denied.Missing, string(layer))
	}
	denied.Why = "no Allow in " + strings.Join(layerNames(denied.Missing, resource), " and ")
	return denied
}

// nameOf names a statement that decides over a resource.
func nameOf(s Statement, resource string) string {
	name := fmt.Sprintf("the %s policy %s", s.Layer, s.Policy)
	if s.Layer == string(access.LayerResource) {
		name = "the policy of " + cmp.Or(s.Policy, resource)
	}
	if s.Sid != "" {
		name = fmt.Sprintf("statement %s of %s", s.Sid, name)
	}
	return name
}

// layerNames says in words where an Allow is missing.
func layerNames(layers []string, resource string) []string {
	words := map[string]string{
		"identity": "the identity policies", "resource": "the bucket policy", "boundary": "the permissions boundary",
		"session": "the session policy", "scp": "the service control policies", "rcp": "the resource control policies",
		"grant": "the grants",
	}
	if part(resource, 2) == "kms" {
		words["resource"] = "the key policy"
	}
	names := make([]string, 0, len(layers))
	for _, layer := range layers {
		names = append(names, words[layer])
	}
	return names
}

func statementsOf(refs []access.StatementRef) []Statement {
	statements := make([]Statement, 0, len(refs))
	for _, ref := range refs {
		statements = append(statements, Statement{
			Layer: string(ref.Layer), Policy: ref.Policy, Sid: ref.Sid, Place: ref.Pointer, Identity: ref.Identity,
		})
	}
	return statements
}

func unreadPolicies(refs []access.UnreadRef) []UnreadPolicy {
	policies := make([]UnreadPolicy, 0, len(refs))
	for _, ref := range refs {
		state := ref.State
		if state != snapshot.Denied.String() && state != snapshot.NotCollected.String() {
			state = snapshot.Failed.String()
		}
		policies = append(policies, UnreadPolicy{
			Policy: ref.Policy, Place: ref.Pointer, State: state, Operation: ref.Operation, Code: ref.Code,
		})
	}
	return policies
}
