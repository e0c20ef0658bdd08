package why

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// wanted are the names of what a question is about. The answer over a part of a
// snapshot that holds them is that over the whole.
type wanted struct {
	principals []string // ARNs
	keys       []string // ARNs, ids, aliases and their ARNs
	buckets    []string // ARNs
	objects    []string // keys of objects
}

// part is a snapshot without the users, groups, roles, policies, keys and buckets
// that a question is not about.
type part struct {
	s *snapshot.Snapshot
	// from are the indices that the items of a list have in the whole.
	from map[string][]int
}

func (w *wanted) cut(s *snapshot.Snapshot) *part {
	copied := *s
	p := &part{s: &copied, from: map[string][]int{}}
	var groups, managed []string
	attached := func(policies snapshot.Reading[[]snapshot.PolicyRef]) {
		list, _ := policies.Get()
		for _, ref := range list {
			managed = append(managed, ref.ARN)
		}
	}
	bounded := func(boundary snapshot.Reading[snapshot.PolicyRef]) {
		if ref, ok := boundary.Get(); ok {
			managed = append(managed, ref.ARN)
		}
	}
	copied.Users = keep(p, "users", s.Users, func(u *snapshot.User) bool {
		if !slices.Contains(w.principals, u.ARN) {
			return false
		}
		names, _ := u.Groups.Get()
		groups = append(groups, names...)
		attached(u.AttachedPolicies)
		bounded(u.Boundary)
		return true
	})
	copied.Roles = keep(p, "roles", s.Roles, func(r *snapshot.Role) bool {
		if !slices.ContainsFunc(w.principals, func(arn string) bool { return arn == r.ARN || isSessionOf(arn, r.Name) }) {
			return false
		}
		attached(r.AttachedPolicies)
		bounded(r.Boundary)
		return true
	})
	copied.Groups = keep(p, "groups", s.Groups, func(g *snapshot.Group) bool {
		if !slices.Contains(groups, g.Name) {
			return false
		}
		attached(g.AttachedPolicies)
		return true
	})
	copied.ManagedPolicies = keep(p, "managed_policies", s.ManagedPolicies, func(m *snapshot.ManagedPolicy) bool {
		return slices.Contains(managed, m.ARN)
	})
	copied.Buckets = keep(p, "buckets", s.Buckets, func(b *snapshot.Bucket) bool {
		if !slices.Contains(w.buckets, b.ARN) {
			return false
		}
		w.keysOf(b)
		return true
	})
	for i := range s.Aliases {
		a := &s.Aliases[i]
		if a.TargetKey != "" && (slices.Contains(w.keys, a.Name) || slices.Contains(w.keys, a.ARN)) {
			w.keys = append(w.keys, a.TargetKey)
		}
	}
	copied.Keys = keep(p, "keys", s.Keys, func(k *snapshot.Key) bool {
		return slices.Contains(w.keys, k.ARN) || slices.Contains(w.keys, k.ID)
	})
	return p
}

func keep[T any](p *part, list string, all []T, wanted func(*T) bool) []T {
	var kept []T
	for i := range all {
		if wanted(&all[i]) {
			kept = append(kept, all[i])
			p.from[list] = append(p.from[list], i)
		}
	}
	return kept
}

// keysOf notes the keys that a bucket and the objects in question name.
func (w *wanted) keysOf(b *snapshot.Bucket) {
	const ofAWS = "alias/aws/s3" // what no name means
	note := func(key string) {
		if key == "" {
			key = ofAWS
		}
		w.keys = append(w.keys, key)
	}
	encryption, _ := b.Encryption.Get()
	for _, rule := range encryption.Rules {
		note(rule.Key)
	}
	for i := range b.Objects {
		if head, ok := b.Objects[i].Head.Get(); ok && slices.Contains(w.objects, b.Objects[i].Key) {
			note(head.Key)
		}
	}
	replication, _ := b.Replication.Get()
	for _, rule := range replication.Rules {
		note(rule.ReplicaKey)
	}
}

// isSessionOf reports whether the ARN is that of a session of the role.
func isSessionOf(arn, role string) bool {
	rest, found := strings.CutPrefix(field(arn, 5), "assumed-role/")
	name, _, _ := strings.Cut(rest, "/")
	return found && name == role
}

// whole is a pointer into the part as one into the whole snapshot.
func (p *part) whole(pointer string) string {
	list, rest, _ := strings.Cut(strings.TrimPrefix(pointer, "/"), "/")
	from, cut := p.from[list]
	number, rest, more := strings.Cut(rest, "/")
	i, err := strconv.Atoi(number)
	if !cut || err != nil || i >= len(from) {
		return pointer
	}
	pointer = "/" + list + "/" + strconv.Itoa(from[i])
	if more {
		pointer += "/" + rest
	}
	return pointer
}

// field is field n of an ARN: 1 partition, 2 service, 3 Region, 4 account, 5 the
// rest; "" where the ARN has none.
func field(arn string, n int) string {
	parts := strings.SplitN(arn, ":", 6)
	if n >= len(parts) {
		return ""
	}
	return parts[n]
}
