package drift

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// Setting is a setting that differs, or a resource that came or went. Was and Now
// are "" for what is not there.
type Setting struct {
	Resource string `json:"resource"` // ARN
	Name     string `json:"name"`     // such as metadata.state
	Was      string `json:"was"`
	Now      string `json:"now"`
}

// Sight is something that AWS answered in one snapshot only.
type Sight struct {
	Resource string `json:"resource"` // ARN; of a listing its Region, if it has one
	Name     string `json:"name"`     // of the reading, or the operation of a listing
	Was      string `json:"was"`      // states of readings, see the snapshot's format
	Now      string `json:"now"`
}

// moments are members that change from collection to collection.
var moments = map[string]bool{"next_at": true, "created_at": true}

// part is one reading of a resource.
type part struct {
	state  snapshot.State
	values map[string]string
	doc    func() snapshot.Reading[snapshot.Document] // of a policy
}

// of takes a reading apart.
func of[T any](r snapshot.Reading[T]) part {
	p := part{state: r.State, values: map[string]string{}}
	if v, ok := r.Get(); ok {
		text, err := json.Marshal(v)
		if err != nil {
			text = fmt.Appendf(nil, "%q", err)
		}
		var value any
		if json.Unmarshal(text, &value) == nil {
			flatten(p.values, "", value)
		}
	}
	return p
}

func ofPolicy(r snapshot.Reading[snapshot.Document]) part {
	return part{state: r.State, doc: func() snapshot.Reading[snapshot.Document] { return r }}
}

// flatten writes a value as names and texts. The order of lists does not show.
func flatten(into map[string]string, name string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for member, inner := range v {
			if !moments[member] {
				flatten(into, strings.TrimPrefix(name+"."+member, "."), inner)
			}
		}
	case []any:
		var texts []string
		for _, one := range v {
			inner := map[string]string{}
			flatten(inner, "", one)
			var pairs []string
			for _, key := range slices.Sorted(maps.Keys(inner)) {
				pairs = append(pairs, strings.TrimPrefix(key+" "+inner[key], " "))
			}
			texts = append(texts, strings.Join(pairs, ", "))
		}
		slices.Sort(texts)
		into[name] = strings.Join(texts, "; ")
	case nil:
	default:
		into[name] = fmt.Sprint(v)
	}
}

// resource is a resource as its readings, by name.
type resource map[string]part

// resources are those of a snapshot by ARN, and the listing that each is of.
func resources(s *snapshot.Snapshot) (all map[string]resource, listed map[string]string) {
	all, listed = map[string]resource{}, map[string]string{}
	for i := range s.Keys {
		k := &s.Keys[i]
		all[k.ARN] = resource{
			"metadata": of(k.Metadata), "rotation": of(k.Rotation), "tags": of(k.Tags), "policy": ofPolicy(k.Policy), "grants": of(k.Grants),
		}
		listed[k.ARN] = "kms:ListKeys " + k.Region
	}
	for i := range s.Buckets {
		b := &s.Buckets[i]
		all[b.ARN] = resource{
			"region": of(b.Region), "encryption": of(b.Encryption), "policy": ofPolicy(b.Policy), "public_access_block": of(b.PublicAccessBlock),
			"ownership": of(b.Ownership), "acl": of(b.ACL), "versioning": of(b.Versioning), "replication": of(b.Replication), "logging": of(b.Logging), "tags": of(b.Tags),
		}
		listed[b.ARN] = "s3:ListAllMyBuckets "
	}
	const iam = "iam:GetAccountAuthorizationDetails "
	for i := range s.Roles {
		r := &s.Roles[i]
		all[r.ARN] = resource{"trust_policy": ofPolicy(r.TrustPolicy), "inline_policies": {state: r.InlinePolicies.State}, "attached_policies": of(r.AttachedPolicies), "boundary": of(r.Boundary)}
		listed[r.ARN] = iam
	}
	for i := range s.Users {
		u := &s.Users[i]
		all[u.ARN] = resource{"groups": of(u.Groups), "inline_policies": {state: u.InlinePolicies.State}, "attached_policies": of(u.AttachedPolicies), "boundary": of(u.Boundary)}
		listed[u.ARN] = iam
	}
	for i := range s.ManagedPolicies {
		m := &s.ManagedPolicies[i]
		all[m.ARN] = resource{"document": ofPolicy(m.Document)}
		listed[m.ARN] = iam
	}
	return all, listed
}

// settings compares resources one by one.
func (d *Diff) settings(old, now *snapshot.Snapshot) {
	before, listedThen := resources(old)
	after, listedNow := resources(now)
	for arn, r := range after {
		was, both := before[arn]
		if !both {
			if whole(old, listedNow[arn]) {
				d.Settings = append(d.Settings, Setting{Resource: arn, Now: "there"})
			}
			continue
		}
		for name, part := range r {
			d.part(arn, name, was[name], part)
		}
	}
	for arn := range before {
		if _, both := after[arn]; !both && whole(now, listedThen[arn]) {
			d.Settings = append(d.Settings, Setting{Resource: arn, Was: "there"})
		}
	}
	slices.SortFunc(d.Settings, func(x, y Setting) int {
		return cmp.Or(cmp.Compare(x.Resource, y.Resource), cmp.Compare(x.Name, y.Name), cmp.Compare(x.Was, y.Was), cmp.Compare(x.Now, y.Now))
	})
}

// whole reports a listing that AWS answered.
func whole(s *snapshot.Snapshot, listing string) bool {
	operation, region, _ := strings.Cut(listing, " ")
	for _, c := range s.Coverage {
		if c.Operation == operation && c.Region == region {
			return c.State.Answer()
		}
	}
	return false
}

func (d *Diff) part(arn, name string, was, now part) {
	switch {
	case was.state == snapshot.Gone || now.state == snapshot.Gone:
		return
	case was.state.Answer() && now.state.Answer():
	case was.state.Answer():
		d.Unread = append(d.Unread, Sight{arn, name, was.state.String(), now.state.String()})
		return
	case now.state.Answer():
		d.Read = append(d.Read, Sight{arn, name, was.state.String(), now.state.String()})
		return
	default:
		return
	}
	if was.doc != nil && now.doc != nil {
		x, unreadable := snapshot.PolicyOf(was.doc())
		y, alsoNot := snapshot.PolicyOf(now.doc())
		if unreadable != nil || alsoNot != nil {
			return // of an answer that is no policy the rules tell
		}
		if gone, came := statements(x, y), statements(y, x); len(gone)+len(came) > 0 {
			d.Settings = append(d.Settings, Setting{arn, name, strings.Join(gone, ", "), strings.Join(came, ", ")})
		}
		return
	}
	names := maps.Clone(was.values)
	if names == nil {
		names = map[string]string{}
	}
	maps.Copy(names, now.values)
	for member := range names {
		if was.values[member] != now.values[member] {
			d.Settings = append(d.Settings, Setting{arn, strings.TrimSuffix(name+"."+member, "."), was.values[member], now.values[member]})
		}
	}
}

// coverage compares which listings AWS answered.
func (d *Diff) coverage(old, now *snapshot.Snapshot) {
	type listing struct{ operation, region string }
	states := func(s *snapshot.Snapshot) map[listing]snapshot.State {
		all := map[listing]snapshot.State{}
		for _, c := range s.Coverage {
			all[listing{c.Operation, c.Region}] = c.State
		}
		return all
	}
	before, after := states(old), states(now)
	names := maps.Clone(before)
	maps.Copy(names, after)
	for l := range names {
		was, is := before[l], after[l] // not_collected where there is no entry
		switch sight := (Sight{l.region, l.operation, was.String(), is.String()}); {
		case was.Answer() && !is.Answer():
			d.Unread = append(d.Unread, sight)
		case !was.Answer() && is.Answer():
			d.Read = append(d.Read, sight)
		}
	}
	for _, list := range [][]Sight{d.Unread, d.Read} {
		slices.SortFunc(list, func(x, y Sight) int { return cmp.Or(cmp.Compare(x.Resource, y.Resource), cmp.Compare(x.Name, y.Name)) })
	}
}
