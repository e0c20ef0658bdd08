package access

import (
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

type callerKind uint8

const (
	callerOther callerKind = iota
	callerAnyone
	callerUser
	callerRole
	callerSession
	callerFederatedUser
	callerRoot
	callerService
	callerFederated // an identity provider
	callerUniqueID
)

// who is a principal taken apart.
type who struct {
	kind      callerKind
	text      string
	partition string
	account   string // "" for services and strangers without an account
	name      string // of a role or user without path; of a federated user
	session   string
	uniqueID  string
	linked    bool // service-linked role
	limited   bool // a user with a session policy
}

// identify takes a caller's name apart.
func identify(c *Caller) who {
	w := whoIs(c.ARN)
	w.linked = w.linked || c.ServiceLinked
	if c.UniqueID != "" {
		w.uniqueID, _, _ = strings.Cut(c.UniqueID, ":") // of a session, the role's comes first
	}
	return w
}

func whoIs(text string) who {
	w := who{text: text}
	if a, ok := splitARN(text); ok {
		w.fromARN(&a)
		return w
	}
	switch {
	case text == "" || text == "*":
		w.kind = callerAnyone
	case snapshot.IsAccountID(text):
		w.kind, w.account = callerRoot, text
	case isUniqueID(text):
		w.kind, w.uniqueID = callerUniqueID, text
	case isFederation(text):
		w.kind = callerFederated
	case isService(text):
		w.kind = callerService
	}
	return w
}

func (w *who) fromARN(a *arn) {
	w.partition, w.account = a[arnPartition], a[arnAccount]
	kind, rest, _ := strings.Cut(a[arnResource], "/")
	last := rest[strings.LastIndexByte(rest, '/')+1:]
	switch {
	case a[arnService] == "iam" && a[arnResource] == "root":
		w.kind = callerRoot
	case a[arnService] == "iam" && kind == "user" && last != "":
		w.kind, w.name = callerUser, last
	case a[arnService] == "iam" && kind == "role" && last != "":
		w.kind, w.name = callerRole, last
		w.linked = strings.HasPrefix(rest, "aws-service-role/")
	case a[arnService] == "iam" && (kind == "oidc-provider" || kind == "saml-provider"):
		w.kind = callerFederated
	case a[arnService] == "sts" && kind == "assumed-role":
		if name, session, ok := strings.Cut(rest, "/"); ok && name != "" && session != "" {
			w.kind, w.name, w.session = callerSession, name, session
		}
	case a[arnService] == "sts" && kind == "federated-user" && rest != "":
		w.kind, w.name = callerFederatedUser, rest
	}
}

// iam reports whether the caller has identity policies of its own.
func (w *who) iam() bool {
	switch w.kind {
	case callerUser, callerRole, callerSession, callerFederatedUser:
		return true
	}
	return false
}

// isUniqueID reports ids of users and roles (M15).
func isUniqueID(s string) bool {
	if len(s) < 16 || !strings.HasPrefix(s, "AIDA") && !strings.HasPrefix(s, "AROA") {
		return false
	}
	for i := range len(s) {
		if (s[i] < '0' || s[i] > '9') && (s[i] < 'A' || s[i] > 'Z') {
			return false
		}
	}
	return true
}

// isService reports names of service principals.
func isService(s string) bool {
	return !strings.ContainsAny(s, ":/*? ") && (strings.HasSuffix(s, ".amazonaws.com") ||
		strings.HasSuffix(s, ".amazonaws.com.cn") || strings.HasSuffix(s, ".amazonaws.eu") ||
		strings.HasSuffix(s, ".aws.internal") || strings.HasSuffix(s, ".amazon.com"))
}

func isFederation(s string) bool {
	switch s {
	case "cognito-identity.amazonaws.com", "www.amazon.com", "accounts.google.com", "graph.facebook.com":
		return true
	}
	return false
}
