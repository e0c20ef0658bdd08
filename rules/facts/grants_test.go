package facts

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// granted gives the key of the reference account the grants.
func granted(grants ...snapshot.Grant) func(*snapshot.Snapshot) {
	return func(s *snapshot.Snapshot) {
		for i := range grants {
			if grants[i].ID == "" {
				grants[i].ID = string(rune('a' + i))
			}
		}
		s.Keys[0].Grants = snapshot.Of(grants)
	}
}

const (
	neighbour = "arn:aws:iam::999999999999:role/reader"
	linked    = "arn:aws:iam::522814710681:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
)

func TestGrants(t *testing.T) {
	tests := []struct {
		name  string
		grant snapshot.Grant
		want  KeyGrant
	}{
		{"a role", snapshot.Grant{Grantee: theRole, Operations: []string{"Decrypt"}}, KeyGrant{Grantee: theRole, Kind: "role", Own: true, Operations: []string{"Decrypt"}, Constraint: "none", Days: -1}},
		{"a role of another account", snapshot.Grant{Grantee: neighbour}, KeyGrant{Grantee: neighbour, Kind: "role", External: []GrantParty{{"999999999999", "grantee"}}, Constraint: "none", Days: -1}},
		{
			"made and retired from outside",
			snapshot.Grant{Grantee: theRole, RetiringPrincipal: neighbour, IssuingAccount: "arn:aws:iam::888888888888:root"},
			KeyGrant{Grantee: theRole, Kind: "role", Own: true, Retiring: neighbour, External: []GrantParty{{"999999999999", "retiring"}, {"888888888888", "issuer"}}, Constraint: "none", Days: -1},
		},
		{"of a trusted account", snapshot.Grant{Grantee: "arn:aws:iam::777777777777:root"}, KeyGrant{Grantee: "arn:aws:iam::777777777777:root", Kind: "account", Constraint: "none", Days: -1}},
		{
			"a service by its own member",
			snapshot.Grant{GranteeService: "rds.us-east-1.amazonaws.com", RetiringServicePrincipal: "rds.us-east-1.amazonaws.com", SourceARN: "arn:aws:rds:us-east-1:522814710681:db:x"},
			KeyGrant{Grantee: "rds.us-east-1.amazonaws.com", Kind: "aws", Retiring: "rds.us-east-1.amazonaws.com", Constraint: "source", Days: -1},
		},
		{
			"a service in the grantee's place",
			snapshot.Grant{Grantee: "dynamodb.us-east-1.amazonaws.com", EncryptionContextSubset: map[string]string{"aws:dynamodb:tableName": "t"}},
			KeyGrant{Grantee: "dynamodb.us-east-1.amazonaws.com", Kind: "aws", Constraint: "context", Days: -1},
		},
		{"a service-linked role", snapshot.Grant{Grantee: linked}, KeyGrant{Grantee: linked, Kind: "aws", Own: true, Constraint: "none", Days: -1}},
		{
			"its session",
			snapshot.Grant{Grantee: "arn:aws:sts::522814710681:assumed-role/AWSServiceRoleForAutoScaling/x"},
			KeyGrant{Grantee: "arn:aws:sts::522814710681:assumed-role/AWSServiceRoleForAutoScaling/x", Kind: "aws", Own: true, Constraint: "none", Days: -1},
		},
		{
			"what attaches volumes",
			snapshot.Grant{Grantee: "arn:aws:sts::522814710681:assumed-role/aws:ec2-infrastructure/i-1", EncryptionContextEquals: map[string]string{"aws:ebs:id": "vol-1"}},
			KeyGrant{Grantee: "arn:aws:sts::522814710681:assumed-role/aws:ec2-infrastructure/i-1", Kind: "aws", Own: true, Constraint: "context", Days: -1},
		},
		{"everybody", snapshot.Grant{Grantee: "*", SourceARN: "*"}, KeyGrant{Grantee: "*", Kind: "anyone", Constraint: "none", Days: -1}},
		{"a role that is gone", snapshot.Grant{Grantee: "AROAEXAMPLEDELETED001"}, KeyGrant{Grantee: "AROAEXAMPLEDELETED001", Kind: "unique_id", Constraint: "none", Gone: true, Days: -1}},
	}
	for _, test := range tests {
		d, _ := build(t, func(s *snapshot.Snapshot) {
			s.Roles = append(s.Roles, snapshot.Role{ARN: linked, Name: "AWSServiceRoleForAutoScaling", Path: "/aws-service-role/autoscaling.amazonaws.com/"})
			granted(test.grant)(s)
		}, Intent{TrustedAccounts: []string{"777777777777"}})
		k := d.Keys[0].Grants
		if k == nil || len(k.Grants) != 1 || len(k.Undecided) != 0 || k.Count != 1 {
			t.Fatalf("%s: %+v %+v", test.name, k, d.Keys[0].Unread)
		}
		test.want.ID, test.want.Place = "a", "/keys/0/grants/value/0"
		if got := k.Grants[0]; !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s:\n%+v\n%+v", test.name, got, test.want)
		}
	}
}

func TestGrantsAge(t *testing.T) {
	d, _ := build(t, func(s *snapshot.Snapshot) {
		granted(snapshot.Grant{Grantee: theRole, CreatedAt: s.CollectedAt.Add(-50 * time.Hour)})(s)
	}, Intent{})
	if got := d.Keys[0].Grants.Grants[0].Days; got != 2 {
		t.Errorf("%d days", got)
	}
}

func TestRepeatedGrants(t *testing.T) {
	one := snapshot.Grant{Grantee: theRole, Operations: []string{"Decrypt", "Encrypt"}, EncryptionContextSubset: map[string]string{"a": "1", "b": "2"}}
	changed := func(change func(*snapshot.Grant)) snapshot.Grant { g := one; change(&g); return g }
	d, _ := build(t, granted(one,
		changed(func(g *snapshot.Grant) { g.Operations = []string{"Encrypt", "Decrypt"} }), // the same
		changed(func(g *snapshot.Grant) { g.Name = "n" }),
		changed(func(g *snapshot.Grant) { g.EncryptionContextSubset = map[string]string{"a": "1"} }),
		changed(func(g *snapshot.Grant) { g.RetiringPrincipal = admin }),
		changed(func(g *snapshot.Grant) { g.Grantee = admin }),
		snapshot.Grant{Grantee: linked}, snapshot.Grant{Grantee: linked},
	), Intent{})
	k := d.Keys[0].Grants
	want := []RepeatedGrant{{
		Place: "/keys/0/grants/value/1", Grantee: theRole, Operations: []string{"Decrypt", "Encrypt"},
		Constraint: `EncryptionContextSubset map["a":"1" "b":"2"]`, Count: 2, IDs: []string{"b"},
	}}
	if !reflect.DeepEqual(k.Repeated, want) {
		t.Errorf("%+v", k.Repeated)
	}
	if want := []GrantHolder{{theRole, 5}, {admin, 1}}; !slices.Equal(k.Holders, want) || k.Count != 8 {
		t.Errorf("%d grants, of %+v", k.Count, k.Holders)
	}
}

func TestGrantsNotKnown(t *testing.T) {
	d, _ := build(t, func(s *snapshot.Snapshot) {
		s.Keys[0].Grants = snapshot.Reading[[]snapshot.Grant]{State: snapshot.Denied, Operation: "kms:ListGrants", Code: "AccessDeniedException"}
	}, Intent{})
	if got := d.Keys[0]; got.Grants != nil || got.Unread["grants"].State != "denied" {
		t.Errorf("refused: %+v", got.Grants)
	}
	d, _ = build(t, func(s *snapshot.Snapshot) { s.Keys[0].Metadata.Value.Manager = "AWS" }, Intent{})
	if got := d.Keys[0].Grants; got.Manager != "aws" || len(got.Grants) != 0 {
		t.Errorf("a key of AWS: %+v", got)
	}
	d, _ = build(t, func(s *snapshot.Snapshot) {
		granted(snapshot.Grant{Grantee: "AROAEXAMPLEDELETED001"}, snapshot.Grant{Grantee: theRole})(s)
		deny(s, "iam:GetAccountAuthorizationDetails")
	}, Intent{})
	if got := d.Keys[0].Grants; len(got.Undecided) != 1 || got.Grants[0].Gone || got.Undecided[0].Unread[0].State != "denied" {
		t.Errorf("roles that nobody could list: %+v", got)
	}
}
