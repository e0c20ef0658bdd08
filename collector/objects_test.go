package collector_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/awsfake"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// met are the objects of a snapshot and what came of asking about them.
func met(s *snapshot.Snapshot) []string {
	var found []string
	for _, b := range s.Buckets {
		for _, o := range b.Objects {
			line := fmt.Sprintf("%s/%s %v", b.Name, o.Key, o.Head.State)
			if o.Sampled {
				line += " sampled"
			}
			found = append(found, line)
		}
	}
	return found
}

// TestCopies looks for objects in every bucket: found ones are there as if they
// had been named, absent ones are not, and what was refused is not known.
func TestCopies(t *testing.T) {
	object := func(key string) awsfake.Object { return awsfake.Object{Key: key, Algorithm: "AES256", Modified: day} }
	world := func() *awsfake.World {
		w := small(t)
		w.Buckets = []awsfake.Bucket{
			{Name: "a", Region: "us-east-1", Objects: []awsfake.Object{object("other"), object("secret")}},
			{Name: "b", Region: "eu-west-1", Objects: []awsfake.Object{object("secret")}},
			{Name: "c", Region: "us-east-1"},
		}
		return w
	}
	named := map[string][]string{"a": {"secret", "missing"}}
	tests := []struct {
		name   string
		fault  *awsfake.Fault
		opt    collector.Options
		want   []string
		heads  int
		noGaps bool
	}{
		{
			name: "not asked for", opt: collector.Options{Objects: named}, heads: 2, noGaps: true,
			want: []string{"a/missing absent", "a/secret ok"},
		},
		{
			// What a bucket was named for stays there, absent or not.
			name: "found", opt: collector.Options{Objects: named, Copies: []string{"secret", "missing", "secret", ""}}, heads: 6, noGaps: true,
			want: []string{"a/missing absent", "a/secret ok", "b/secret ok"},
		},
		{
			name: "sampled too", opt: collector.Options{Copies: []string{"secret"}, SampleObjects: 5}, heads: 4, noGaps: true,
			want: []string{"a/other ok sampled", "a/secret ok", "b/secret ok"},
		},
		{
			name: "denied", opt: collector.Options{Copies: []string{"secret"}}, heads: 3,
			fault: &awsfake.Fault{Operation: "HeadObject", Resource: "c/secret", Effect: awsfake.Denied()},
			want:  []string{"a/secret ok", "b/secret ok", "c/secret denied"},
		},
		{
			name: "failed", opt: collector.Options{Copies: []string{"secret"}}, heads: 3,
			fault: &awsfake.Fault{Operation: "HeadObject", Resource: "c/secret", Effect: awsfake.HTML(404)},
			want:  []string{"a/secret ok", "b/secret ok", "c/secret failed"},
		},
		{
			name: "bucket gone", opt: collector.Options{Copies: []string{"secret"}}, heads: 2, noGaps: true,
			fault: &awsfake.Fault{Operation: "GetBucketPolicy", Resource: "c", Effect: awsfake.Deleted()},
			want:  []string{"a/secret ok", "b/secret ok"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := world()
			if test.fault != nil {
				w.Faults = []*awsfake.Fault{test.fault}
			}
			s := run(t, w, test.opt)
			if diff := cmp.Diff(test.want, met(s)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got := w.Count("s3", "HeadObject"); got != test.heads {
				t.Errorf("HeadObject was asked %d times, not %d", got, test.heads)
			}
			if collector.Complete(s) != test.noGaps {
				t.Errorf("gaps: %+v", collector.Gaps(s))
			}
			if !test.noGaps && !slices.ContainsFunc(collector.Gaps(s), func(g collector.Gap) bool {
				return strings.HasSuffix(g.Resource, "c/secret") && g.Operation == "s3:GetObject"
			}) {
				t.Errorf("the gaps do not name the copy: %+v", collector.Gaps(s))
			}
		})
	}
}
