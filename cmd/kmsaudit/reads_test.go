package main

import (
	"slices"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/rules"
)

// TestReadsAreCollected: whatever a rule says that it reads, a collection asks AWS for.
func TestReadsAreCollected(t *testing.T) {
	var asked []string
	for _, p := range (collector.Options{LastUsage: true, SampleObjects: 1}).Permissions() {
		asked = append(asked, p.Action)
	}
	catalogue, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	read := map[string]bool{}
	for _, rule := range catalogue.Rules() {
		for _, operation := range rule.Reads {
			read[operation] = true
			if !slices.Contains(asked, operation) {
				t.Errorf("%s reads %s, which no collection asks for", rule.ID, operation)
			}
		}
	}
	// And what is asked and no rule names is known to be for something else.
	for operation, why := range map[string]string{
		"account:ListRegions": "which Regions there are", "s3:GetBucketLocation": "where a bucket is", "s3:ListBucket": "which objects to draw",
		"kms:DescribeCustomKeyStores": "who reads the snapshot sees the stores that keys are in", "s3:GetBucketVersioning": "explain and diff show it",
		"s3:GetBucketLogging":       "which buckets logs go to",
		"organizations:ListParents": "which control policies apply to the account", "organizations:DescribePolicy": "what they say",
	} {
		if !slices.Contains(asked, operation) || read[operation] {
			t.Errorf("%s (%s): it is not asked, or rules name it", operation, why)
		}
		read[operation] = true
	}
	for _, operation := range asked {
		if !read[operation] {
			t.Errorf("%s is asked, and nothing reads it", operation)
		}
	}
}
