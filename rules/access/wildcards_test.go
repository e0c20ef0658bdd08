package access

import (
	"reflect"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

func TestWildcardsOf(t *testing.T) {
	every, all := []string{"*"}, []string{"*"}
	for name, test := range map[string]struct {
		from policy.Statement
		want Wildcards
	}{
		"everything":          {policy.Statement{Action: every, Resource: every}, Wildcards{Everything: true, Services: all}},
		"written twice":       {policy.Statement{Action: []string{"*:*", "s3:*"}, Resource: []string{"arn:aws:*:*:*:*"}}, Wildcards{Everything: true, Services: all}},
		"more stars":          {policy.Statement{Action: []string{"**"}, Resource: []string{"**"}}, Wildcards{Everything: true, Services: all}},
		"on one bucket":       {policy.Statement{Action: every, Resource: []string{"arn:aws:s3:::b/*"}}, Wildcards{Services: all}},
		"every bucket":        {policy.Statement{Action: every, Resource: []string{"arn:aws:s3:::*"}}, Wildcards{Services: all}},
		"of Regions":          {policy.Statement{Action: every, Resource: []string{"arn:aws:*:us-east-1:*:*"}}, Wildcards{Services: all}},
		"all but a resource":  {policy.Statement{Action: every, NotResource: []string{"arn:aws:s3:::b/*"}}, Wildcards{Everything: true, Services: all}},
		"no resource":         {policy.Statement{Action: every}, Wildcards{Services: all}},
		"services":            {policy.Statement{Action: []string{"KMS:*", "s3:*", "s3:**", "ec2:Describe*", "sqs:Send*"}, Resource: every}, Wildcards{Services: []string{"kms", "s3"}}},
		"one letter at least": {policy.Statement{Action: []string{"kms:?*", "s3:*?", "sqs:??*", "sns:?"}, Resource: every}, Wildcards{Services: []string{"kms", "s3"}}},
		"one action":          {policy.Statement{Action: []string{"kms:Decrypt"}, Resource: every}, Wildcards{}},
		"no action":           {policy.Statement{Action: []string{"s*:*", ""}, Resource: every}, Wildcards{}},
		"NotAction":           {policy.Statement{NotAction: []string{"iam:*"}, Resource: every}, Wildcards{Services: all, But: []string{"iam:*"}}},
	} {
		got := WildcardsOf(&test.from, "aws")
		if len(got.Services) == 0 {
			got.Services = nil
		}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}
