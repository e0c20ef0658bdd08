package facts

import (
	"slices"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

const (
	rootPrincipal = `{"AWS":"arn:aws:iam::522814710681:root"}`
	delegates     = `{"Sid":"IAM","Effect":"Allow","Principal":` + rootPrincipal + `,"Action":"kms:*","Resource":"*"}`
)

// keyPolicy sets the policy of the reference's key to the statements.
func keyPolicy(t *testing.T, statements string) func(*snapshot.Snapshot) {
	return func(s *snapshot.Snapshot) {
		s.Keys[0].Policy = doc(t, `{"Version":"2012-10-17","Statement":[`+statements+`]}`)
	}
}

func TestDecryptors(t *testing.T) {
	d, _ := build(t, nil, Intent{})
	k := d.Keys[0].Decryptors
	if !k.Applies || k.Allowed != 2 || k.Delegated != 2 || k.Depends+k.Undecided != 0 || !k.Complete || !slices.Equal(k.Principals, []string{admin, theRole}) {
		t.Errorf("%+v", k)
	}
	tests := []struct {
		name                                  string
		change                                func(*snapshot.Snapshot)
		allowed, depends, delegated, unknowns int
		complete                              bool
	}{
		{"named, no delegation", keyPolicy(t, `{"Effect":"Allow","Principal":{"AWS":"`+theRole+`"},"Action":"kms:Decrypt","Resource":"*"}`), 1, 0, 0, 0, true},
		{"another account", keyPolicy(t, `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999999999999:root"},"Action":"kms:Decrypt","Resource":"*"}`), 1, 0, 0, 0, true},
		{"through S3", keyPolicy(t, `{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com","kms:CallerAccount":"522814710681"}}}`), 0, 2, 2, 0, true},
		{"denied", keyPolicy(t, delegates+`,{"Effect":"Deny","Principal":{"AWS":"`+admin+`"},"Action":"kms:Decrypt","Resource":"*"}`), 1, 0, 1, 0, true},
		{"a service", keyPolicy(t, `{"Effect":"Allow","Principal":{"Service":"logs.amazonaws.com"},"Action":"kms:Decrypt","Resource":"*"}`), 0, 0, 0, 0, true},
		{"policies refused", func(s *snapshot.Snapshot) {
			s.Roles[0].InlinePolicies = snapshot.Reading[[]snapshot.NamedPolicy]{State: snapshot.Denied}
			s.Roles[1].InlinePolicies = snapshot.Reading[[]snapshot.NamedPolicy]{State: snapshot.Denied}
		}, 0, 0, 0, 2, true},
		{"grants refused", func(s *snapshot.Snapshot) {
			s.Keys[0].Grants = snapshot.Reading[[]snapshot.Grant]{State: snapshot.Denied}
		}, 2, 0, 2, 0, false},
		{"principals refused", func(s *snapshot.Snapshot) { deny(s, "iam:GetAccountAuthorizationDetails") }, 2, 0, 2, 0, false},
		{"granted", func(s *snapshot.Snapshot) {
			s.Keys[0].Policy = doc(t, `{"Statement":[{"Effect":"Allow","Principal":{"AWS":"`+admin+`"},"Action":"kms:PutKeyPolicy","Resource":"*"}]}`)
			s.Keys[0].Grants = snapshot.Of([]snapshot.Grant{{ID: "g", Grantee: theRole, Operations: []string{"Decrypt"}}, {ID: "h", Grantee: "arn:aws:iam::999999999999:role/x", Operations: []string{"Decrypt"}}})
		}, 2, 0, 0, 0, true},
	}
	for _, test := range tests {
		d, _ := build(t, test.change, Intent{})
		k := d.Keys[0].Decryptors
		if k == nil || k.Allowed != test.allowed || k.Depends != test.depends || k.Delegated != test.delegated || k.Undecided != test.unknowns || k.Complete != test.complete {
			t.Errorf("%s: %+v", test.name, k)
		}
		if k != nil && (len(k.Open) == 0) != (k.Undecided == 0 && k.Complete) {
			t.Errorf("%s: open are %+v", test.name, k.Open)
		}
	}
	d, _ = build(t, func(s *snapshot.Snapshot) { s.Keys[0].Metadata.Value.Usage = "SIGN_VERIFY" }, Intent{})
	if k := d.Keys[0].Decryptors; k.Applies || k.Allowed != 0 {
		t.Errorf("a key that does not encrypt: %+v", k)
	}
}

func TestDelegation(t *testing.T) {
	for extent, statements := range map[string]string{
		"all": `{"Effect":"Allow","Principal":{"AWS":"522814710681"},"Action":["kms:Get*"],"Resource":"*"},` + delegates,
		"some": `{"Effect":"Allow","Principal":` + rootPrincipal + `,"Action":"kms:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}},
			{"Effect":"Allow","Principal":` + rootPrincipal + `,"Action":"kms:Get*","Resource":"*"}`,
		"none": `{"Effect":"Deny","Principal":` + rootPrincipal + `,"Action":"kms:*","Resource":"*"},{"Effect":"Allow","Principal":{"AWS":["` + admin + `","arn:aws:iam::999999999999:root"]},"Action":"kms:*","Resource":"*"}`,
	} {
		d, _ := build(t, keyPolicy(t, statements), Intent{})
		if got := d.Keys[0].Delegation; got == nil || got.Extent != extent {
			t.Errorf("%s: %+v", extent, got)
		}
	}
	d, _ := build(t, func(s *snapshot.Snapshot) { s.Keys[0].Metadata.Value.Manager = "AWS" }, Intent{})
	if got := d.Keys[0].Delegation; got.Extent != "aws" {
		t.Errorf("a key of AWS: %+v", got)
	}
}

func TestKeepers(t *testing.T) {
	put := func(principal, more string) string {
		return `{"Effect":"Allow","Principal":{"AWS":` + principal + `},"Action":"kms:Put*","Resource":"*"` + more + `}`
	}
	noRoot := `,"Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::522814710681:role/Key*"}}`
	tests := []struct{ name, statements, status string }{
		{"the account", delegates, "somebody"},
		{"the account, denied by an SCP to all", delegates, "somebody"},
		{"a role", put(`"`+admin+`"`, ""), "somebody"},
		{"a role by its id", put(`"AROAEXAMPLEKEYADMIN01"`, ""), "somebody"},
		{"the account under a condition that an administrator meets", put(`"522814710681"`, noRoot), "somebody"},
		{"the account under one that nobody with policies meets", put(`"522814710681"`, `,"Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::522814710681:role/Nobody*"}}`), "nobody"},
		{"use only", `{"Effect":"Allow","Principal":` + rootPrincipal + `,"Action":"kms:Decrypt","Resource":"*"}`, "nobody"},
		{"a role that is gone", put(`"AROAEXAMPLEDELETED001"`, ""), "nobody"},
		{"another account", put(`"arn:aws:iam::999999999999:root"`, ""), "nobody"},
		{"everybody but the account", `{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalAccount":"522814710681"}}}`, "nobody"},
		{"everybody in the account", `{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}`, "somebody"},
		{"denied to all", delegates + `,{"Effect":"Deny","Principal":"*","Action":"kms:PutKeyPolicy","Resource":"*"}`, "nobody"},
		{"another key", `{"Effect":"Allow","Principal":` + rootPrincipal + `,"Action":"kms:*","Resource":"arn:aws:kms:us-east-1:522814710681:key/other"}`, "nobody"},
		{"the network", put(`"522814710681"`, `,"Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`), "open"},
	}
	for _, test := range tests {
		d, _ := build(t, func(s *snapshot.Snapshot) {
			keyPolicy(t, test.statements)(s)
			s.Roles[0].ID, s.Roles[1].ID = "AROAEXAMPLEKEYADMIN01", "AROAEXAMPLEAPP000001"
			level := snapshot.OrganizationLevel{ServiceControlPolicies: snapshot.Of([]snapshot.NamedPolicy{{Document: doc(t, `{"Statement":[{"Effect":"Deny","Action":"kms:*","Resource":"*"}]}`)}})}
			s.Organization = snapshot.Of(snapshot.Organization{ID: "o-x", Chain: snapshot.Of([]snapshot.OrganizationLevel{level})})
		}, Intent{})
		if k := d.Keys[0].Keepers; k == nil || k.Status != test.status || (k.Status == "open") != (len(k.Depends) > 0) || (k.Status == "nobody") != (len(k.Some) == 0) {
			t.Errorf("%s: %+v %+v", test.name, k, d.Keys[0].Unread)
		}
	}
	d, _ := build(t, func(s *snapshot.Snapshot) {
		keyPolicy(t, put(`"AROAEXAMPLEDELETED001"`, ""))(s)
		deny(s, "iam:GetAccountAuthorizationDetails")
	}, Intent{})
	if reason := d.Keys[0].Unread["keepers"]; reason.State != "denied" {
		t.Errorf("whether the role is gone is not known: %+v", d.Keys[0].Keepers)
	}
}

func TestDuties(t *testing.T) {
	apart := `{"Effect":"Allow","Principal":{"AWS":"` + admin + `"},"Action":["kms:Put*","kms:Disable*"],"Resource":"*"},{"Effect":"Allow","Principal":{"AWS":"` + theRole + `"},"Action":"kms:Decrypt","Resource":"*"}`
	tests := []struct {
		name, statements string
		administrators   []string
		both             []string
	}{
		{"apart", apart, nil, nil},
		{"joined by AdministratorAccess", apart + "," + delegates, nil, []string{admin}},
		{"declared, not named", delegates, []string{admin}, []string{admin}},
		{"neither named nor declared", delegates, nil, nil},
		{"named to be denied", delegates + `,{"Effect":"Deny","Principal":{"AWS":"` + admin + `"},"Action":"kms:Get*","Resource":"*"}`, nil, nil},
		{"one statement for all", `{"Effect":"Allow","Principal":{"AWS":["` + admin + `","` + theRole + `"]},"Action":"kms:*","Resource":"*"}`, nil, []string{admin, theRole}},
		{"use denied to administrators", apart + "," + delegates + `,{"Effect":"Deny","Principal":{"AWS":"` + admin + `"},"Action":["kms:Decrypt","kms:Encrypt","kms:GenerateDataKey"],"Resource":"*"}`, nil, nil},
	}
	for _, test := range tests {
		d, _ := build(t, keyPolicy(t, test.statements), Intent{KeyAdministrators: test.administrators})
		var both []string
		for _, duty := range d.Keys[0].Duties.Both {
			both = append(both, duty.Principal)
		}
		if !slices.Equal(both, test.both) || len(d.Keys[0].Duties.Undecided) != 0 {
			t.Errorf("%s: %+v", test.name, d.Keys[0].Duties)
		}
	}
	d, _ := build(t, func(s *snapshot.Snapshot) {
		keyPolicy(t, apart+","+delegates)(s)
		s.Roles[0].AttachedPolicies = snapshot.Reading[[]snapshot.PolicyRef]{State: snapshot.Denied}
		s.Roles[1].AttachedPolicies = snapshot.Reading[[]snapshot.PolicyRef]{State: snapshot.Denied}
	}, Intent{})
	if k := d.Keys[0].Duties; len(k.Both) != 0 || len(k.Undecided) == 0 {
		t.Errorf("policies refused: %+v", k)
	}
}

// TestWanted leaves out what nobody reads.
func TestWanted(t *testing.T) {
	s := reference(t).Snapshot
	d, _ := BuildFor(s, intent(), map[string]map[string]any{}, Wanted{"keys.keepers": true})
	if k := d.Keys[0]; k.Keepers == nil || k.Decryptors != nil || k.Duties != nil || k.Delegation != nil {
		t.Errorf("%+v", k)
	}
}
