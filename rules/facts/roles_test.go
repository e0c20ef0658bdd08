package facts

import (
	"slices"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// Other accounts that a role lets in are told unless the configuration trusts them.
func TestAccountsThatARoleLetsIn(t *testing.T) {
	trusting := intent()
	trusting.TrustedAccounts = []string{"111122223333"}
	for _, c := range []struct {
		name, principal string
		intent          Intent
		want            []string
	}{
		{"the account itself", `{"AWS":"arn:aws:iam::` + account + `:root"}`, intent(), nil},
		{"a service", `{"Service":"ec2.amazonaws.com"}`, intent(), nil},
		{"another account", `{"AWS":"111122223333"}`, intent(), []string{"111122223333"}},
		{"roles of others", `{"AWS":["arn:aws:iam::444455556666:role/a","arn:aws:iam::111122223333:root","arn:aws:iam::444455556666:role/b"]}`, intent(), []string{"111122223333", "444455556666"}},
		{"one that is trusted", `{"AWS":["111122223333","444455556666"]}`, trusting, []string{"444455556666"}},
	} {
		d, _ := build(t, func(s *snapshot.Snapshot) {
			i := slices.IndexFunc(s.Roles, func(r snapshot.Role) bool { return r.ARN == theRole })
			s.Roles[i].TrustPolicy = doc(t, `{"Statement":[{"Effect":"Allow","Principal":`+c.principal+`,"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"x"}}}]}`)
		}, c.intent)
		role := d.Roles[slices.IndexFunc(d.Roles, func(r Role) bool { return r.ARN == theRole })]
		if c.want == nil {
			if len(role.Trust.Open) > 0 {
				t.Errorf("%s: %+v", c.name, role.Trust.Open)
			}
			continue
		}
		if len(role.Trust.Open) != 1 || !slices.Equal(role.Trust.Open[0].Accounts, c.want) || len(role.Trust.Open[0].Tests) != 1 || len(role.Decrypts.Keys) == 0 {
			t.Errorf("%s: %+v, %+v", c.name, role.Trust.Open, role.Decrypts)
		}
	}
}

// A key that AWS manages for a service has a policy that is known without having been
// read: a role can decrypt with it, even where the policies of other keys were refused.
func TestDecryptsWithKeysOfServices(t *testing.T) {
	const aliased = "arn:aws:kms:us-east-1:" + account + ":key/ffffffff-0000-4000-8000-000000000000"
	for _, known := range []bool{true, false} {
		d, _ := build(t, func(s *snapshot.Snapshot) {
			for i := range s.Keys {
				s.Keys[i].Policy = snapshot.Reading[snapshot.Document]{State: snapshot.Denied, Operation: "kms:GetKeyPolicy", Code: "AccessDenied"}
			}
			key := s.Keys[0]
			key.ARN, key.ID, key.Region = aliased, aliased[len(aliased)-36:], "us-east-1"
			key.Metadata, key.Grants = snapshot.Of(snapshot.KeyMetadata{Manager: "AWS", Usage: "ENCRYPT_DECRYPT", Spec: "SYMMETRIC_DEFAULT", State: "Enabled"}), snapshot.Of([]snapshot.Grant{})
			key.Policy = snapshot.Reading[snapshot.Document]{State: snapshot.NotCollected, Operation: "kms:GetKeyPolicy"}
			s.Keys = append(s.Keys, key)
			if known {
				s.Aliases = append(s.Aliases, snapshot.Alias{Name: "alias/aws/sqs", Region: "us-east-1", TargetKey: key.ID})
			}
			role := addRole(s, "open", "everything", `{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*"}`)
			role.TrustPolicy = doc(t, `{"Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}`)
		}, intent())
		role := d.Roles[slices.IndexFunc(d.Roles, func(r Role) bool { return r.Name == "open" })]
		if known && (role.Decrypts == nil || !slices.Equal(role.Decrypts.Keys, []string{aliased})) {
			t.Errorf("decrypts %+v, unread %v", role.Decrypts, role.Unread)
		}
		if _, unread := role.Unread["decrypts"]; !known && (role.Decrypts != nil || !unread) {
			t.Errorf("of no service: decrypts %+v, unread %v", role.Decrypts, role.Unread)
		}
	}
}
