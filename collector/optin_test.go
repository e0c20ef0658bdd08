package collector_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/awsfake"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// TestRegionOff: a Region that is listed and switched off, in every way in which
// that shows, is not known, in a bounded time; the other Region is read whole.
func TestRegionOff(t *testing.T) {
	for name, effect := range map[string]awsfake.Effect{
		"credentials unknown there": awsfake.Error(400, "UnrecognizedClientException"), "token unknown there": awsfake.Error(403, "InvalidClientTokenId"),
		"no such host": awsfake.NoHost(), "nothing listens": awsfake.Refused(), "no answer": awsfake.Hang(),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := wide(t)
				w.Buckets, w.Trails = nil, nil // which are read wherever they are
				w.Faults = []*awsfake.Fault{{Region: "eu-west-1", Effect: effect}}
				began := time.Now()
				s := collect(t, w)
				if took := time.Since(began); took > 5*time.Minute {
					t.Errorf("the run took %v", took)
				}
				for _, operation := range []string{
					"kms:ListKeys", "kms:ListAliases", "kms:DescribeCustomKeyStores", "cloudtrail:ListEventDataStores",
					"logs:DescribeLogGroups", "events:ListRules", "access-analyzer:ListAnalyzers",
				} {
					off, _ := s.Listed(operation, "eu-west-1")
					on, _ := s.Listed(operation, "us-east-1")
					if off.State != snapshot.Failed || off.Code == "" || on.State != snapshot.OK {
						t.Errorf("%s: %+v, and %+v", operation, off, on)
					}
				}
				for _, g := range collector.Gaps(s) {
					if g.Region != "eu-west-1" && g.Resource != "arn:aws:cloudtrail:eu-west-1:111122223333:eventdatastore/s2" {
						t.Errorf("a gap in the other Region: %+v", g)
					}
				}
			})
		})
	}
}

// TestExpiredIsGivenUp: when the credentials have expired, AWS is not asked for
// every key all the same.
func TestExpiredIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := account17(t, 1, 500, 1)
		w.Faults = []*awsfake.Fault{{After: 300, Effect: awsfake.ExpiredToken()}}
		s, err := collector.Collect(t.Context(), w.Config(), collector.Options{Regions: []string{"us-east-1"}})
		if err != nil || collector.Complete(s) || len(s.Keys) != 500 {
			t.Fatalf("%v, %d keys", err, len(s.Keys))
		}
		if calls := len(w.Calls()); calls > 300+100 {
			t.Errorf("%d calls", calls)
		}
	})
}
