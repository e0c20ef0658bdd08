package rules

import (
	"slices"
	"testing"
)

// unneeded are operations that a reading comes from in part, and that the part which
// a rule reads of it does not need.
var unneeded = map[string][]string{
	// Whether a grantee still exists is not what they ask.
	"GRT-001 grants": {"iam:GetAccountAuthorizationDetails"}, "GRT-002 grants": {"iam:GetAccountAuthorizationDetails"},
	"GRT-003 grants": {"iam:GetAccountAuthorizationDetails"}, "GRT-004 grants": {"iam:GetAccountAuthorizationDetails"},
	"GRT-005 grants": {"iam:GetAccountAuthorizationDetails"},
	// The policy of the key says with which encryption context it can be used, which
	// S3-008 alone asks; and that is all that it asks about the key.
	"S3-005 default_key": {"kms:GetKeyPolicy"},
	"S3-008 default_key": {"kms:ListKeys", "kms:ListAliases", "kms:DescribeKey"},
}

// TestReadsAreNamed: custom.reads names all operations that what a rule reads comes
// from.
func TestReadsAreNamed(t *testing.T) {
	e := compiled(t, catalogue(t))
	from := operations
	for _, rule := range e.Rules() {
		u := e.uses[rule.ID]
		for _, reading := range u.readings {
			for _, op := range from[u.kinds[0]+"."+reading] {
				spared := slices.Contains(unneeded[rule.ID+" "+reading], op)
				switch named := slices.Contains(rule.Reads, op); {
				case named && spared:
					t.Errorf("%s names %s, which this test says that it does not need", rule.ID, op)
				case !named && !spared:
					t.Errorf("%s reads %s, and its custom.reads does not name %s", rule.ID, reading, op)
				}
			}
		}
		// Rows of decisions say who may do what, by identities and resources.
		if len(u.readings) == 0 && (!slices.Contains(rule.Reads, "iam:GetAccountAuthorizationDetails") ||
			!slices.Contains(rule.Reads, "kms:GetKeyPolicy") && !slices.Contains(rule.Reads, "s3:GetBucketPolicy")) {
			t.Errorf("%s reads decisions of %v, and its custom.reads does not name the policies: %v", rule.ID, u.kinds, rule.Reads)
		}
	}
}
