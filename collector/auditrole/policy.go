package auditrole

import (
	"strings"

	"github.com/kmsaudit/kmsaudit/collector"
)

// Policy is an IAM policy of Allow statements.
type Policy struct{ Statements []Statement }

// Statement allows actions on resources.
type Statement struct {
	Sid       string
	Actions   []string
	Resources []Resource
}

// Resource is the ARN that a statement is about, apart from its partition: what
// stands before the partition and after it. Without the former it is everything.
type Resource struct{ before, after string }

var everything = Resource{after: "*"}

// in writes the ARN with a partition.
func (r Resource) in(partition string) string {
	if r.before == "" {
		return r.after
	}
	return r.before + partition + r.after
}

// Collection is the policy of whoever reads an account with these permissions.
func Collection(permissions []collector.Permission) Policy {
	settings := Statement{Sid: "KmsauditSettings", Resources: []Resource{everything}}
	var rest []Statement
	for _, p := range permissions {
		if p.Resources == nil {
			settings.Actions = append(settings.Actions, p.Action)
			continue
		}
		_, name, _ := strings.Cut(p.Action, ":")
		s := Statement{Sid: "Kmsaudit" + name, Actions: []string{p.Action}}
		for _, pattern := range p.Resources {
			s.Resources = append(s.Resources, Resource{"arn:", ":s3:::" + pattern})
		}
		rest = append(rest, s)
	}
	return Policy{append([]Statement{settings}, rest...)}
}

// Organization is the policy of whoever reads an organization with these
// permissions and assumes the role, which is its name with the path, in every
// account.
func Organization(permissions []collector.Permission, role string) Policy {
	p := Collection(permissions)
	p.Statements[0].Sid = "KmsauditOrganization"
	p.Statements = append(p.Statements, Statement{
		Sid: "KmsauditAssumeRole", Actions: []string{"sts:AssumeRole"}, Resources: []Resource{{"arn:", ":iam::*:role/" + role}},
	})
	return p
}

// Quotas of IAM in characters, white space aside ("IAM and AWS STS quotas" of the
// IAM User Guide).
const (
	maxManaged = 6144
	maxInline  = 10240 // of all inline policies of a role together
)

// Fits says which kinds of policy the document is short enough for.
func (p Policy) Fits(partition string) (managed, inline bool) {
	length := 0
	for _, r := range string(p.JSON(partition)) {
		if !strings.ContainsRune(" \t\r\n", r) {
			length++
		}
	}
	return length <= maxManaged, length <= maxInline
}
