package collector_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/awsfake"
)

// TestPartitions collects in each partition. The stand-in holds every request to
// the partition's host names and every signature to its Regions.
func TestPartitions(t *testing.T) {
	for partition, regions := range map[string][]string{
		"aws-us-gov": {"us-gov-west-1", "us-gov-east-1"}, "aws-cn": {"cn-northwest-1", "cn-north-1"}, "aws-eusc": {"eusc-de-east-1"},
	} {
		t.Run(partition, func(t *testing.T) {
			w := &awsfake.World{
				T: t, Account: account, Partition: partition, Caller: "arn:" + partition + ":iam::111122223333:user/auditor", Regions: regions,
				Roles:   []awsfake.Role{{Name: "r", ID: "AROA1", Trust: allow("sts:AssumeRole")}},
				Keys:    []awsfake.Key{{ID: "k", Region: regions[0]}},
				Buckets: []awsfake.Bucket{{Name: "b", Region: regions[0]}},
			}
			s, err := collector.Collect(t.Context(), w.Config(), collector.Options{})
			if err != nil || !collector.Complete(s) {
				t.Fatalf("%v, gaps %+v", err, collector.Gaps(s))
			}
			if s.Account.Partition != partition || len(s.Keys)+len(s.Roles)+len(s.Buckets) != 3 || len(s.Regions) != len(regions) {
				t.Errorf("%+v in %v: %d keys, %d roles, %d buckets", s.Account, s.Regions, len(s.Keys), len(s.Roles), len(s.Buckets))
			}
			for _, arn := range []string{s.Keys[0].ARN, s.Roles[0].ARN, s.Buckets[0].ARN} {
				if !strings.HasPrefix(arn, "arn:"+partition+":") {
					t.Errorf("%s is not in %s", arn, partition)
				}
			}
			if region, _ := s.Buckets[0].Region.Get(); region != regions[0] {
				t.Errorf("the bucket is in %q", region)
			}
		})
	}
}

// TestBucketsElsewhere: wherever S3 says that a bucket is, it is read there, and
// its Region is the right one.
func TestBucketsElsewhere(t *testing.T) {
	tests := []struct {
		name, listed string
		faults       []*awsfake.Fault
		asked        int // calls for the encryption
	}{
		{"listed", "", nil, 1},
		{"not listed", "-", nil, 1},
		{"listed wrongly", "us-east-1", nil, 2},
		{"not listed, location denied", "-", []*awsfake.Fault{{Operation: "GetBucketLocation", Effect: awsfake.Denied()}}, 2},
		{"only the endpoint is said", "us-east-1", []*awsfake.Fault{{Service: "s3", Resource: "beta", Region: "us-east-1", Effect: awsfake.Redirect("eu-west-1", false)}}, 2},
		{"malformed", "us-east-1", []*awsfake.Fault{{Service: "s3", Resource: "beta", Region: "us-east-1", Effect: awsfake.Malformed("eu-west-1")}}, 2},
	}
	whole := map[string]string{}
	synctest.Test(t, func(t *testing.T) { whole = readings(t, collect(t, wide(t))) })
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := wide(t)
				w.Buckets[1].Listed, w.Faults = test.listed, test.faults
				s := collect(t, w)
				if diff := changed(whole, readings(t, s)); len(diff) > 0 {
					t.Errorf("changed: %v", diff)
				}
				asked := 0
				for call, times := range w.Calls() {
					if call.Operation == "GetBucketEncryption" && call.Resource == "beta" {
						asked += times
					}
				}
				if asked != test.asked {
					t.Errorf("asked %d times for the encryption", asked)
				}
			})
		})
	}
}

// TestHeadElsewhere: an object in a bucket whose Region was wrong is read by HEAD,
// whose answers have no body.
func TestHeadElsewhere(t *testing.T) {
	for name, effect := range map[string]awsfake.Effect{"redirect": awsfake.Redirect("us-east-1", true), "malformed": awsfake.Malformed("us-east-1")} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := wide(t)
				whole := readings(t, collect(t, wide(t)))
				for i := range w.Buckets {
					w.Buckets[i].Listed = "eu-west-1"
				}
				// Nothing but HEAD notices.
				w.Faults = []*awsfake.Fault{{Service: "s3", Operation: "HeadObject", Region: "eu-west-1", Effect: effect}}
				if diff := changed(whole, readings(t, collect(t, w))); len(diff) > 0 {
					t.Errorf("changed: %v", diff)
				}
			})
		})
	}
}
