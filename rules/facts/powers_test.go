package facts

import (
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// powersOf builds the powers of the reference account with changes.
func powersOf(t *testing.T, intent Intent, change func(*snapshot.Snapshot)) map[string]Power {
	t.Helper()
	f, err := snapshot.ReadFile("../../testdata/reference/snapshot.json")
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(f.Snapshot)
	}
	document, _ := BuildFor(f.Snapshot, intent, nil, Wanted{"powers": true})
	rows := map[string]Power{}
	for _, row := range document.Powers {
		if rest, split := rows[row.Kind]; split {
			row.Undecided = rest.Undecided
		}
		rows[row.Kind] = row
	}
	if len(rows) != 4 {
		t.Fatalf("%d kinds of powers", len(rows))
	}
	return rows
}

// toldPowers writes users on a line each.
func toldPowers(list []PowerUsers) []string {
	var lines []string
	for _, u := range list {
		var actions []string
		for _, action := range u.Actions {
			_, name, _ := strings.Cut(action, ":")
			actions = append(actions, name)
		}
		line := strings.Join(actions, " ") + " by " + u.What + " to"
		for _, one := range u.Principals {
			line += " " + one[strings.LastIndexAny(one, "/:")+1:]
		}
		lines = append(lines, line)
	}
	return lines
}

const powerAdmin = "arn:aws:iam::522814710681:role/KeyAdmin"

func writtenPolicy(statements ...string) snapshot.Reading[snapshot.Document] {
	return snapshot.ReadDocument("test", `{"Version":"2012-10-17","Statement":[`+strings.Join(statements, ",")+`]}`)
}

func inlineOf(name string, statements ...string) snapshot.Reading[[]snapshot.NamedPolicy] {
	return snapshot.Of([]snapshot.NamedPolicy{{Name: name, Document: writtenPolicy(statements...)}})
}

// addRole adds a role with one inline policy.
func addRole(s *snapshot.Snapshot, name, policy string, statements ...string) *snapshot.Role {
	r := s.Roles[0]
	r.ARN, r.Name, r.ID = "arn:aws:iam::522814710681:role/"+name, name, "AROA"+strings.ToUpper(name)
	r.AttachedPolicies = snapshot.Of([]snapshot.PolicyRef{})
	r.InlinePolicies = inlineOf(policy, statements...)
	s.Roles = append(s.Roles, r)
	return &s.Roles[len(s.Roles)-1]
}

func TestPowers(t *testing.T) {
	const all = `{"Sid":"All","Effect":"Allow","Action":"kms:*","Resource":"*"}`
	allowing := func(action string, condition string) string {
		return `{"Effect":"Allow","Action":"` + action + `","Resource":"*"` + condition + `}`
	}
	const key = "arn:aws:kms:us-east-1:522814710681:key/cac96933-72ff-0000-0000-000000000000"
	admins := Intent{KeyAdministrators: []string{powerAdmin}}
	for _, tc := range []struct {
		name                         string
		intent                       Intent
		change                       func(*snapshot.Snapshot)
		kind                         string
		allowed, depends, undecideds []string
	}{
		{"only administrators", admins, nil, "destroy", nil, nil, nil},
		{
			"nobody declared",
			Intent{},
			nil, "destroy",
			[]string{"DeleteAlias DeleteImportedKeyMaterial DisableKey ScheduleKeyDeletion UpdateAlias by policy AdministratorAccess to KeyAdmin"},
			nil, nil,
		},
		{
			"everything", admins, func(s *snapshot.Snapshot) { addRole(s, "app", "own", all) }, "takeover",
			[]string{"CreateGrant PutKeyPolicy ReplicateKey UpdatePrimaryRegion by inline policy own of arn:aws:iam::522814710681:role/app to app"},
			nil, nil,
		},
		{
			"inline policies of one name", admins, func(s *snapshot.Snapshot) {
				addRole(s, "a", "own", all)
				addRole(s, "b", "own", allowing("kms:PutKeyPolicy", ""))
				addRole(s, "c", "other", allowing("kms:PutKeyPolicy", ""))
			}, "takeover",
			[]string{
				"PutKeyPolicy by inline policy other of arn:aws:iam::522814710681:role/c to c",
				"CreateGrant PutKeyPolicy ReplicateKey UpdatePrimaryRegion by 2 inline policies own to a b",
			},
			nil, nil,
		},
		{
			"grants that are limited (K13)", admins, func(s *snapshot.Snapshot) {
				addRole(s, "aws", "p1", allowing("kms:CreateGrant", `,"Condition":{"Bool":{"kms:GrantIsForAWSResource":"true"}}`))
				addRole(s, "ops", "p2", allowing("kms:CreateGrant", `,"Condition":{"ForAllValues:StringEquals":{"kms:GrantOperations":["Encrypt"]}}`))
				addRole(s, "to", "p3", allowing("kms:CreateGrant", `,"Condition":{"StringEquals":{"kms:GranteePrincipal":"`+powerAdmin+`"}}`))
				addRole(s, "via", "p4", allowing("kms:CreateGrant", `,"Condition":{"StringEquals":{"kms:ViaService":"ec2.us-east-1.amazonaws.com"}}`))
				addRole(s, "mfa", "p5", allowing("kms:CreateGrant", `,"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`))
			}, "takeover",
			nil,
			[]string{"CreateGrant by inline policy p5 of arn:aws:iam::522814710681:role/mfa to mfa"},
			nil,
		},
		{
			"an alias needs both halves (M8)", admins, func(s *snapshot.Snapshot) {
				addRole(s, "half", "p1", `{"Effect":"Allow","Action":"kms:DeleteAlias","Resource":"`+key+`"}`)
				addRole(s, "whole", "p2", `{"Effect":"Allow","Action":"kms:DeleteAlias","Resource":["`+key+`","arn:aws:kms:*:*:alias/*"]}`)
			}, "destroy",
			[]string{"DeleteAlias by inline policy p2 of arn:aws:iam::522814710681:role/whole to whole"},
			nil, nil,
		},
		{
			"named by the key policy", admins, func(s *snapshot.Snapshot) {
				addRole(s, "direct", "p", allowing("s3:ListBucket", ""))
				s.Keys[0].Policy = writtenPolicy(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::522814710681:role/direct"},"Action":"kms:PutKeyPolicy","Resource":"*"}`)
			}, "takeover",
			[]string{"PutKeyPolicy by policies and grants of what it is over to direct"},
			nil, nil,
		},
		{
			"denied", admins, func(s *snapshot.Snapshot) {
				addRole(s, "app", "own", all, `{"Effect":"Deny","Action":["kms:Schedule*","kms:Disable*","kms:Delete*","kms:UpdateAlias"],"Resource":"*"}`)
			}, "destroy", nil, nil, nil,
		},
		{
			"not read", admins, func(s *snapshot.Snapshot) {
				addRole(s, "app", "own").InlinePolicies = snapshot.Reading[[]snapshot.NamedPolicy]{State: snapshot.Denied}
			}, "destroy", nil, nil, []string{"arn:aws:iam::522814710681:role/app"},
		},
		{
			"the key policy was not read", admins, func(s *snapshot.Snapshot) {
				s.Keys[0].Policy = snapshot.Reading[snapshot.Document]{State: snapshot.Denied}
			}, "takeover", nil, nil, []string{"who can take keys over"},
		},
		{
			"buckets", admins, func(s *snapshot.Snapshot) {
				addRole(s, "app", "own", `{"Effect":"Allow","Action":"s3:PutEncryptionConfiguration","Resource":"arn:aws:s3:::bucket-695267-2"}`)
				addRole(s, "none", "p", `{"Effect":"Allow","Action":"s3:Put*","Resource":"arn:aws:s3:::elsewhere"}`)
				addRole(s, "object", "q", `{"Effect":"Allow","Action":"s3:UpdateObjectEncryption","Resource":"arn:aws:s3:::bucket-695267-2/in/*"}`)
			}, "encryption",
			[]string{
				"PutEncryptionConfiguration by inline policy own of arn:aws:iam::522814710681:role/app to app",
				"UpdateObjectEncryption by inline policy q of arn:aws:iam::522814710681:role/object to object",
			},
			nil, nil,
		},
		{
			"a bucket policy", admins, func(s *snapshot.Snapshot) {
				s.Buckets[1].Policy = writtenPolicy(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::522814710681:role/cmtr-4n6e9j62-iam-sewk-iam_role"},"Action":"s3:*","Resource":"arn:aws:s3:::bucket-695267-2"}`)
			}, "encryption",
			[]string{"PutEncryptionConfiguration by policies and grants of what it is over to cmtr-4n6e9j62-iam-sewk-iam_role"},
			nil, nil,
		},
		{
			"a bucket policy was not read", admins, func(s *snapshot.Snapshot) {
				s.Buckets[1].Policy = snapshot.Reading[snapshot.Document]{State: snapshot.Failed}
			}, "encryption", nil, nil, []string{"who can change the encryption of buckets"},
		},
		{
			"nobody is bounded", admins, nil, "unbounded",
			[]string{"CreateGrant DeleteAlias DeleteImportedKeyMaterial DisableKey PutKeyPolicy ReplicateKey ScheduleKeyDeletion UpdateAlias UpdatePrimaryRegion by policy AdministratorAccess to KeyAdmin"},
			nil, nil,
		},
		{
			"bounded", admins, func(s *snapshot.Snapshot) {
				i := slices.IndexFunc(s.Roles, func(r snapshot.Role) bool { return r.ARN == powerAdmin })
				s.Roles[i].Boundary = snapshot.Of(snapshot.PolicyRef{ARN: "arn:aws:iam::aws:policy/AdministratorAccess", Name: "AdministratorAccess"})
			}, "unbounded", nil, nil, nil,
		},
	} {
		row := powersOf(t, tc.intent, tc.change)[tc.kind]
		if got := toldPowers(row.Allowed); !slices.Equal(got, tc.allowed) {
			t.Errorf("%s: allowed %q", tc.name, got)
		}
		if got := toldPowers(row.Depends); !slices.Equal(got, tc.depends) {
			t.Errorf("%s: depends %q", tc.name, got)
		}
		var undecided []string
		for _, u := range row.Undecided {
			undecided = append(undecided, u.What)
		}
		if !slices.Equal(undecided, tc.undecideds) {
			t.Errorf("%s: undecided %q", tc.name, undecided)
		}
	}
}

// TestPowersGuarded names the service control policies that deny some of it.
func TestPowersGuarded(t *testing.T) {
	level := func(statements ...string) func(*snapshot.Snapshot) {
		return func(s *snapshot.Snapshot) {
			statements = append(statements, `{"Effect":"Allow","Action":"*","Resource":"*"}`)
			s.Organization = snapshot.Of(snapshot.Organization{ID: "o-1", ManagementAccount: "111122223333", Chain: snapshot.Of([]snapshot.OrganizationLevel{{
				ID: "r-1", Type: "root", ResourceControlPolicies: snapshot.Of([]snapshot.NamedPolicy{}),
				ServiceControlPolicies: snapshot.Of([]snapshot.NamedPolicy{{Name: "Guard", Document: writtenPolicy(statements...)}}),
			}})})
		}
	}
	guard := `{"Effect":"Deny","Action":"kms:ScheduleKeyDeletion","Resource":"*","Condition":{"ArnNotEquals":{"aws:PrincipalArn":"` + powerAdmin + `"}}}`
	if got := powersOf(t, Intent{}, level(guard))["unbounded"].Guards; !slices.Equal(got, []string{"Guard"}) {
		t.Errorf("guards %q", got)
	}
	if got := powersOf(t, Intent{}, level(`{"Effect":"Deny","Action":"kms:Encrypt","Resource":"*"}`))["unbounded"].Guards; got != nil {
		t.Errorf("guards %q", got)
	}
}
