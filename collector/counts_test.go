package collector_test

import (
	"maps"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/awsfake"
)

// asItShould holds a world that was collected without faults to the calls that
// the table says, each of them made once.
func asItShould(t *testing.T, w *awsfake.World, opt collector.Options) {
	t.Helper()
	made := map[[2]string]int{}
	for call, times := range w.Calls() {
		made[[2]string{call.Service, call.Operation}] += times
		if times != 1 {
			t.Errorf("%+v was asked %d times", call, times)
		}
	}
	if diff := cmp.Diff(model{w, opt}.expected(), made); diff != "" {
		t.Errorf("other calls than the table says (-table +made):\n%s", diff)
	}
}

// TestCallsOfReference holds the collector to exactly the calls that the
// reference account needs.
func TestCallsOfReference(t *testing.T) {
	w := awsfake.Reference()
	w.T = t
	if _, err := collector.Collect(t.Context(), w.Config(), referenceOptions()); err != nil {
		t.Fatal(err)
	}
	asItShould(t, w, referenceOptions())
	// And the table to what it says in words: 5 for the account, 7 for the Region, 6
	// for the key, 10 for each bucket with its object.
	calls := slices.Collect(maps.Values(w.Calls()))
	if want := 5 + 7 + 6 + 2*10; len(calls) != want {
		t.Errorf("%d calls, not %d", len(calls), want)
	}
}

// TestNothingIsAskedTwice: no page of anything is asked for twice in a world
// without faults, and every call of the table is used.
func TestNothingIsAskedTwice(t *testing.T) {
	synctest.Test(t, nothingIsAskedTwice)
}

func nothingIsAskedTwice(t *testing.T) {
	w := wide(t)
	w.Buckets[1].Listed = "-" // one that has to be located
	collect(t, w)
	asItShould(t, w, wideOptions())
	for _, c := range collector.Calls() {
		if w.Count(c.Service, c.Operation) == 0 {
			t.Errorf("%s %s was never asked", c.Service, c.Operation)
		}
	}
	// By metadata, k2, k4 and k7 cannot rotate; k3 is about to go; k5 is AWS's. Pages
	// hold two.
	for operation, want := range map[string]int{
		"GetBucketAcl": 3, "DescribeKey": 7, "GetKeyPolicy": 6, "ListGrants": 7, "GetKeyRotationStatus": 3, "ListKeyRotations": 3, "ListResourceTags": 7,
		"ListKeys": 4, "GetAccountAuthorizationDetails": 4, "ListPoliciesForTarget": 7, "DescribePolicy": 3, "HeadObject": 4,
		"DescribeTrails": 2, "DescribeAlarms": 2, "ListTargetsByRule": 4, "ListBucketInventoryConfigurations": 4,
	} {
		got := 0
		for call := range w.Calls() {
			if call.Operation == operation {
				got++
			}
		}
		if got != want {
			t.Errorf("%s was asked %d times, not %d", operation, got, want)
		}
	}
}
