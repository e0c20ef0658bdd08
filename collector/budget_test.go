package collector_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/awsfake"
)

// meter notes when requests arrive that have the lowest quota, for each.
type meter struct {
	next http.RoundTripper
	mu   sync.Mutex
	at   map[string][]time.Time
}

func (m *meter) RoundTrip(r *http.Request) (*http.Response, error) {
	if target := r.Header.Get("X-Amz-Target"); target == "TrentService.ListGrants" || target == "TrentService.ListKeyRotations" {
		m.mu.Lock()
		m.at[target] = append(m.at[target], time.Now())
		m.mu.Unlock()
	}
	return m.next.RoundTrip(r)
}

// TestBudget holds a collection of a larger account to the number of calls that
// it needs, to AWS's quota for ListGrants and ListKeyRotations, which is the lowest,
// and to one and a half times the time that quota and latency leave. The time is virtual.
func TestBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const keys, buckets, roles = 300, 100, 200
		w := &awsfake.World{
			T: t, Account: account, Caller: "arn:aws:iam::111122223333:user/auditor",
			Regions: []string{"us-east-1", "eu-west-1"}, Latency: 40 * time.Millisecond,
		}
		for i := range keys {
			w.Keys = append(w.Keys, awsfake.Key{ID: fmt.Sprintf("k%d", i), Region: "us-east-1"})
		}
		for i := range buckets {
			w.Buckets = append(w.Buckets, awsfake.Bucket{Name: fmt.Sprintf("b%d", i), Region: "us-east-1"})
		}
		for i := range roles {
			w.Roles = append(w.Roles, awsfake.Role{Name: fmt.Sprintf("r%d", i), ID: "AROA1", Trust: allow("sts:AssumeRole")})
		}
		cfg := w.Config()
		m := &meter{next: w, at: map[string][]time.Time{}}
		cfg.HTTPClient = &http.Client{Transport: m}
		began := time.Now()
		s, err := collector.Collect(t.Context(), cfg, collector.Options{})
		took := time.Since(began)
		if err != nil || !collector.Complete(s) {
			t.Fatalf("%v, gaps %+v", err, collector.Gaps(s))
		}

		asItShould(t, w, collector.Options{})
		calls := len(w.Calls())
		floor := max(keys*time.Second/100, time.Duration(calls)*w.Latency/16)
		if took > floor*3/2 {
			t.Errorf("it took %v; quota and latency leave %v", took, floor)
		}
		for target, at := range m.at {
			for i := range at {
				if i+100 < len(at) && at[i+100].Sub(at[i]) < time.Second {
					t.Fatalf("more than 100 %s within a second, from the %dth on", target, i)
				}
			}
		}
		if len(m.at) != 2 {
			t.Errorf("%d operations of the lowest quota were seen", len(m.at))
		}
	})
}
