package collector_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/awsfake"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

func sampled(s *snapshot.Snapshot) []string {
	var keys []string
	for _, o := range s.Buckets[0].Objects {
		if o.Sampled {
			keys = append(keys, o.Key)
		}
	}
	return keys
}

// TestSample draws from buckets of all sizes: as many as asked for, the same for
// the same seed, from all over the bucket, in a bounded number of calls.
func TestSample(t *testing.T) {
	for _, n := range []int{0, 1, 20, 21, 1000, 5000} {
		t.Run(fmt.Sprint(n, " objects"), func(t *testing.T) {
			draw := func(seed int64) ([]string, snapshot.Sample, *awsfake.World) {
				w := small(t)
				for i := range n {
					w.Buckets[0].Objects = append(w.Buckets[0].Objects, awsfake.Object{Key: fmt.Sprintf("%c/%05d", 'a'+i*26/n, i), Algorithm: "AES256", Modified: day})
				}
				s := run(t, w, collector.Options{SampleObjects: 20, Seed: seed})
				sample, ok := s.Buckets[0].Sample.Get()
				if !ok || !collector.Complete(s) {
					t.Fatalf("%+v", s.Buckets[0].Sample)
				}
				return sampled(s), sample, w
			}
			keys, sample, w := draw(1)
			if len(keys) != min(n, 20) || sample.Drawn != len(keys) || sample.Asked != 20 || sample.Seed != 1 || sample.Whole != (n <= 20) {
				t.Errorf("%d keys, %+v", len(keys), sample)
			}
			if again, _, _ := draw(1); !slices.Equal(keys, again) {
				t.Errorf("the same seed drew %v and %v", keys, again)
			}
			if other, _, _ := draw(2); n > 20 && slices.Equal(keys, other) {
				t.Error("another seed drew the same")
			}
			if n == 5000 && keys[len(keys)-1][0]-keys[0][0] < 8 {
				t.Errorf("the sample is not spread: %v", keys)
			}
			if got := w.Count("s3", "ListObjectsV2"); got > 9 {
				t.Errorf("%d listings", got)
			}
		})
	}
}

// TestSampleFaults: a sample that cannot be drawn is not known; named objects are
// read all the same.
func TestSampleFaults(t *testing.T) {
	w := small(t)
	w.Buckets[0].Objects = []awsfake.Object{{Key: "a", Algorithm: "AES256", Modified: day}, {Key: "b", Algorithm: "AES256", Modified: day}}
	w.Faults = []*awsfake.Fault{{Operation: "ListObjectsV2", Effect: awsfake.Denied()}}
	s := run(t, w, collector.Options{SampleObjects: 5, Objects: map[string][]string{"b": {"a", "a", ""}}})
	if got := s.Buckets[0].Sample; got.State != snapshot.Denied || got.Operation != "s3:ListBucket" {
		t.Errorf("the sample is %+v", got)
	}
	if got := s.Buckets[0].Objects; len(got) != 1 || got[0].Key != "a" || got[0].Sampled || got[0].Head.State != snapshot.OK {
		t.Errorf("the objects are %+v", got)
	}
	// One that vanishes between the listing and the reading is noted as gone.
	w = small(t)
	w.Buckets[0].Objects = []awsfake.Object{{Key: "a", Algorithm: "AES256", Modified: day}, {Key: "b", Algorithm: "AES256", Modified: day}}
	w.Faults = []*awsfake.Fault{{Operation: "HeadObject", Resource: "b/b", Effect: awsfake.Error(404, "NoSuchKey")}}
	s = run(t, w, collector.Options{SampleObjects: 5})
	gone := slices.ContainsFunc(s.Coverage, func(c snapshot.Coverage) bool {
		return c.State == snapshot.Gone && c.Resource == "arn:aws:s3:::b/b"
	})
	if !gone || !slices.Equal(sampled(s), []string{"a"}) || !collector.Complete(s) {
		t.Errorf("%v, %+v", sampled(s), s.Coverage)
	}
}
