package facts

import (
	"slices"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

func TestBypass(t *testing.T) {
	const root = "arn:aws:iam::522814710681:root"
	put := func(principal, condition string) string {
		return `{"Sid":"P","Effect":"Allow","Principal":` + principal + `,"Action":"kms:PutKeyPolicy","Resource":"*"` + condition + `}`
	}
	flag := func(value string) string { return when("Bool", "kms:BypassPolicyLockoutSafetyCheck", `"`+value+`"`) }
	role, stop := `{"AWS":"`+theRole+`"}`, `,{"Effect":"Deny","Principal":"*","Action":"kms:PutKeyPolicy","Resource":"*"`+flag("true")+`}`
	tests := []struct {
		name, statements string
		meant            bool
		open             []string
	}{
		{"the default", delegates, false, []string{root}},
		{"denied", delegates + stop, false, nil},
		{"allowed without the flag", put(role, flag("false")), false, nil},
		{"allowed to a role", put(role, ""), false, []string{theRole}},
		{"meant", put(role, flag("true")), true, []string{theRole}},
		{"meant for the account", put(rootPrincipal, flag("true")), true, []string{root}},
		{"meant, and denied", put(role, flag("true")) + stop, false, nil},
		{"meant for another account, where it does not work", put(`{"AWS":"arn:aws:iam::999999999999:root"}`, flag("true")), false, nil},
		{"on a condition", put(role, when("IpAddress", "aws:SourceIp", `"192.0.2.0/24"`)), false, []string{theRole}},
	}
	for _, test := range tests {
		d, _ := build(t, keyPolicy(t, test.statements), Intent{})
		k := d.Keys[0].Bypass
		if (len(k.Meant) > 0) != test.meant || !slices.Equal(k.Open, test.open) || len(k.Undecided) != 0 {
			t.Errorf("%s: %+v", test.name, k)
		}
	}
	d, _ := build(t, func(s *snapshot.Snapshot) {
		level := snapshot.OrganizationLevel{ServiceControlPolicies: snapshot.Of([]snapshot.NamedPolicy{
			{Document: doc(t, `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":["kms:CreateKey","kms:PutKeyPolicy"],"Resource":"*"`+flag("true")+`}]}`)},
		}), ResourceControlPolicies: snapshot.Of([]snapshot.NamedPolicy{})}
		s.Organization = snapshot.Of(snapshot.Organization{ID: "o-x", Chain: snapshot.Of([]snapshot.OrganizationLevel{level})})
	}, Intent{})
	if k := d.Keys[0].Bypass; len(k.Open) != 0 {
		t.Errorf("denied by the organization: %+v", k)
	}
	d, _ = build(t, func(s *snapshot.Snapshot) {
		keyPolicy(t, put(`{"AWS":"AROAEXAMPLEDELETED001"}`, ""))(s)
		deny(s, "iam:GetAccountAuthorizationDetails")
	}, Intent{})
	if k := d.Keys[0].Bypass; len(k.Undecided) != 1 || len(k.Open) != 0 {
		t.Errorf("a role that nobody could list: %+v", k)
	}
}

func TestLoose(t *testing.T) {
	use := func(principal, condition string) string {
		return `{"Sid":"U","Effect":"Allow","Principal":` + principal + `,"Action":["kms:Decrypt","kms:DescribeKey"],"Resource":"*"` + condition + `}`
	}
	role := `{"AWS":["` + theRole + `","` + neighbour + `"]}`
	tenant := when("StringEquals", "kms:EncryptionContext:Tenant", `"a"`)
	need := `,{"Effect":"Deny","Principal":"*","Action":"kms:Decrypt","Resource":"*"` + when("Null", "kms:EncryptionContext:Tenant", `"true"`) + `}`
	tests := []struct {
		name, statements string
		want             []string
	}{
		{"roles", use(role, ""), []string{theRole, neighbour}},
		{"bound", use(role, tenant), nil},
		{"bound to some", use(role, when("Null", "kms:EncryptionContext:Tenant", `"false"`)), nil},
		{"bound by the names", use(role, when("ForAnyValue:StringEquals", "kms:EncryptionContextKeys", `["Tenant"]`)), nil},
		{"bound only if there is one", use(role, when("StringEqualsIfExists", "kms:EncryptionContext:Tenant", `"a"`)), []string{theRole, neighbour}},
		{"none is all right", use(role, when("ForAllValues:StringEquals", "kms:EncryptionContextKeys", `["Tenant"]`)), []string{theRole, neighbour}},
		{"denied without", use(role, "") + need, nil},
		{"the account", delegates, []string{"arn:aws:iam::522814710681:root"}},
		{"the account, denied without", delegates + need, nil},
		{"everybody of the account", use(`"*"`, when("StringEquals", "kms:CallerAccount", `"522814710681"`)), []string{"*"}},
		{"a service", use(`{"Service":"sns.amazonaws.com"}`, ""), nil},
		{"other actions", `{"Effect":"Allow","Principal":` + role + `,"Action":"kms:Encrypt","Resource":"*"}`, nil},
	}
	for _, test := range tests {
		d, _ := build(t, keyPolicy(t, test.statements), Intent{})
		var got []string
		for _, s := range d.Keys[0].Context.Loose {
			got = append(got, s.Principals...)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
