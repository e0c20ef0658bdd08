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
