package collector_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/awsfake"
)

// worlds is how many different accounts meet random faults.
const worlds = 200

// drawn is a part of the wide world, with keys in any state and pages of any size.
func drawn(t testing.TB, seed uint64) *awsfake.World {
	random := rand.New(rand.NewPCG(seed, 2))
	w := wide(t)
	w.PageSize = 1 + random.IntN(5)
	w.Users, w.Roles, w.Keys, w.Aliases = some(random, w.Users), some(random, w.Roles), some(random, w.Keys), some(random, w.Aliases)
	w.Stores, w.Buckets, w.Trails, w.EventStores = some(random, w.Stores), some(random, w.Buckets), some(random, w.Trails), some(random, w.EventStores)
	w.LogGroups, w.Filters, w.Alarms = some(random, w.LogGroups), some(random, w.Filters), some(random, w.Alarms)
	w.EventRules, w.Analyzers = some(random, w.EventRules), some(random, w.Analyzers)
	if random.IntN(4) == 0 {
		w.Organization = nil
	}
	states := []string{"Enabled", "Disabled", "Creating", "Updating", "Unavailable", "PendingDeletion"}
	for i := range w.Keys {
		if k := &w.Keys[i]; k.State == "" && random.IntN(3) == 0 {
			k.State = states[random.IntN(len(states))]
		}
	}
	return w
}

// some drops elements of a list, each with a chance of one in three.
func some[T any](random *rand.Rand, list []T) []T {
	return slices.DeleteFunc(list, func(T) bool { return random.IntN(3) == 0 })
}

// faults adds random ones.
func faults(w *awsfake.World, calls []awsfake.Call, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 1))
	effects := []func() awsfake.Effect{
		awsfake.Denied, awsfake.Hang, awsfake.Reset, awsfake.Broken, awsfake.Cut, awsfake.ForeignXML, awsfake.ForeignJSON,
		awsfake.NoMarker, awsfake.SameMarker, awsfake.EmptyPage, awsfake.ExpiredToken,
		func() awsfake.Effect { return awsfake.Throttle(0) },
		func() awsfake.Effect { return awsfake.Throttle(3 * time.Second) },
		func() awsfake.Effect { return awsfake.HTML(500) },
		func() awsfake.Effect { return awsfake.HTML(200) },
		func() awsfake.Effect { return awsfake.HTML(404) },
		func() awsfake.Effect { return awsfake.Trickle(time.Minute) },
		func() awsfake.Effect { return awsfake.Error(400, "SomethingNew") },
		func() awsfake.Effect { return awsfake.Error(409, "NoSuchKey") },
	}
	for range 1 + random.IntN(12) {
		call := calls[random.IntN(len(calls))]
		fault := &awsfake.Fault{Service: call.Service, After: random.IntN(3), Times: random.IntN(4), Effect: effects[random.IntN(len(effects))]()}
		if random.IntN(4) > 0 {
			fault.Operation = call.Operation
		}
		if random.IntN(2) > 0 {
			fault.Resource, fault.Region = call.Resource, call.Region
		}
		w.Faults = append(w.Faults, fault)
	}
}

// TestRandomFaults: whatever account it is and whatever goes wrong, a run ends, and
// everything it says is either right or marked as not known. When the faults are
// over, going on with it finds out the rest.
func TestRandomFaults(t *testing.T) {
	n := uint64(worlds)
	if raceDetector {
		n = 20
	}
	for seed := range n {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				base := drawn(t, seed)
				truth := collect(t, base)
				whole := readings(t, truth)
				var calls []awsfake.Call
				for call := range base.Calls() {
					if call.Service != "sts" {
						calls = append(calls, call)
					}
				}
				slices.SortFunc(calls, func(a, b awsfake.Call) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
				w := drawn(t, seed)
				faults(w, calls, seed)
				began := time.Now()
				s, err := collector.Collect(t.Context(), w.Config(), wideOptions())
				if took := time.Since(began); took > 30*time.Minute {
					t.Errorf("the run took %v", took)
				}
				if err != nil {
					return // nothing could be read
				}
				trustworthy(t, whole, s)
				if after := goneOn(t, drawn(t, seed), s, wideOptions()); encoded(t, after) != encoded(t, truth) {
					t.Errorf("gone on with, it is something else: %v", changed(whole, readings(t, after)))
				}
			})
		})
	}
}
