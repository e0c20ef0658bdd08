package naive

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// Kinds of callers.
const (
	aUser      = "user"
	aRole      = "role"
	aSession   = "session"
	aFederated = "federated"
	aRoot      = "root"
	aService   = "service"
)

// kind tells what the caller is.
func (c *Case) kind() string {
	switch name := resourcePart(c.Principal); {
	case !strings.HasPrefix(c.Principal, "arn:"), strings.Contains(name, "-provider/"):
		return aService // or "*", or an identity provider: whom only everybody's statements cover, and their own
	case name == "root":
		return aRoot
	case strings.HasPrefix(name, "user/"):
		return aUser
	case strings.HasPrefix(name, "role/"):
		return aRole
	case strings.HasPrefix(name, "assumed-role/"):
		return aSession
	}
	return aFederated
}

func (c *Case) serviceLinked() bool {
	for name, values := range c.Context {
		// C5: the ARN of a session has no path, that of its role has.
		if c.kind() == aSession && strings.EqualFold(name, "aws:PrincipalArn") && strings.Contains(values[0], ":role/aws-service-role/") {
			return true
		}
	}
	return strings.Contains(c.Principal, ":role/aws-service-role/")
}

// forms are the ways in which a principal can be named (E5).
type forms struct {
	direct  bool // E5.1, E5.2, E5.4
	role    bool // E5.3
	account bool // E5.5
}

func (f forms) some() bool { return f.direct || f.role || f.account }

// names tells how one principal of a policy, or a grantee, names the caller.
func (c *Case) names(p policy.Principal) forms {
	kind := c.kind()
	switch {
	case p.Kind == policy.KindAWS && p.Value == "*":
		return forms{direct: true} // M11, E5.4
	case p.Kind == policy.KindService:
		return forms{direct: kind == aService && p.Value == c.Principal && p.Value != "*"}
	case p.Kind == policy.KindFederated:
		return forms{direct: kind == aService && p.Value == c.Principal && p.Value != "*"}
	case p.Kind != policy.KindAWS, kind == aService, p.Value == "":
		return forms{}
	case p.Value == account(c.Principal), p.Value == rootOf(c.Principal):
		return forms{account: true} // M14
	case p.Value == c.uniqueID() && isUniqueID(p.Value): // M15
		ofRole := strings.HasPrefix(p.Value, "AROA")
		return forms{
			direct: !ofRole && kind == aUser && c.Session == nil,
			role:   !ofRole && kind == aUser && c.Session != nil || ofRole && (kind == aRole || kind == aSession),
		}
	case p.Value == c.Principal && kind == aUser && c.Session != nil:
		return forms{role: true} // E5.3: the user behind a session
	case p.Value == c.Principal:
		return forms{direct: kind != aRole, role: kind == aRole}
	case kind == aSession:
		return forms{role: coversSession(p.Value, c.Principal)}
	}
	return forms{}
}

// uniqueID is that of the user or of the role, given or by aws:userid.
func (c *Case) uniqueID() string {
	id := c.UniqueID
	for name, values := range c.Context {
		if id == "" && strings.EqualFold(name, "aws:userid") && len(values) == 1 {
			id = values[0]
		}
	}
	id, _, _ = strings.Cut(id, ":")
	return id
}

func isUniqueID(text string) bool {
	return len(text) > 15 && (strings.HasPrefix(text, "AROA") || strings.HasPrefix(text, "AIDA")) &&
		strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

// coversSession is M13.
func coversSession(role, session string) bool {
	a, b := strings.SplitN(role, ":", 6), strings.SplitN(session, ":", 6)
	if len(a) != 6 || !strings.HasPrefix(a[5], "role/") {
		return false
	}
	path := strings.Split(a[5], "/")
	return a[0] == "arn" && a[1] == b[1] && a[2] == "iam" && a[3] == "" && a[4] == b[4] &&
		path[len(path)-1] == strings.Split(b[5], "/")[1]
}

func resourcePart(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	return parts[len(parts)-1]
}

func rootOf(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	return "arn:" + parts[1] + ":iam::" + parts[4] + ":root"
}

// listed adds up what a list of principals says of the caller.
func (c *Case) listed(list *policy.Principals) forms {
	var sum forms
	for _, p := range list.List {
		f := c.names(p)
		sum.direct = sum.direct || f.direct
		sum.role = sum.role || f.role
		sum.account = sum.account || f.account
	}
	return sum
}

// allowForms tells how an Allow of a resource policy names the caller.
func (c *Case) allowForms(s policy.Statement) forms {
	switch {
	case s.Principal != nil:
		return c.listed(s.Principal)
	case s.NotPrincipal != nil && !c.listed(s.NotPrincipal).some():
		return forms{direct: true} // M16: everyone else is allowed
	}
	return forms{} // M12
}

// Outcomes of a NotPrincipal in a Deny.
const (
	spared = iota
	hit
	unclear
)

// notPrincipal is M16.
func (c *Case) notPrincipal(list *policy.Principals) int {
	f := c.listed(list)
	listsSession := slices.ContainsFunc(list.List, func(p policy.Principal) bool { return p.Value == c.Principal })
	switch kind := c.kind(); {
	case c.bounded():
		return hit
	case !f.some():
		return hit
	case kind == aService, kind == aRoot, slices.Contains(list.List, policy.Principal{Kind: policy.KindAWS, Value: "*"}):
		return spared
	case !f.account || !f.direct && !f.role:
		return unclear
	case kind == aSession && (!listsSession || !f.role):
		return unclear
	}
	return spared
}

// denies tells whether a Deny of a resource policy is about the caller.
func (w *world) denies(s policy.Statement, name string) bool {
	switch {
	case s.Principal != nil:
		return w.c.listed(s.Principal).some()
	case s.NotPrincipal != nil:
		outcome := w.c.notPrincipal(s.NotPrincipal)
		return outcome == hit || outcome == unclear && w.switches[name]
	}
	return false // M12
}
