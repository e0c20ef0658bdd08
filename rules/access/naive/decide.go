package naive

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// world is a case with every unknown settled.
type world struct {
	c        *Case
	settled  map[string][]string // unknown keys, in lower case
	switches map[string]bool     // open readings (M16, G5)
}

// values are those of a context key, none if it is absent.
func (w *world) values(key string) []string {
	if v, found := w.settled[strings.ToLower(key)]; found {
		return v
	}
	for name, v := range w.c.Context {
		if strings.EqualFold(name, key) {
			return v
		}
	}
	return nil
}

// Verdicts of a case of which everything is known.
const (
	Allowed    = "Allowed"
	Explicitly = "ExplicitlyDenied"
	Implicitly = "ImplicitlyDenied"
)

// Answer is a verdict with the statements that apply.
type Answer struct {
	Verdict string
	// Denies and Allows are layer and Sid of every statement that applies.
	Denies, Allows []string
}

// applies is section M without the principal, and the conditions.
func (w *world) applies(d *Document, s policy.Statement) bool {
	variables := d.Version == "2012-10-17" // C13
	action := func(pattern string) bool { return matchAction(pattern, w.c.Action) }
	// M6: short patterns go on, but not in a key or bucket policy.
	rest := d != w.c.ResourcePolicy
	resource := func(pattern string) bool { return w.matchResource(pattern, variables, rest) }
	switch {
	case s.Action != nil && !slices.ContainsFunc(s.Action, action),
		s.NotAction != nil && slices.ContainsFunc(s.NotAction, action),
		s.Resource != nil && !slices.ContainsFunc(s.Resource, resource),
		s.NotResource != nil && slices.ContainsFunc(s.NotResource, resource),
		s.Resource == nil && s.NotResource == nil,
		rest && !w.c.ofRCP(d) && (s.Principal != nil || s.NotPrincipal != nil), // O6
		w.c.ofRCP(d) && s.Principal == nil:                                     // O4
		return false
	}
	return !slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool { return !w.holds(c, variables) })
}

// layer asks policies without principals, and notes what applies.
func (w *world) layer(a *Answer, name string, docs ...*Document) (allow bool) {
	for _, d := range docs {
		for _, s := range d.Statements {
			if !w.applies(d, s) {
				continue
			}
			if s.Effect == policy.Deny {
				a.Denies = append(a.Denies, name+" "+s.Sid)
				continue
			}
			a.Allows = append(a.Allows, name+" "+s.Sid)
			allow = true
		}
	}
	return allow
}

// resourceLayer asks the key or bucket policy.
func (w *world) resourceLayer(a *Answer) (allow forms) {
	if w.c.ResourcePolicy == nil {
		return allow
	}
	for i, s := range w.c.ResourcePolicy.Statements {
		if !w.applies(w.c.ResourcePolicy, s) {
			continue
		}
		if s.Effect == policy.Deny {
			if w.denies(s, "M16 "+strconv.Itoa(i)) {
				a.Denies = append(a.Denies, "resource "+s.Sid)
			}
			continue
		}
		f := w.c.allowForms(s)
		if f.some() {
			a.Allows = append(a.Allows, "resource "+s.Sid)
		}
		allow.direct = allow.direct || f.direct
		allow.role = allow.role || f.role
		allow.account = allow.account || f.account
	}
	return allow
}

// everyLevel asks an organization's levels (O1, O2).
func (w *world) everyLevel(a *Answer, name string, levels []Level) bool {
	all := true
	for _, level := range levels {
		if !w.layer(a, name, level...) {
			all = false
		}
	}
	return all
}

// decide is sections E, K, G and O for one world.
func (w *world) decide() Answer {
	c, a := w.c, Answer{}
	kind := c.kind()
	root, service := kind == aRoot, kind == aService

	identity := false
	switch {
	case root:
		identity = true // E8: and no policies of its own
	case !service: // K8
		identity = w.layer(&a, "identity", c.Identity...)
	}
	if kind == aFederated && c.Session == nil {
		identity = false // E7
	}
	limited := true
	if c.bounded() && !w.layer(&a, "boundary", c.Boundary...) {
		identity, limited = false, false
	}
	if c.Session != nil && !root && !service && !w.layer(&a, "session", c.Session) {
		identity, limited = false, false
	}
	identity = identity && !service

	var resource forms
	if c.resourcePolicyCounts() {
		resource = w.resourceLayer(&a)
	}
	scp := true
	if !c.PrincipalInManagementAccount && !c.serviceLinked() && !service {
		scp = w.everyLevel(&a, "scp", c.SCP) // O3
	}
	if !c.ResourceInManagementAccount && !c.serviceLinked() && !c.AWSManagedKey && !c.action("kms:RetireGrant") {
		w.everyLevel(&a, "rcp", c.RCP) // O4, O5: Deny only
	}

	switch allow := w.paths(identity, limited, resource) && scp; {
	case len(a.Denies) > 0:
		a.Verdict = Explicitly // E2
	case allow:
		a.Verdict = Allowed
	default:
		a.Verdict = Implicitly
	}
	return a
}

// paths is E4 to E6 with K1 to K10, M8 and M9.
func (w *world) paths(identity, limited bool, resource forms) bool {
	c := w.c
	service, cross := c.kind() == aService, account(c.Principal) != c.owner()
	kms := strings.HasPrefix(strings.ToLower(c.Action), "kms:")
	switch {
	case service && (c.Resource == "*" || c.onAlias()):
		return false
	case service:
		return resource.direct || w.grants(identity, limited) // K8
	case cross && kms && (c.AWSManagedKey || !c.crossAccountAction()):
		return false // K9, K10
	case c.Resource == "*":
		return identity // M9
	case c.onAlias():
		return identity && !strings.Contains(c.Resource, ":alias/aws/") && strings.HasSuffix(strings.ToLower(c.Action), "alias") // M8
	case c.action("kms:RetireGrant"):
		return w.grants(identity, limited) // G8
	case cross:
		return identity && resource.some() || w.grants(identity, limited) // E6, G6
	}
	delegated := identity && (resource.account || !kms) // K1
	return delegated || resource.direct || resource.role && limited || w.grants(identity, limited)
}

func (c *Case) ofRCP(d *Document) bool {
	return slices.ContainsFunc(c.RCP, func(l Level) bool { return slices.Contains(l, d) })
}

func (c *Case) resourcePolicyCounts() bool {
	return c.Resource != "*" && !c.onAlias() && !c.action("kms:RetireGrant") // M8, M9, G8
}

func (c *Case) action(name string) bool { return strings.EqualFold(c.Action, name) }

// bounded is E1: the root user and services have no boundary.
func (c *Case) bounded() bool {
	return c.Boundary != nil && c.kind() != aRoot && c.kind() != aService
}

func (c *Case) onAlias() bool {
	return strings.Contains(c.Resource, ":kms:") && strings.HasPrefix(resourcePart(c.Resource), "alias/")
}

// owner is the resource's account.
func (c *Case) owner() string {
	if c.ResourceAccount != "" {
		return c.ResourceAccount
	}
	if owner := account(c.Resource); owner != "" {
		return owner
	}
	return account(c.Principal)
}

// crossAccountAction is K10.
func (c *Case) crossAccountAction() bool {
	return slices.ContainsFunc([]string{
		"Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo", "GenerateDataKey", "GenerateDataKeyPair",
		"GenerateDataKeyWithoutPlaintext", "GenerateDataKeyPairWithoutPlaintext", "GenerateMac", "VerifyMac",
		"Sign", "Verify", "DeriveSharedSecret", "Encapsulate", "Decapsulate", "DescribeKey", "GetPublicKey",
		"GetKeyRotationStatus", "CreateGrant", "ListGrants", "RevokeGrant", "RetireGrant",
	}, func(name string) bool { return c.action("kms:" + name) })
}
