package collector_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/awsfake"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// TestInterrupted stops a run after each of its calls: what comes out is a valid
// snapshot that says so and claims nothing that is not true.
func TestInterrupted(t *testing.T) {
	synctest.Test(t, interrupted)
}

func interrupted(t *testing.T) {
	whole := readings(t, collect(t, wide(t)))
	for stop := 1; ; stop++ {
		ctx, cancel := context.WithCancel(t.Context())
		opt := wideOptions()
		opt.Progress = func(p collector.Progress) {
			if p.Calls == stop {
				cancel()
			}
		}
		w := wide(t)
		s, err := collector.Collect(ctx, w.Config(), opt)
		stopped := ctx.Err() != nil
		cancel()
		switch {
		case err != nil && stop == 1: // the account is known only after the first call
			if !errors.Is(err, context.Canceled) {
				t.Errorf("the error is %v", err)
			}
			continue
		case err != nil:
			t.Fatalf("stopped after %d calls: %v", stop, err)
		case s.Interrupted != stopped:
			t.Errorf("stopped after %d calls: interrupted is %v", stop, s.Interrupted)
		case stopped && collector.Complete(s):
			t.Errorf("stopped after %d calls: the snapshot counts as complete", stop)
		}
		if !stopped {
			return
		}
		trustworthy(t, whole, s)
	}
}

// TestInterruptedWhileWaiting: a run that waits for AWS stops at once.
func TestInterruptedWhileWaiting(t *testing.T) {
	for name, effect := range map[string]awsfake.Effect{"hang": awsfake.Hang(), "throttle": awsfake.Throttle(0), "reset": awsfake.Reset()} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := wide(t)
				w.Faults = []*awsfake.Fault{{Service: "kms", Effect: effect}}
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				began := time.Now()
				s, err := collector.Collect(ctx, w.Config(), wideOptions())
				if err != nil || !s.Interrupted || time.Since(began) != 10*time.Second {
					t.Errorf("after %v: %v", time.Since(began), err)
				}
				if len(s.Buckets) != 3 || len(s.Roles) != 2 {
					t.Error("what was read before is lost")
				}
			})
		})
	}
}

// TestDeadService: a service that never answers costs a bounded time, whatever
// the number of its resources, and nothing of the other services.
func TestDeadService(t *testing.T) {
	for name, effect := range map[string]awsfake.Effect{
		"hang": awsfake.Hang(), "reset": awsfake.Reset(), "html": awsfake.HTML(503), "throttle": awsfake.Throttle(0),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := wide(t)
				w.PageSize = 0
				for i := range 400 {
					w.Keys = append(w.Keys, awsfake.Key{ID: fmt.Sprintf("n%d", i), Region: "us-east-1", Created: day})
				}
				// It dies after the listings, which is the worst time.
				w.Faults = []*awsfake.Fault{}
				for _, operation := range []string{"DescribeKey", "GetKeyPolicy", "ListGrants", "GetKeyRotationStatus", "ListKeyRotations", "ListResourceTags"} {
					w.Faults = append(w.Faults, &awsfake.Fault{Service: "kms", Operation: operation, After: 3, Effect: effect})
				}
				began := time.Now()
				s := collect(t, w)
				if took := time.Since(began); took > 20*time.Minute {
					t.Errorf("the run took %v", took)
				}
				if len(s.Keys) != 407 || len(s.Buckets) != 3 || len(s.Roles) != 2 {
					t.Errorf("%d keys, %d buckets, %d roles", len(s.Keys), len(s.Buckets), len(s.Roles))
				}
				unread := 0
				for _, k := range s.Keys {
					if k.Policy.State == snapshot.Failed {
						unread++
					}
				}
				if unread < 390 {
					t.Errorf("only %d policies are unread", unread)
				}
			})
		})
	}
}

// everything but the service that says who asks.
var everything = []string{
	"iam", "kms", "s3", "account", "organizations", "cloudtrail", "logs", "monitoring", "events", "access-analyzer",
}

const (
	trailLocal   = "arn:aws:cloudtrail:us-east-1:111122223333:trail/local"
	eventStoreS1 = "arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/s1"
)

// TestDeadEndpoint: nothing answers at all.
func TestDeadEndpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := wide(t)
		for _, service := range everything {
			w.Faults = append(w.Faults, &awsfake.Fault{Service: service, Effect: awsfake.Hang()})
		}
		began := time.Now()
		s, err := collector.Collect(t.Context(), w.Config(), wideOptions())
		if s != nil || err == nil || !strings.Contains(err.Error(), "nothing could be read") {
			t.Errorf("got %v, %v", s, err)
		}
		if took := time.Since(began); took > 15*time.Minute {
			t.Errorf("the run took %v", took)
		}
	})
}

// TestUnreachable: a host that is not there is given up on soon, one that has been
// there is waited for.
func TestUnreachable(t *testing.T) {
	tests := map[string]struct {
		fault   awsfake.Fault
		whole   bool // it was only a while
		most    time.Duration
		message string
	}{
		"nowhere":          {awsfake.Fault{Effect: awsfake.Refused()}, false, 20 * time.Second, "connection refused"},
		"no name":          {awsfake.Fault{Effect: awsfake.NoHost()}, false, 20 * time.Second, "no such host"},
		"in a while":       {awsfake.Fault{Times: 3, Effect: awsfake.Refused()}, true, 20 * time.Second, ""},
		"gone for a while": {awsfake.Fault{Service: "kms", Region: "us-east-1", After: 10, Lasting: 5 * time.Second, Effect: awsfake.Refused()}, true, time.Minute, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := wide(t)
				w.Faults = []*awsfake.Fault{&test.fault}
				began := time.Now()
				s, err := collector.Collect(t.Context(), w.Config(), wideOptions())
				if took := time.Since(began); took > test.most {
					t.Errorf("the run took %v", took)
				}
				switch {
				case test.whole && (err != nil || len(collector.Gaps(s)) > 1): // an object under SSE-C is one
					t.Errorf("%v, gaps %+v", err, collector.Gaps(s))
				case !test.whole && (err == nil || !strings.Contains(err.Error(), test.message)):
					t.Errorf("the error is %v", err)
				}
			})
		})
	}
}

// TestWideThrottling: sixty keys whose every call is throttled three times over
// are all read; the SDK's own retry quota would give up on most.
func TestWideThrottling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := awsfake.Reference()
		w.T = t
		for i := range 60 {
			id := fmt.Sprintf("n%d", i)
			w.Keys = append(w.Keys, awsfake.Key{ID: id, Region: awsfake.ReferenceRegion, Created: day})
			w.Faults = append(w.Faults, &awsfake.Fault{Service: "kms", Resource: w.KeyARN(awsfake.ReferenceRegion, id), Times: 3, Effect: awsfake.Throttle(0)})
		}
		s, err := collector.Collect(t.Context(), w.Config(), referenceOptions())
		if err != nil || !collector.Complete(s) || len(s.Keys) != 61 {
			t.Errorf("%v, gaps: %+v", err, collector.Gaps(s))
		}
	})
}

// TestExpiredHalfWay: credentials that expire while the run goes on leave what
// was read before, and end it soon.
func TestExpiredHalfWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		whole := readings(t, collect(t, wide(t)))
		for after := range 90 {
			w := wide(t)
			w.Faults = []*awsfake.Fault{{After: after + 1, Effect: awsfake.ExpiredToken()}}
			began := time.Now()
			s, err := collector.Collect(t.Context(), w.Config(), wideOptions())
			if time.Since(began) > time.Minute {
				t.Errorf("the run took %v", time.Since(began))
			}
			if err == nil {
				trustworthy(t, whole, s)
			}
		}
	})
}

// TestDeleted: what is deleted between the listing and the reading is not in the
// snapshot, is noted, and is no gap.
func TestDeleted(t *testing.T) {
	tests := []struct{ service, op, on, arn string }{
		{"kms", "DescribeKey", keyK1, keyK1},
		{"kms", "GetKeyPolicy", keyK1, keyK1},
		{"kms", "ListGrants", keyK1, keyK1},
		{"kms", "GetKeyRotationStatus", keyK1, keyK1},
		{"kms", "ListKeyRotations", keyK1, keyK1},
		{"kms", "ListResourceTags", keyK1, keyK1},
		{"s3", "GetBucketEncryption", "alpha", "arn:aws:s3:::alpha"},
		{"s3", "GetBucketPolicy", "alpha", "arn:aws:s3:::alpha"},
		{"s3", "GetBucketVersioning", "alpha", "arn:aws:s3:::alpha"},
		{"s3", "ListObjectsV2", "alpha", "arn:aws:s3:::alpha"},
		{"s3", "GetBucketReplication", "alpha", "arn:aws:s3:::alpha"},
		{"s3", "GetBucketLogging", "alpha", "arn:aws:s3:::alpha"},
		{"s3", "ListBucketInventoryConfigurations", "alpha", "arn:aws:s3:::alpha"},
		{"kms", "GetKeyLastUsage", keyK1, keyK1},
		{"cloudtrail", "GetTrailStatus", trailLocal, trailLocal},
		{"cloudtrail", "GetEventSelectors", trailLocal, trailLocal},
		{"cloudtrail", "GetEventDataStore", eventStoreS1, eventStoreS1},
		{"events", "ListTargetsByRule", "all", "arn:aws:events:us-east-1:111122223333:rule/all"},
	}
	whole := map[string]string{}
	synctest.Test(t, func(t *testing.T) { whole = readings(t, collect(t, wide(t))) })
	for _, test := range tests {
		t.Run(test.op, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { deleted(t, whole, test.service, test.op, test.on, test.arn) })
		})
	}
}

func deleted(t *testing.T, whole map[string]string, service, op, on, arn string) {
	w := wide(t)
	w.Faults = []*awsfake.Fault{{Service: service, Operation: op, Resource: on, Effect: awsfake.Deleted()}}
	s := collect(t, w)
	trustworthy(t, whole, s)
	noted := 0
	for _, c := range s.Coverage {
		if c.State == snapshot.Gone && c.Resource == arn {
			noted++
		}
	}
	got := readings(t, s)
	if noted != 1 || len(changed(whole, got)) == 0 {
		t.Errorf("noted %d times", noted)
	}
	for place := range changed(whole, got) {
		if !strings.Contains(place, arn) {
			t.Errorf("%s changed too", place)
		}
	}
	for place := range got {
		if strings.HasPrefix(place, "/keys/"+arn) || strings.HasPrefix(place, "/buckets/"+arn+"|") {
			t.Errorf("%s is still there", place)
		}
	}
}
