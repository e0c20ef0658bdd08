package snapshot

import (
	"fmt"
	"strconv"
	"strings"
)

// validate holds a decoded snapshot to what the types cannot say.
func (s *Snapshot) validate() error {
	switch {
	case s.Schema != Schema:
		return &placed{"/schema", wrongSchema(s.Schema)}
	case !IsAccountID(s.Account.ID):
		return &placed{"/account/id", fmt.Sprintf("the account id has to be 12 digits, not %q", s.Account.ID)}
	case s.Account.Partition == "":
		return &placed{"/account/partition", "the partition is missing"}
	case s.CollectedAt.IsZero():
		return &placed{"/collected_at", "the time of the collection is missing"}
	}
	seen := map[[3]string]bool{}
	for i, c := range s.Coverage {
		at := "/coverage/" + strconv.Itoa(i)
		if c.Operation == "" || c.Service == "" {
			return &placed{at, "a coverage entry needs service and operation"}
		}
		what := [3]string{c.Operation, c.Region, c.Resource}
		if seen[what] {
			return &placed{at, "the listing has an entry already: two would leave open which one counts"}
		}
		seen[what] = true
	}
	for i, k := range s.Keys {
		if parts := strings.SplitN(k.ARN, ":", 6); len(parts) == 6 && (parts[3] != k.Region || parts[4] != s.Account.ID || parts[5] != "key/"+k.ID) {
			return &placed{"/keys/" + strconv.Itoa(i), "arn, id, region and the file's account do not fit together"}
		}
	}
	for i, b := range s.Buckets {
		if !strings.HasSuffix(b.ARN, ":::"+b.Name) {
			return &placed{"/buckets/" + strconv.Itoa(i), "arn and name do not fit together"}
		}
	}
	return firstError(
		named("users", s.Users, func(u User) string { return u.ARN }),
		named("groups", s.Groups, func(g Group) string { return g.ARN }),
		named("roles", s.Roles, func(r Role) string { return r.ARN }),
		named("managed_policies", s.ManagedPolicies, func(p ManagedPolicy) string { return p.ARN }),
		named("keys", s.Keys, func(k Key) string { return k.ARN }),
		named("aliases", s.Aliases, func(a Alias) string { return a.ARN }),
		named("buckets", s.Buckets, func(b Bucket) string { return b.ARN }),
		named("trails", s.Trails, func(t Trail) string { return t.ARN }),
		named("event_data_stores", s.EventDataStores, func(e EventDataStore) string { return e.ARN }),
		named("log_groups", s.LogGroups, func(l LogGroup) string { return l.ARN }),
		named("alarms", s.Alarms, func(a Alarm) string { return a.ARN }),
		named("event_rules", s.EventRules, func(e EventRule) string { return e.ARN }),
		named("analyzers", s.Analyzers, func(a Analyzer) string { return a.ARN }),
	)
}

// named wants every element of a list to have an ARN, and none to have that of
// another: two answers about one thing would leave open which one counts.
func named[T any](list string, elements []T, arn func(T) string) error {
	seen := make(map[string]int, len(elements))
	for i, element := range elements {
		name := arn(element)
		place := "/" + list + "/" + strconv.Itoa(i)
		if name == "" {
			return &placed{place, "the arn is missing"}
		}
		if first, twice := seen[name]; twice {
			return &placed{place, fmt.Sprintf("%s stands twice, first at /%s/%d", name, list, first)}
		}
		seen[name] = i
	}
	return nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
