package rules

import (
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// What the shapes of known mistakes are made of: changes of the reference account.
type shape = func(*testing.T, *snapshot.Snapshot)

const (
	root     = `{"Sid":"IAM","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::522814710681:root"},"Action":"kms:*","Resource":"*"}`
	s3Full   = `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`
	sewkRole = "arn:aws:iam::522814710681:role/cmtr-4n6e9j62-iam-sewk-iam_role"
)

func theRole(*snapshot.Snapshot) string        { return sewkRole }
func theManaged(*snapshot.Snapshot) string     { return "arn:aws:iam::522814710681:policy/Shared" }
func theBucket(s *snapshot.Snapshot) string    { return s.Buckets[0].ARN }
func theKMSBucket(s *snapshot.Snapshot) string { return s.Buckets[1].ARN }

func document(t *testing.T, statements string) snapshot.Reading[snapshot.Document] {
	t.Helper()
	r := snapshot.ReadDocument("test", `{"Version":"2012-10-17","Statement":[`+statements+`]}`)
	if r.State != snapshot.OK {
		t.Fatal(r.Message)
	}
	return r
}

// policyOf adds statements to the default key policy.
func policyOf(statements string) shape {
	return func(t *testing.T, s *snapshot.Snapshot) {
		t.Helper()
		if statements != "" {
			statements = "," + statements
		}
		s.Keys[0].Policy = document(t, root+statements)
	}
}

// everybody may decrypt under a condition.
func everybody(condition string) string {
	return `{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:Decrypt","Resource":"*","Condition":{` + condition + `}}`
}

func mayGrant(condition string) string {
	return `{"Effect":"Allow","Principal":{"AWS":"` + sewkRole + `"},"Action":"kms:CreateGrant","Resource":"*"` + condition + `}`
}

func plainHTTP(action, resources string) string {
	return `{"Effect":"Deny","Principal":"*","Action":"` + action + `","Resource":` + resources + `,"Condition":{"Bool":{"aws:SecureTransport":"false"}}}`
}

func refusedPolicy(_ *testing.T, s *snapshot.Snapshot) {
	s.Keys[0].Policy = snapshot.Reading[snapshot.Document]{State: snapshot.Denied, Operation: "kms:GetKeyPolicy", Code: "AccessDeniedException"}
}

// unrotated changes the key and says that rotation is off.
func unrotated(change func(*snapshot.KeyMetadata)) shape {
	return func(_ *testing.T, s *snapshot.Snapshot) {
		s.Keys[0].Rotation = snapshot.Of(snapshot.Rotation{})
		change(s.Keys[0].Metadata.Value)
	}
}

// rotated makes the key three years old, with these rotations a month ago.
func rotated(kinds ...string) shape {
	return func(_ *testing.T, s *snapshot.Snapshot) {
		s.Keys[0].Metadata.Value.CreatedAt = s.CollectedAt.AddDate(-3, 0, 0)
		events := []snapshot.RotationEvent{}
		for _, kind := range kinds {
			events = append(events, snapshot.RotationEvent{At: s.CollectedAt.AddDate(0, -1, 0), Type: kind})
		}
		s.Keys[0].Rotations = snapshot.Of(events)
	}
}

// inline gives the role these statements instead of its own.
func inline(statements ...string) shape {
	return func(t *testing.T, s *snapshot.Snapshot) {
		t.Helper()
		var policies []snapshot.NamedPolicy
		for i, text := range statements {
			policies = append(policies, snapshot.NamedPolicy{Name: string(rune('A' + i)), Document: document(t, text)})
		}
		for i := range s.Roles {
			if s.Roles[i].ARN == sewkRole {
				s.Roles[i].InlinePolicies = snapshot.Of(policies)
			}
		}
	}
}

// managed gives the role a policy of the account.
func managed(statements string) shape {
	return func(t *testing.T, s *snapshot.Snapshot) {
		t.Helper()
		arn := theManaged(s)
		s.ManagedPolicies = append(s.ManagedPolicies, snapshot.ManagedPolicy{ARN: arn, Name: "Shared", Document: document(t, statements)})
		for i := range s.Roles {
			if s.Roles[i].ARN == sewkRole {
				s.Roles[i].AttachedPolicies = snapshot.Of([]snapshot.PolicyRef{{ARN: arn, Name: "Shared"}})
			}
		}
	}
}

func bucketPolicy(statements string) shape {
	return func(t *testing.T, s *snapshot.Snapshot) {
		t.Helper()
		s.Buckets[0].Policy = document(t, statements)
	}
}

func encryption(rule snapshot.EncryptionRule) shape {
	return func(_ *testing.T, s *snapshot.Snapshot) {
		s.Buckets[0].Encryption = snapshot.Of(snapshot.Encryption{Rules: []snapshot.EncryptionRule{rule}})
	}
}

func granted(grants ...snapshot.Grant) shape {
	return func(_ *testing.T, s *snapshot.Snapshot) {
		for i := range grants {
			grants[i].ID, grants[i].CreatedAt = string(rune('a'+i)), s.CollectedAt
		}
		s.Keys[0].Grants = snapshot.Of(grants)
	}
}

// scalingGroup is the grant that AWS's pages say to make for a scaling group.
func scalingGroup(account string) snapshot.Grant {
	return snapshot.Grant{
		Grantee:    "arn:aws:iam::" + account + ":role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
		Operations: []string{"CreateGrant", "Decrypt", "DescribeKey", "Encrypt", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo"},
	}
}

// needs says that the role has to do an operation on the bucket under the key.
func needs(operation string) facts.Intent {
	return facts.Intent{Requirements: []facts.Requirement{{
		Name: "need", Principals: []string{sewkRole}, Key: "arn:aws:kms:us-east-1:522814710681:key/cac96933-72ff-0000-0000-000000000000",
		Buckets: []facts.RequiredBucket{{Name: "bucket-695267-2", Operations: []string{operation}}},
	}}}
}
