package collector_test

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/awsfake"
)

// latency is how long an answer of AWS takes, and inFlight how many calls are
// under way at a time.
const (
	latency  = 40 * time.Millisecond
	inFlight = 16
)

// account17 is an account in 17 Regions, all of its keys in one of them: the worst
// case for quotas, which are per Region.
func account17(t testing.TB, roles, keys, buckets int) *awsfake.World {
	w := &awsfake.World{
		T: t, Account: account, Caller: "arn:aws:iam::111122223333:user/auditor", Latency: latency, Quotas: awsfake.Quotas(),
		Regions: []string{
			"ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1",
			"eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
		},
	}
	for i := range keys {
		id := fmt.Sprintf("k%d", i)
		w.Keys = append(w.Keys, awsfake.Key{ID: id, Region: "us-east-1"})
		w.Aliases = append(w.Aliases, awsfake.Alias{Name: "alias/" + id, Region: "us-east-1", Target: id})
	}
	for i := range buckets {
		w.Buckets = append(w.Buckets, awsfake.Bucket{Name: fmt.Sprintf("b%d", i), Region: "us-east-1"})
	}
	for i := range roles {
		w.Roles = append(w.Roles, awsfake.Role{Name: fmt.Sprintf("r%d", i), ID: "AROA1", Trust: allow("sts:AssumeRole")})
	}
	w.Trails = []awsfake.Trail{{Name: "main", Region: "us-east-1", Bucket: "b0", LogGroup: "arn:aws:logs:us-east-1:111122223333:log-group:trail:*", MultiRegion: true}}
	w.LogGroups = []awsfake.LogGroup{{Name: "trail", Region: "us-east-1"}}
	return w
}

// lowerBound is the time that quotas and latency leave, whoever asks.
func lowerBound(m model) time.Duration {
	total, bound := 0, time.Duration(0)
	for name, calls := range m.expected() {
		total += calls
		if quota := m.w.Quotas[name[0]+" "+name[1]]; quota > 0 && name[0] == "kms" {
			bound = max(bound, time.Duration(calls-17)*time.Second/time.Duration(quota)) // all but the listings are in one Region
		}
	}
	return max(bound, time.Duration(total)*latency/inFlight)
}

// minimal is the least number of calls that give what every audit needs of the
// account: identities, keys with policy, grants, rotation and tags, aliases,
// buckets with six readings, trails with what watches them.
func minimal(w *awsfake.World) int {
	up := func(n, page int) int { return max(1, (n+page-1)/page) }
	const described, selected, watched = 1, 2, 2
	return 3 + up(len(w.Roles), 1000) + // and who asks, where, and in which organization
		up(len(w.Keys), 1000) + up(len(w.Aliases), 100) + 2*(len(w.Regions)-1) + 5*len(w.Keys) +
		up(len(w.Buckets), 10000) + 6*len(w.Buckets) +
		1 + described + (selected+watched)*len(w.Trails)
}

// beyond are the calls of what is read besides.
func beyond(w *awsfake.World) (n int) {
	for _, operation := range []string{
		"kms DescribeCustomKeyStores", "kms ListKeyRotations", "s3 GetBucketAcl", "s3 GetBucketReplication", "s3 GetBucketLogging", "s3 ListBucketInventoryConfigurations",
		"cloudtrail ListEventDataStores", "logs DescribeLogGroups", "events ListRules", "access-analyzer ListAnalyzers",
	} {
		service, name, _ := strings.Cut(operation, " ")
		n += w.Count(service, name)
	}
	return n
}

// TestBudget holds the collection of an account to the calls that it needs, to
// AWS's quotas, none of which is ever exceeded, and to one and a half times the
// time that quotas and latency leave. The time is virtual.
func TestBudget(t *testing.T) {
	for _, times := range []int{1, 10} {
		t.Run(strconv.Itoa(times), func(t *testing.T) {
			if times > 1 && (testing.Short() || raceDetector) {
				t.Skip("a hundred thousand calls take a while")
			}
			synctest.Test(t, func(t *testing.T) {
				w := account17(t, 500*times, 1000*times, 500*times)
				opt := collector.Options{MaxShare: 1, Concurrency: inFlight}
				began := time.Now()
				s, err := collector.Collect(t.Context(), w.Config(), opt)
				took := time.Since(began)
				if err != nil || !collector.Complete(s) {
					t.Fatalf("%v, %d gaps", err, len(collector.Gaps(s)))
				}
				asItShould(t, w, opt)
				if calls := len(w.Calls()); calls-beyond(w) > minimal(w) {
					t.Errorf("%d calls, %d of them beyond the minimum, which is %d", calls, beyond(w), minimal(w))
				}
				bound := lowerBound(model{w, opt})
				if took > bound*3/2 {
					t.Errorf("it took %v; quotas and latency leave %v", took, bound)
				}
				if n := w.Throttled(); n > 0 {
					t.Errorf("%d requests were over a quota", n)
				}
				t.Logf("%d calls, %v, %.2f of the lower bound", len(w.Calls()), took, took.Seconds()/bound.Seconds())
			})
		})
	}
}

// TestShare: no more of a quota is used than was said, and half of it if nothing
// was said.
func TestShare(t *testing.T) {
	for share, part := range map[float64]float64{0: 0.5, 0.1: 0.1, 0.5: 0.5, 1: 1} {
		synctest.Test(t, func(t *testing.T) {
			w := account17(t, 1, 300, 1)
			w.Keys[0].LastUsed = awsfake.Use{At: day, Operation: "Decrypt"}
			for operation, quota := range w.Quotas {
				w.Quotas[operation] = int(math.Ceil(float64(quota) * part))
			}
			opt := collector.Options{MaxShare: share, LastUsage: true, Regions: []string{"us-east-1"}}
			if _, err := collector.Collect(t.Context(), w.Config(), opt); err != nil {
				t.Fatal(err)
			}
			if n := w.Throttled(); n > 0 {
				t.Errorf("with a share of %v, %d requests were over it", share, n)
			}
		})
	}
	for _, share := range []float64{-0.1, 1.1} {
		if _, err := collector.Collect(t.Context(), small(t).Config(), collector.Options{MaxShare: share}); err == nil {
			t.Errorf("a share of %v is taken", share)
		}
	}
}

// TestAdaptive: where others leave less of a quota than is published, the pace
// follows, nothing is lost, and few requests are throttled.
func TestAdaptive(t *testing.T) {
	for name, quotas := range map[string]map[string]int{
		"published": {"kms ListGrants": 20, "kms DescribeKey": 50},
		"unknown":   {"s3 GetBucketPolicy": 20, "s3 GetBucketTagging": 10},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := account17(t, 1, 300, 300)
				w.Quotas = quotas
				began := time.Now()
				s, err := collector.Collect(t.Context(), w.Config(), collector.Options{MaxShare: 1, Regions: []string{"us-east-1"}})
				if err != nil || !collector.Complete(s) {
					t.Fatalf("%v, gaps %v", err, collector.Gaps(s))
				}
				requests, bound := 0, time.Duration(0)
				for _, quota := range quotas {
					requests += 300
					bound = max(bound, 300*time.Second/time.Duration(quota))
				}
				if took := time.Since(began); took > 3*bound {
					t.Errorf("it took %v; the quotas leave %v", took, bound)
				}
				if n := w.Throttled(); n == 0 || n > requests/4 {
					t.Errorf("%d of %d requests were throttled", n, requests)
				}
				t.Logf("%d of %d requests throttled, %v", w.Throttled(), requests, time.Since(began))
			})
		})
	}
}

// BenchmarkCollect collects the account of TestBudget in real time.
func BenchmarkCollect(b *testing.B) {
	for b.Loop() {
		w := account17(b, 500, 1000, 500)
		opt := collector.Options{MaxShare: 1, Concurrency: inFlight}
		s, err := collector.Collect(b.Context(), w.Config(), opt)
		if err != nil || !collector.Complete(s) {
			b.Fatalf("%v, gaps %v", err, collector.Gaps(s))
		}
		b.ReportMetric(lowerBound(model{w, opt}).Seconds(), "s/bound")
		b.ReportMetric(float64(w.Throttled()), "throttled/op")
	}
}
