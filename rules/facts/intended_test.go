package facts

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestIntendedAgrees: what the requirements say of a bucket and of an object's key is
// found as by going through all of them.
func TestIntendedAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SampledFrom([]string{"a", "b", "c"})
		var intent Intent
		for range rapid.IntRange(0, 4).Draw(t, "requirements") {
			r := Requirement{Key: rapid.SampledFrom([]string{"", "k1", "k2"}).Draw(t, "key")}
			for range rapid.IntRange(0, 3).Draw(t, "buckets") {
				r.Buckets = append(r.Buckets, RequiredBucket{Name: names.Draw(t, "name"), Objects: rapid.SliceOfN(names, 0, 3).Draw(t, "objects")})
			}
			intent.Requirements = append(intent.Requirements, r)
		}
		b := &builder{intent: intent}
		for _, name := range []string{"a", "b", "c"} {
			var ofBucket, ofObject []string
			for _, r := range intent.Requirements {
				for _, bucket := range r.Buckets {
					if bucket.Name == name {
						ofBucket = append(ofBucket, bucket.Name+r.Key)
					}
					if slices.Contains(bucket.Objects, name) {
						ofObject = append(ofObject, bucket.Name+r.Key)
					}
				}
			}
			said := func(list []requiredBucket) (texts []string) {
				for _, one := range list {
					texts = append(texts, one.Name+one.key)
				}
				return texts
			}
			if !slices.Equal(said(b.intended().buckets[name]), ofBucket) || !slices.Equal(said(b.intended().objects[name]), ofObject) {
				t.Fatalf("%s: %+v, want %v and %v", name, b.intended(), ofBucket, ofObject)
			}
		}
	})
}
