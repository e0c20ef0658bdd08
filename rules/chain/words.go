package chain

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// count is a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// few lists the first n and counts the rest; one more is named rather than
// counted.
func few(all []string, n int) string {
	if len(all) <= n+1 {
		return strings.Join(all, ", ")
	}
	return strings.Join(all[:n], ", ") + " and " + strconv.Itoa(len(all)-n) + " more"
}

// part is field n of an ARN: 1 partition, 2 service, 3 Region, 4 account, 5 the
// rest; "" where the ARN has none.
func part(arn string, n int) string {
	parts := strings.SplitN(arn, ":", 6)
	if n >= len(parts) {
		return ""
	}
	return parts[n]
}

func (w *World) called(arn string) string { return Called(arn, w.s.Account) }

// Called names a principal, key or bucket in short where it is one of the
// account, and by its ARN otherwise.
func Called(arn string, account snapshot.Account) string {
	kind, name, _ := strings.Cut(part(arn, 5), "/")
	switch {
	case arn == "*":
		return "everybody"
	case arn == account.ARN() || arn == account.ID:
		return "the account's root user"
	case strings.HasSuffix(arn, ".amazonaws.com") && !strings.Contains(arn, ":"):
		return "the service " + arn
	case part(arn, 4) != account.ID || name == "":
		return arn
	case part(arn, 2) == "iam" && (kind == "role" || kind == "user"):
		return kind + " " + name[strings.LastIndexByte(name, '/')+1:]
	case part(arn, 2) == "kms" && kind == "key":
		return "key " + name
	}
	return arn
}

func (w *World) calledAll(arns []string) []string {
	names := make([]string, 0, len(arns))
	for _, arn := range arns {
		names = append(names, w.called(arn))
	}
	return names
}

// Cited names a statement, or a grant.
func Cited(ref access.StatementRef) string {
	statement := "statement " + strconv.Itoa(ref.Index+1)
	if ref.Sid != "" {
		statement += " (" + ref.Sid + ")"
	}
	switch {
	case ref.Layer == access.LayerGrant:
		return "grant " + ref.Policy
	case ref.Layer == access.LayerBoundary:
		return statement + " of the permissions boundary " + ref.Policy
	case ref.Layer == access.LayerSCP:
		return statement + " of the service control policy " + ref.Policy
	case ref.Layer == access.LayerRCP:
		return statement + " of the resource control policy " + ref.Policy
	case ref.Layer == access.LayerResource && strings.HasPrefix(ref.Pointer, "/keys/"):
		return statement + " of the key policy"
	case ref.Layer == access.LayerResource && strings.HasPrefix(ref.Pointer, "/buckets/"):
		return statement + " of the bucket policy"
	case ref.Layer == access.LayerResource && ref.Pointer == "":
		return statement + " of the policy that AWS gives the key"
	}
	return statement + " of " + ref.Policy
}

// Tested says what a condition test wants.
func Tested(key, operator string, values []string) string {
	return fmt.Sprintf("%s %s %s", key, operator, few(values, 3))
}

func testedAll(tests []facts.Test) string {
	var words []string
	for _, t := range tests {
		words = append(words, Tested(t.Key, t.Operator, t.Values))
	}
	return strings.Join(words, " and ")
}

func (w *World) told(s *policy.Statement, resources bool) string {
	return Told(s, w.s.Account, resources)
}

// Told says what a statement says: whom, what, on what and when.
func Told(s *policy.Statement, account snapshot.Account, resources bool) string {
	words := s.Effect
	if who := whom(s, account); who != "" {
		words += " " + who
	}
	switch {
	case s.NotAction != nil:
		words += ": everything but " + few(s.NotAction, 5)
	default:
		words += ": " + few(s.Action, 5)
	}
	switch {
	case !resources:
	case s.NotResource != nil:
		words += " on everything but " + few(s.NotResource, 2)
	case s.Resource != nil:
		words += " on " + few(s.Resource, 2)
	}
	for i, c := range s.Conditions {
		joint := " and "
		if i == 0 {
			joint = ", if "
		}
		words += joint + Tested(c.Key, c.Operator, c.Values)
	}
	return words
}

func whom(s *policy.Statement, account snapshot.Account) string {
	list, but := s.Principal, ""
	if s.NotPrincipal != nil {
		list, but = s.NotPrincipal, "everybody but "
	}
	if list == nil {
		return ""
	}
	var names []string
	for _, p := range list.List {
		switch name := Called(p.Value, account); {
		case name == "the account's root user" && s.Effect == policy.Allow && but == "":
			names = append(names, "the account")
		default:
			names = append(names, name)
		}
	}
	return but + few(names, 4)
}
