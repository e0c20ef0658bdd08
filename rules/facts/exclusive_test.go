package facts

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// Policies that open many exclusive keys are told once; what names a key, or who is
// meant for it, stays with the key.
func TestExclusiveKeysOfOnePolicyAreToldOnce(t *testing.T) {
	const count = 12
	keyOf := func(i int) string { return fmt.Sprintf("%s%02d", strings.TrimSuffix(theKey, "00"), i) }
	everywhere := `{"Version":"2012-10-17","Statement":[{"Sid":"All","Effect":"Allow","Action":"kms:Decrypt","Resource":"*"}]}`
	change := func(s *snapshot.Snapshot) {
		for i := range 15 {
			role(t, s, fmt.Sprint("bare", i), "/", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:*","Resource":"*"}]}`)
		}
		role(t, s, "report", "/", everywhere)
		role(t, s, "owner", "/", everywhere)
		role(t, s, "narrow", "/", `{"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Allow","Action":"kms:Decrypt","Resource":"`+keyOf(3)+`"}]}`)
		role(t, s, "viaS3", "/", `{"Version":"2012-10-17","Statement":[{"Sid":"S3","Effect":"Allow","Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}}]}`)
		role(t, s, "tagged", "/", `{"Version":"2012-10-17","Statement":[{"Sid":"Own","Effect":"Allow","Action":"kms:Decrypt","Resource":"arn:aws:kms:*:*:key/${aws:PrincipalTag/key}"}]}`)
		role(t, s, "refused", "/", everywhere)
		s.Roles[len(s.Roles)-1].InlinePolicies = snapshot.Reading[[]snapshot.NamedPolicy]{State: snapshot.Denied, Operation: "iam:GetRolePolicy"}
		template := s.Keys[0]
		for i := range count {
			k := template
			k.ARN, k.ID = keyOf(i), keyOf(i)[strings.LastIndex(keyOf(i), "/")+1:]
			if i == 5 {
				k.Grants = snapshot.Of([]snapshot.Grant{{ID: "g1", Grantee: "arn:aws:iam::999999999999:role/guest", Operations: []string{"Decrypt"}}})
			}
			if i == 9 {
				k.Policy = snapshot.ReadDocument("kms:GetKeyPolicy", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::`+account+`:root"},"Action":"kms:*","Resource":"*"},`+
					`{"Sid":"Open","Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:CallerAccount":"`+account+`"}}}]}`)
			}
			s.Keys = append(s.Keys, k)
		}
		s.Keys = s.Keys[1:]
	}
	needs := func(from int) Intent {
		with := intent()
		with.Requirements = nil
		for i := from; i < count; i++ {
			r := Requirement{Name: fmt.Sprint("need", i), Principals: []string{theRole}, Key: keyOf(i), Exclusive: true}
			if i == 7 {
				r.Principals = append(r.Principals, "arn:aws:iam::"+account+":role/owner")
			}
			with.Requirements = append(with.Requirements, r)
		}
		return with
	}
	d, _ := build(t, change, needs(0))
	few, _ := build(t, change, needs(9)) // so few that each key is asked about by itself
	if got, want := open(d.Exclusive), open(few.Exclusive); got != want || !strings.Contains(got, "18 principals") {
		t.Errorf("the open key: %s, asked about by itself: %s", got, want)
	}
	var wide, single, undecided []string
	for _, row := range d.Exclusive {
		for verdict, list := range map[string][]Users{"allowed": row.Allowed, "depends": row.Depends} {
			for _, u := range list {
				line := fmt.Sprintf("%s %s %d %v", strings.TrimPrefix(u.Principals[0], "arn:aws:iam::"), verdict, row.Reach, u.Paths)
				if row.Reach > 0 {
					wide = append(wide, line)
				} else if u.By[0].Sid != "Open" {
					single = append(single, line+" "+row.Requirement)
				}
				if row.Reach > 0 && (len(row.Keys) != someUsers || row.Key != d.Account.ARN || len(u.By) != 1) {
					t.Errorf("the row of a policy: %+v", row)
				}
			}
		}
		for _, u := range row.Undecided {
			undecided = append(undecided, row.ID+" "+u.What[strings.LastIndex(u.What, "/")+1:])
		}
	}
	slices.Sort(wide)
	slices.Sort(single)
	if want := []string{account + ":role/owner allowed 11 [delegation]", account + ":role/report allowed 12 [delegation]", account + ":role/viaS3 depends 11 [delegation]"}; !slices.Equal(wide, want) {
		t.Errorf("policies\n%q, want\n%q", wide, want)
	}
	if want := []string{account + ":role/narrow allowed 0 [delegation] need3", "999999999999:role/guest allowed 0 [grant] need5"}; !slices.Equal(single, want) {
		t.Errorf("keys\n%q, want\n%q", single, want)
	}
	if want := []string{"exclusive|unsure refused"}; !slices.Equal(undecided, want) {
		t.Errorf("not known: %q, want %q", undecided, want)
	}
}

// open tells who uses a key by the statement Open.
func open(rows []Exclusive) string {
	text := ""
	for _, row := range rows {
		for _, u := range append(slices.Clone(row.Allowed), row.Depends...) {
			if u.By[0].Sid == "Open" {
				text += fmt.Sprintf("%d principals %v %v %v of %s\n", u.Count, u.Principals, u.Actions, u.Paths, row.Requirement)
			}
		}
	}
	return text
}

// A row of a policy tells how its keys are used although the first of its holders is
// shut out of the first of them.
func TestPathsOfAPolicyOfManyKeys(t *testing.T) {
	const count = 12
	keyOf := func(i int) string { return fmt.Sprintf("%s%02d", strings.TrimSuffix(theKey, "00"), i) }
	shared := "arn:aws:iam::" + account + ":policy/shared"
	with := intent()
	with.Requirements = nil
	for i := range count {
		with.Requirements = append(with.Requirements, Requirement{Name: fmt.Sprint("need", i), Principals: []string{theRole}, Key: keyOf(i), Exclusive: true})
	}
	d, _ := build(t, func(s *snapshot.Snapshot) {
		s.ManagedPolicies = append(s.ManagedPolicies, snapshot.ManagedPolicy{
			ARN: shared, Name: "shared", Document: snapshot.ReadDocument("iam:GetPolicyVersion", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*"}]}`),
		})
		for _, name := range []string{"anna", "berta"} {
			role(t, s, name, "/", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:*","Resource":"*"}]}`)
			s.Roles[len(s.Roles)-1].AttachedPolicies = snapshot.Of([]snapshot.PolicyRef{{ARN: shared, Name: "shared"}})
		}
		template := s.Keys[0]
		s.Keys = nil
		for i := range count {
			k := template
			k.ARN, k.ID = keyOf(i), keyOf(i)[strings.LastIndex(keyOf(i), "/")+1:]
			if i == 0 {
				k.Policy = snapshot.ReadDocument("kms:GetKeyPolicy", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::`+account+`:root"},"Action":"kms:*","Resource":"*"},`+
					`{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::`+account+`:role/anna"},"Action":"kms:*","Resource":"*"}]}`)
			}
			s.Keys = append(s.Keys, k)
		}
	}, with)
	for _, row := range d.Exclusive {
		if row.Reach > 0 && len(row.Allowed) > 0 {
			if u := row.Allowed[0]; u.Count != 2 || row.Keys[0] != keyOf(0) || !slices.Equal(u.Paths, []string{"delegation"}) {
				t.Errorf("%d holders of %v by %v", u.Count, row.Keys, u.Paths)
			}
			return
		}
	}
	t.Error("no row of the policy")
}
