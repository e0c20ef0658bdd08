package collector_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsaudit/kmsaudit/collector"
)

// choices are what can be chosen of a collection.
func choices() map[string]collector.Options {
	regions := []string{"eu-west-1", "us-east-1"}
	return map[string]collector.Options{
		"settings": {},
		"regions":  {Regions: regions},
		"named":    {Objects: map[string][]string{"alpha": {"d", "missing"}, "beta": {}}},
		"copies":   {Objects: map[string][]string{"alpha": {"d"}}, Copies: []string{"d", "secret"}},
		"sample":   {SampleObjects: 2},
		"usage":    {LastUsage: true},
		"all":      {Objects: map[string][]string{"alpha": {"d"}}, Copies: []string{"d"}, SampleObjects: 2, Regions: regions, LastUsage: true},
	}
}

// TestPermissionsAreThoseUsed: what a collection may do is what it does, whatever
// is chosen, and no object or bucket beyond those that were told.
func TestPermissionsAreThoseUsed(t *testing.T) {
	for name, opt := range choices() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := wide(t)
				w.Buckets[1].Listed = "-" // one that has to be located
				if _, err := collector.Collect(t.Context(), w.Config(), opt); err != nil {
					t.Fatal(err)
				}
				allowed := map[string][]string{}
				for _, p := range opt.Permissions() {
					allowed[p.Action] = p.Resources
				}
				used := map[string]bool{}
				for call := range w.Calls() {
					action, known := collector.ActionOf(call.Service, call.Operation)
					if !known {
						t.Errorf("%s %s is not in the table", call.Service, call.Operation)
					}
					if action == "sts:GetCallerIdentity" {
						continue
					}
					used[action] = true
					patterns, ok := allowed[action]
					if !ok || patterns != nil && !covered(patterns, call.Resource) {
						t.Errorf("%s on %q is not among the permissions, %v", action, call.Resource, patterns)
					}
				}
				if used["s3:GetObject"] {
					used["s3:ListBucket"] = true // so that S3 says "not there" and not "forbidden"
				}
				if diff := cmp.Diff(slices.Sorted(maps.Keys(used)), slices.Sorted(maps.Keys(allowed))); diff != "" {
					t.Errorf("other permissions than used (-used +allowed):\n%s", diff)
				}
			})
		})
	}
}

// covered says whether one of the patterns matches.
func covered(patterns []string, resource string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		expression := "^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + "$"
		return regexp.MustCompile(expression).MatchString(resource)
	})
}

func TestPermissionsOnlyRead(t *testing.T) {
	list := choices()["all"].Permissions()
	if !slices.IsSortedFunc(list, func(a, b collector.Permission) int { return strings.Compare(a.Action, b.Action) }) {
		t.Error("they are not sorted")
	}
	for _, p := range list {
		_, verb, _ := strings.Cut(p.Action, ":")
		if !strings.HasPrefix(verb, "Get") && !strings.HasPrefix(verb, "List") && !strings.HasPrefix(verb, "Describe") {
			t.Errorf("%s does not look as if it only reads", p.Action)
		}
	}
}

// TestPermissionsAreLiteral: the name of an object is no pattern.
func TestPermissionsAreLiteral(t *testing.T) {
	opt := collector.Options{Objects: map[string][]string{"b": {"a*?$.csv", "c", "ü日\x01"}}, Copies: []string{"c"}}
	for _, p := range opt.Permissions() {
		if p.Action != "s3:GetObject" {
			continue
		}
		if diff := cmp.Diff([]string{"*/c", "b/a${*}${?}${$}.csv", "b/ü**"}, p.Resources); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}
