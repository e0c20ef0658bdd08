package snapshot

import (
	"cmp"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Encode sorts the snapshot and writes it: indented, fields in fixed order, maps
// sorted by name. Equal snapshots give equal bytes.
func Encode(s *Snapshot) ([]byte, error) {
	s.Sort()
	text, err := json.Marshal(s, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		return nil, err
	}
	return append(text, '\n'), nil
}

// Sort puts every list into the order of the format.
func (s *Snapshot) Sort() {
	slices.Sort(s.Regions)
	slices.SortFunc(s.Sources, func(a, b Source) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.SHA256, b.SHA256))
	})
	slices.SortStableFunc(s.Coverage, func(a, b Coverage) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Region, b.Region),
			cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Resource, b.Resource))
	})
	by(s.Users, func(u User) string { return u.ARN })
	by(s.Groups, func(g Group) string { return g.ARN })
	by(s.Roles, func(r Role) string { return r.ARN })
	by(s.ManagedPolicies, func(p ManagedPolicy) string { return p.ARN })
	by(s.Keys, func(k Key) string { return k.ARN })
	by(s.Aliases, func(a Alias) string { return a.ARN })
	by(s.CustomKeyStores, func(c CustomKeyStore) string { return c.Region + "/" + c.ID })
	by(s.Buckets, func(b Bucket) string { return b.ARN })
	by(s.Trails, func(t Trail) string { return t.ARN })
	by(s.EventDataStores, func(e EventDataStore) string { return e.ARN })
	by(s.LogGroups, func(l LogGroup) string { return l.ARN })
	by(s.MetricFilters, func(m MetricFilter) string { return m.Region + "/" + m.LogGroup + "/" + m.Name })
	by(s.Alarms, func(a Alarm) string { return a.ARN })
	by(s.EventRules, func(e EventRule) string { return e.ARN })
	by(s.Analyzers, func(a Analyzer) string { return a.ARN })
	for _, k := range s.Keys {
		if k.Grants.Value != nil {
			by(*k.Grants.Value, func(g Grant) string { return g.ID })
		}
	}
	for _, b := range s.Buckets {
		by(b.Objects, func(o Object) string { return o.Key })
	}
}

func by[T any](list []T, key func(T) string) {
	slices.SortStableFunc(list, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
}
