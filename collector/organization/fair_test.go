package organization

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kmsaudit/kmsaudit/collector/awsfake"
)

// TestFair: no more accounts are under way at a time than there are workers, and one
// whose services hang, or that AWS throttles, costs the others none of their time.
func TestFair(t *testing.T) {
	const members, workers = 12, 3
	run := func(t *testing.T, slow bool) map[string]time.Duration {
		e := estate(t)
		unit := &e.Hub.Directory.Root.Units[0]
		unit.Accounts = nil
		for i := range members {
			id := fmt.Sprintf("1000000000%02d", i)
			unit.Accounts = append(unit.Accounts, awsfake.DirectoryAccount{ID: id})
			w := account(t, id)
			w.Latency = 40 * time.Millisecond
			e.Members[id] = w
			if slow && i == 0 {
				w.Faults = []*awsfake.Fault{{Service: "kms", Effect: awsfake.Hang()}, {Service: "s3", Effect: awsfake.Throttle(0)}}
			}
		}
		ended, underWay, most, before := map[string]time.Duration{}, 0, 0, 0
		began := time.Now()
		_, err := collect(t.Context(), t, e, t.TempDir(), func(p *Plan) {
			p.Workers = workers
			p.Progress = func(progress Progress) {
				if progress.Last == "" {
					return
				}
				if progress.Ended == before {
					underWay++
					most = max(most, underWay)
					return
				}
				before = progress.Ended
				underWay--
				ended[progress.Last] = time.Since(began)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if most != workers || len(ended) != members+2 {
			t.Errorf("%d accounts at a time, %d ended", most, len(ended))
		}
		return ended
	}
	var healthy, slow map[string]time.Duration
	synctest.Test(t, func(t *testing.T) { healthy = run(t, false) })
	synctest.Test(t, func(t *testing.T) { slow = run(t, true) })
	last := func(ended map[string]time.Duration) (most time.Duration) {
		for id, at := range ended {
			if id != "100000000000" {
				most = max(most, at)
			}
		}
		return most
	}
	t.Logf("the slow account %v, the others %v, and %v without it", slow["100000000000"], last(slow), last(healthy))
	if slow["100000000000"] < 10*last(healthy) {
		t.Fatal("the slow account is not slow")
	}
	// One of three workers is busy with it.
	if last(slow) > 2*last(healthy) {
		t.Errorf("the others end after %v, and after %v without a slow account", last(slow), last(healthy))
	}
}
