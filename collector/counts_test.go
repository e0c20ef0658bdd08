package collector_test

import (
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/awsfake"
)

// TestCallsOfReference holds the collector to exactly the calls that the
// reference account needs.
func TestCallsOfReference(t *testing.T) {
	w := awsfake.Reference()
	w.T = t
	if _, err := collector.Collect(t.Context(), w.Config(), referenceOptions()); err != nil {
		t.Fatal(err)
	}
	const region = awsfake.ReferenceRegion
	key := w.KeyARN(region, awsfake.ReferenceKey)
	want := map[awsfake.Call]int{}
	once := func(service, operation, resource string) {
		want[awsfake.Call{Service: service, Operation: operation, Region: region, Resource: resource}] = 1
	}
	once("sts", "GetCallerIdentity", "")
	once("iam", "GetAccountAuthorizationDetails", "")
	once("kms", "ListKeys", "")
	once("kms", "ListAliases", "")
	for _, operation := range []string{"DescribeKey", "GetKeyPolicy", "ListGrants", "GetKeyRotationStatus", "ListKeyRotations", "ListResourceTags"} {
		once("kms", operation, key)
	}
	once("s3", "ListBuckets", "")
	for _, bucket := range []string{awsfake.ReferenceBucket1, awsfake.ReferenceBucket2} {
		for _, operation := range []string{
			"GetBucketEncryption", "GetBucketPolicy", "GetPublicAccessBlock", "GetBucketOwnershipControls", "GetBucketTagging", "GetBucketVersioning",
		} {
			once("s3", operation, bucket)
		}
		once("s3", "HeadObject", bucket+"/"+awsfake.ReferenceObject)
	}
	once("organizations", "DescribeOrganization", "")
	if diff := cmp.Diff(want, w.Calls()); diff != "" {
		t.Errorf("other calls than needed (-want +made):\n%s", diff)
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
	s := collect(t, w)
	for call, times := range w.Calls() {
		if times != 1 {
			t.Errorf("%+v was asked %d times", call, times)
		}
	}
	for service, operations := range map[string]map[string]int{
		// By metadata, k2, k4 and k7 cannot rotate; k3 is about to go; k5 is AWS's.
		// Pages hold two.
		"kms": {"DescribeKey": 7, "GetKeyPolicy": 6, "ListGrants": 7, "GetKeyRotationStatus": 3, "ListKeyRotations": 3, "ListResourceTags": 7, "ListKeys": 4, "ListAliases": 3},
		"s3": {
			"ListBuckets": 2, "GetBucketLocation": 1, "GetBucketEncryption": 3, "GetBucketPolicy": 3, "GetPublicAccessBlock": 3,
			"GetBucketOwnershipControls": 3, "GetBucketTagging": 3, "GetBucketVersioning": 3, "ListObjectsV2": 3, "HeadObject": 4,
		},
		"iam": {"GetAccountAuthorizationDetails": 4},
		// Three levels, two kinds of policy, three distinct policies; one level has two pages.
		"organizations": {"DescribeOrganization": 1, "ListParents": 2, "ListPoliciesForTarget": 7, "DescribePolicy": 3},
		"account":       {"ListRegions": 1},
		"sts":           {"GetCallerIdentity": 1},
	} {
		for operation, want := range operations {
			if got := w.Count(service, operation); got != want {
				t.Errorf("%s %s was asked %d times, not %d", service, operation, got, want)
			}
		}
	}
	if got := len(s.Buckets); got != 3 {
		t.Errorf("%d buckets", got)
	}
}
