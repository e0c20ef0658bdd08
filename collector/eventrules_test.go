package collector

import "testing"

// TestMayMatch: only a pattern that names other sources, word for word, is left
// out ("Comparison operators for use in event patterns" of the EventBridge User
// Guide).
func TestMayMatch(t *testing.T) {
	for pattern, want := range map[string]bool{
		``:                                 false, // a schedule
		`{}`:                               true,
		`{"source":["aws.kms"]}`:           true,
		`{"source":["aws.ec2"]}`:           false,
		`{"source":[]}`:                    false,
		`{"source":["aws.ec2","aws.iam"]}`: true,
		`{"source":[{"prefix":"aws."}]}`:   true,
		`{"source":["aws.ec2",{"wildcard":"aws.*"}]}`:                           true,
		`{"$or":[{"source":["aws.ec2"]},{"account":["111122223333"]}]}`:         true,
		`{"detail":{"eventSource":["ec2.amazonaws.com"]}}`:                      false,
		`{"detail":{"eventSource":["kms.amazonaws.com","ec2.amazonaws.com"]}}`:  true,
		`{"detail":{"eventSource":[{"anything-but":["ec2.amazonaws.com"]}]}}`:   true,
		`{"source":["aws.kms"],"detail":{"eventSource":["ec2.amazonaws.com"]}}`: false,
		`{"detail-type":["AWS API Call via CloudTrail"],"source":["aws.s3"]}`:   true,
		`{"source":"aws.ec2"}`:   true, // which EventBridge does not take
		`not a pattern`:          true,
		`{"detail":["strange"]}`: true,
	} {
		if got := mayMatch(pattern); got != want {
			t.Errorf("%s: %v", pattern, got)
		}
	}
}
