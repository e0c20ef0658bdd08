package access

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// TestReachFinderAgrees: a finder that has met other statements says what a new one
// does.
func TestReachFinderAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		regions := rapid.SampledFrom([][]string{nil, {"us-east-1"}, {"us-east-1", "eu-west-1"}}).Draw(t, "regions")
		f := NewReachFinder("aws", thisAccount, regions)
		for range 3 {
			doc, _ := snapshot.PolicyOf(document(statements(drawList(t, "statements", 1, 4, drawIdentity)...)))
			for i := range doc.Statements {
				got, want := f.Of(doc, i), ReachOf(doc, i, "aws", thisAccount, regions)
				if !reflect.DeepEqual(got, want) {
					t.Fatalf("%+v: %+v, by itself %+v", doc.Statements[i], got, want)
				}
			}
		}
	})
}
