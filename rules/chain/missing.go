package chain

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// missing is the error for what is not in a list; unread says why the list is not
// known in full.
func (w *World) missing(given, kind string, known []string, unread string) *Missing {
	m := &Missing{Given: given, Known: known, Unread: unread, Names: w.naming(given)}
	if kind == "" {
		kind = "key, bucket, role or user"
	}
	for _, c := range w.s.Coverage {
		if c.Resource == given && c.State == snapshot.Gone {
			m.Unread, m.Why = "", given+" was deleted while the snapshot was taken"
			return m
		}
	}
	m.Why = "the snapshot has no " + kind + " " + given
	if unread != "" {
		m.Why += ", and whether there is one is not known: " + unread
	}
	return m
}

// naming lists what names a resource that is not there.
func (w *World) naming(arn string) []string {
	if arn == "" {
		return nil
	}
	var names []string
	for _, r := range w.intent.Requirements {
		for _, b := range r.Buckets {
			if "arn:"+w.s.Account.Partition+":s3:::"+b.Name == arn {
				names = append(names, "the requirement "+r.Name)
			}
		}
		if r.Key == arn || slices.Contains(r.Principals, arn) {
			names = append(names, "the requirement "+r.Name)
		}
	}
	for _, b := range w.document.Buckets {
		if b.KeyRef != nil && b.KeyRef.ARN == arn {
			names = append(names, "the default encryption of "+b.ARN)
		}
	}
	return names
}

func (w *World) unlisted(region string, operations ...string) string {
	return Unlisted(w.s, region, operations...)
}

// Unlisted says why a listing is not known in full, or "". Any of the operations
// will do.
func Unlisted(s *snapshot.Snapshot, region string, operations ...string) string {
	for _, operation := range operations {
		if c, _ := s.Listed(operation, region); c.State.Answer() {
			return ""
		}
	}
	c, _ := s.Listed(operations[0], region)
	u := facts.Unread{State: c.State.String(), Operation: c.Operation, Code: c.Code}
	if c.State != snapshot.Denied && c.State != snapshot.NotCollected {
		u.State = snapshot.Failed.String()
	}
	words := u.Words()
	if region != "" {
		words += " in " + region
	}
	return words
}

func (w *World) keysUnread(region string) string {
	if region != "" {
		return w.unlisted(region, "kms:ListKeys")
	}
	for _, one := range w.s.Regions {
		if reason := w.unlisted(one, "kms:ListKeys"); reason != "" {
			return reason
		}
	}
	if _, asked := w.s.Listed("account:ListRegions", ""); asked >= 0 {
		return w.unlisted("", "account:ListRegions")
	}
	return ""
}

func (w *World) bucketsUnread() string {
	return w.unlisted("", "s3:ListAllMyBuckets", "s3:ListBuckets")
}

func (w *World) identitiesUnread() string {
	return w.unlisted("", "iam:GetAccountAuthorizationDetails")
}

// keyID is what the ids of keys look like: a UUID, or that of a key in several
// Regions.
var keyID = regexp.MustCompile(`^(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$`)

// nameUnread says why nobody knows whether anything of the kind has the name.
func (w *World) nameUnread(kind, name string) string {
	var reasons []string
	note := func(kinds, reason string) {
		if reason != "" && (kind == "" && (keyID.MatchString(name) == (kinds == "key")) || kind != "" && strings.Contains(kinds, kind)) {
			reasons = append(reasons, reason)
		}
	}
	note("key", w.keysUnread(""))
	note("bucket", w.bucketsUnread())
	note("role user", w.identitiesUnread())
	return strings.Join(reasons, "; ")
}

func arns(of map[string]int) []string { return slices.Sorted(maps.Keys(of)) }
