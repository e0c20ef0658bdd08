package why

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/chain"
)

// resolved is a question with everything in it found.
type resolved struct {
	Question
	operation *access.Operation // of S3; nil for single actions and those of KMS
	action    string            // a single action of S3
	singles   []single          // requests to KMS, and to S3 without a bucket
	bucket    string            // ARN
	object    string            // key; "" for any
	source    *access.S3Source
	base      int // the snapshot of the resource, or else of the principal
	home      int // the snapshot of the principal, -1 where its account was not read
}

// single is one request.
type single struct{ half, action, resource, alias string }

func (w *World) resolve(q Question) (*resolved, error) {
	r := &resolved{Question: q}
	if err := r.named(); err != nil {
		return nil, err
	}
	if err := w.principal(r); err != nil {
		return nil, err
	}
	r.home = w.index(field(r.Principal, 4))
	r.base = max(r.home, 0)
	if err := w.resources(r); err != nil {
		return nil, err
	}
	return r, nil
}

// named finds the operation or the action.
func (r *resolved) named() error {
	given := r.Operation
	if o, found := access.NamedOperation(given); found {
		r.operation, r.Operation = &o, o.Name
		if o.Service == "" {
			return nil
		}
		if r.Principal == "" {
			r.Principal = o.Service
		}
		if r.Principal != o.Service {
			return fmt.Errorf("%s is done by the service %s, not by %s", o.Name, o.Service, r.Principal)
		}
		return nil
	}
	known := []string{reEncrypt}
	for _, a := range access.KMSActions() {
		known = append(known, a.Name)
	}
	for _, a := range access.S3Actions() {
		known = append(known, a.Name)
	}
	for _, name := range known {
		if strings.EqualFold(name, given) {
			r.Operation = name
			return nil
		}
	}
	for _, o := range access.Operations() {
		known = append(known, o.Name)
		if strings.HasPrefix(given, "s3:") {
			known = append(known, "s3:"+o.Name)
		}
	}
	return &chain.Missing{Given: given, Why: given + " is no action of KMS or S3, and no operation of S3 that kmsaudit knows", Known: known}
}

// principal finds the principal.
func (w *World) principal(r *resolved) error {
	given := r.Principal
	kind, name, narrowed := strings.Cut(given, "/")
	switch {
	case given == "":
		return errors.New("a principal is missing")
	case given == "*", isService(given):
		return nil
	case snapshot.IsAccountID(given):
		r.Principal = "arn:" + w.files[0].Snapshot.Account.Partition + ":iam::" + given + ":root"
		return nil
	case strings.HasPrefix(given, "arn:"):
		return w.principalARN(given)
	case !narrowed || kind != "role" && kind != "user":
		kind, name = "", given
	}
	var found, known []string
	for _, f := range w.files {
		look := func(what, arn, own, id string) {
			if kind == "" || kind == what {
				known = append(known, own)
				if own == name || id == name {
					found = append(found, arn)
				}
			}
		}
		for i := range f.Snapshot.Roles {
			look("role", f.Snapshot.Roles[i].ARN, f.Snapshot.Roles[i].Name, f.Snapshot.Roles[i].ID)
		}
		for i := range f.Snapshot.Users {
			look("user", f.Snapshot.Users[i].ARN, f.Snapshot.Users[i].Name, f.Snapshot.Users[i].ID)
		}
	}
	switch len(found) {
	case 1:
		r.Principal = found[0]
		return nil
	case 0:
		if kind == "" {
			kind = "role or user"
		}
		return w.missing(name, kind, known, identityListing)
	}
	return &chain.Ambiguous{Given: given, Candidates: found}
}

const identityListing = "iam:GetAccountAuthorizationDetails"

// principalARN holds an ARN to being that of a principal, and to being there if
// its account was read.
func (w *World) principalARN(arn string) error {
	kind, name, _ := strings.Cut(field(arn, 5), "/")
	service, account := field(arn, 2), field(arn, 4)
	known := []string{}
	i := w.index(account)
	switch {
	case service == "iam" && kind == "root" && name == "":
		return nil
	case service == "sts" && kind == "federated-user" && name != "":
		return nil
	case service == "sts" && kind == "assumed-role" && strings.Contains(name, "/"):
		if i < 0 {
			return nil
		}
		for j := range w.files[i].Snapshot.Roles {
			role := &w.files[i].Snapshot.Roles[j]
			known = append(known, role.Name)
			if isSessionOf(arn, role.Name) {
				return nil
			}
		}
		role, _, _ := strings.Cut(name, "/")
		return w.missing(role, "role", known, identityListing)
	case service == "iam" && (kind == "role" || kind == "user") && name != "":
		if i < 0 {
			return nil
		}
		s := w.files[i].Snapshot
		for j := range s.Roles {
			known = append(known, s.Roles[j].ARN)
		}
		for j := range s.Users {
			known = append(known, s.Users[j].ARN)
		}
		if slices.Contains(known, arn) {
			return nil
		}
		return w.missing(arn, kind, known, identityListing)
	}
	return fmt.Errorf("%s is not the ARN of a role, user, session, federated user or root user", arn)
}

// missing is the error for a name that is in no snapshot: it is not there, or the
// listing that it would be in was not read.
func (w *World) missing(given, kind string, known []string, operations ...string) error {
	m := &chain.Missing{Given: given, Known: known, Why: "no " + kind + " " + given + " is in the snapshot"}
	if len(w.files) > 1 {
		m.Why += "s"
	}
	for _, f := range w.files {
		if reason := chain.Unlisted(f.Snapshot, "", operations...); reason != "" {
			m.Unread = reason
			m.Why += ", and whether there is one is not known: " + reason
			break
		}
	}
	return m
}

func isService(s string) bool {
	return !strings.ContainsAny(s, ":/*? ") && (strings.HasSuffix(s, ".amazonaws.com") || strings.HasSuffix(s, ".amazonaws.com.cn"))
}
