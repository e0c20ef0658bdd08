package access

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

func document(text string) snapshot.Reading[snapshot.Document] {
	return snapshot.ReadDocument("test", text)
}

func role(name, inline string) snapshot.Role {
	r := snapshot.Role{
		ARN: "arn:aws:iam::111122223333:role/" + name, Name: name, ID: "AROA" + strings.ToUpper(fmt.Sprintf("%016s", name)), Path: "/",
		AttachedPolicies: snapshot.Of([]snapshot.PolicyRef{}), Boundary: snapshot.None[snapshot.PolicyRef]("x", "x"),
		TrustPolicy: snapshot.None[snapshot.Document]("x", "x"), Tags: snapshot.Of(map[string]string{}),
		InlinePolicies: snapshot.Of([]snapshot.NamedPolicy{}),
	}
	if inline != "" {
		r.InlinePolicies = snapshot.Of([]snapshot.NamedPolicy{{Name: "p", Document: document(inline)}})
	}
	return r
}

const useKMS = `{"Version":"2012-10-17","Statement":[{"Sid":"Use","Effect":"Allow","Action":"kms:*","Resource":"*"}]}`

func account(keyPolicy string, grants ...snapshot.Grant) *snapshot.Snapshot {
	covered := func(service, region, operation string) snapshot.Coverage {
		return snapshot.Coverage{Service: service, Region: region, Operation: operation, State: snapshot.OK}
	}
	return &snapshot.Snapshot{
		Schema: snapshot.Schema, Account: snapshot.Account{ID: thisAccount, Partition: "aws"},
		CollectedAt: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), Organization: snapshot.None[snapshot.Organization]("x", "x"),
		Coverage: []snapshot.Coverage{
			covered("iam", "", "iam:GetAccountAuthorizationDetails"), covered("kms", "us-east-1", "kms:ListKeys"),
			covered("kms", "us-east-1", "kms:ListAliases"),
		},
		Roles: []snapshot.Role{role("app", useKMS), role("none", ""), role("s3", `{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`)},
		Keys: []snapshot.Key{{
			ARN: aKey, ID: "k", Region: "us-east-1", Policy: document(keyPolicy), Grants: snapshot.Of(grants), Tags: snapshot.Of(map[string]string{}),
			Metadata: snapshot.Of(snapshot.KeyMetadata{Manager: "CUSTOMER", Spec: "SYMMETRIC_DEFAULT", Usage: "ENCRYPT_DECRYPT", Origin: "AWS_KMS"}),
		}},
		Aliases: []snapshot.Alias{
			{ARN: "arn:aws:kms:us-east-1:111122223333:alias/app", Name: "alias/app", Region: "us-east-1", TargetKey: "k"},
			{ARN: "arn:aws:kms:us-east-1:111122223333:alias/aws/s3", Name: "alias/aws/s3", Region: "us-east-1"},
		},
	}
}

func statements(list ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(list, ",") + `]}`
}

const delegation = `{"Sid":"Root","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}`

func TestWhoCan(t *testing.T) {
	allow := func(principal, more string) string {
		return `{"Effect":"Allow","Principal":` + principal + `,"Action":"kms:Decrypt","Resource":"*"` + more + `}`
	}
	for _, c := range []struct {
		name, policy string
		grants       []snapshot.Grant
		want         string
	}{
		{"delegation", statements(delegation), nil, "role/app delegation; root delegation"},
		{"no delegation", statements(allow(`{"AWS":"arn:aws:iam::111122223333:role/none"}`, "")), nil, "role/none key policy"},
		{"a stranger", statements(allow(`{"AWS":"444455556666"}`, "")), nil, "444455556666:root cross-account"},
		{"a service", statements(allow(`{"Service":"logs.amazonaws.com"}`, "")), nil, "logs.amazonaws.com service"},
		{"everybody", statements(allow(`"*"`, "")), nil, "* key policy; role/app key policy; role/none key policy; role/s3 key policy; root key policy"},
		{"a unique id", statements(allow(`{"AWS":"AROA0000000000000app"}`, "")), nil, ""},
		{
			"grants", statements(delegation),
			[]snapshot.Grant{{ID: "g", Grantee: "arn:aws:iam::111122223333:role/s3", Operations: []string{"Decrypt"}}, {ID: "h", Grantee: "rds.us-east-1.amazonaws.com", Operations: []string{"Decrypt"}}},
			"role/app delegation; role/s3 grant; root delegation; rds.us-east-1.amazonaws.com grant",
		},
		{"a session", statements(allow(`{"AWS":"arn:aws:sts::111122223333:assumed-role/none/s"}`, "")), nil, "assumed-role/none/s key policy"},
		{"denied", statements(delegation, `{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"}`), nil, ""},
	} {
		holders, unread := New(account(c.policy, c.grants...)).WhoCan(aKey, []string{"kms:Decrypt", "kms:Encrypt"}, MustNotBeAble)
		var got []string
		for _, h := range holders {
			name := strings.TrimPrefix(h.Principal.ARN, "arn:aws:iam::"+thisAccount+":")
			name = strings.TrimPrefix(strings.TrimPrefix(name, "arn:aws:iam::"), "arn:aws:sts::"+thisAccount+":")
			got = append(got, name+" "+strings.Join(h.Paths, ", "))
			if h.By["kms:Decrypt"].Verdict != Allowed {
				t.Errorf("%s: %s: %+v", c.name, name, h.By)
			}
		}
		if text := strings.Join(got, "; "); text != c.want || len(unread) > 0 {
			t.Errorf("%s: got %q, want %q, unread %v", c.name, text, c.want, unread)
		}
	}
}

func TestWhoCanSaysWhatWasNotRead(t *testing.T) {
	s := account(statements(delegation))
	s.Coverage = nil
	s.Keys[0].Grants = snapshot.Reading[[]snapshot.Grant]{State: snapshot.Denied, Operation: "kms:ListGrants"}
	holders, unread := New(s).WhoCan(aKey, []string{"kms:Decrypt"}, MustNotBeAble)
	if len(holders) != 2 || len(unread) != 2 {
		t.Errorf("holders %+v, unread %+v", holders, unread)
	}
	s.Keys[0].Policy = snapshot.Reading[snapshot.Document]{State: snapshot.Denied, Operation: "kms:GetKeyPolicy"}
	if holders, unread = New(s).WhoCan(aKey, []string{"kms:Decrypt"}, MustNotBeAble); len(holders) != 0 || len(unread) != 1 || unread[0].Pointer != "/keys/0/policy" {
		t.Errorf("holders %+v, unread %+v", holders, unread)
	}
	if _, unread = New(s).WhoCan(aKey+"2", []string{"kms:Decrypt"}, MustNotBeAble); len(unread) != 1 {
		t.Errorf("a key that is not there: %+v", unread)
	}
}

func TestResolveKey(t *testing.T) {
	a := New(account(statements(delegation)))
	for _, c := range []struct{ ref, region, form, status, arn string }{
		{aKey, "us-east-1", "arn", KeyFound, aKey},
		{"k", "us-east-1", "id", KeyFound, aKey},
		{"alias/app", "us-east-1", "alias", KeyFound, aKey},
		{"arn:aws:kms:us-east-1:111122223333:alias/app", "us-east-1", "alias_arn", KeyFound, aKey},
		{"", "us-east-1", "none", KeyAWSManaged, ""},
		{"alias/aws/s3", "us-east-1", "alias", KeyAWSManaged, ""},
		{aKey + "x", "us-east-1", "arn", KeyMissing, aKey + "x"},
		{"alias/gone", "us-east-1", "alias", KeyMissing, ""},
		{aKey, "eu-west-1", "arn", KeyOtherRegion, aKey},
		{"alias/app", "eu-west-1", "alias", KeyUnread, ""},
		{strings.Replace(aKey, thisAccount, otherAccount, 1), "us-east-1", "arn", KeyForeign, strings.Replace(aKey, thisAccount, otherAccount, 1)},
		{"k", "", "id", KeyUnread, ""},
	} {
		k := a.ResolveKey(c.ref, c.region)
		if k.Form != c.form || k.Status != c.status || k.ARN != c.arn || (k.Status == KeyUnread) != (k.Unread != nil) {
			t.Errorf("%q in %q: got %+v", c.ref, c.region, k)
		}
	}
}

func TestPrincipals(t *testing.T) {
	s := account(statements(delegation, `{"Effect":"Allow","Principal":{"AWS":["444455556666","AIDAEXAMPLEGONE00000"],"Service":"logs.amazonaws.com"},"Action":"kms:*","Resource":"*"}`))
	s.Roles[0].TrustPolicy = document(statements(`{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/x"},"Action":"sts:AssumeRoleWithWebIdentity"}`))
	var got []string
	for _, p := range New(s).Principals() {
		got = append(got, p.Kind+" "+p.Known)
	}
	want := []string{
		"unique_id resource_side", "federated resource_side", "role full", "role full", "role full", "root full",
		"foreign resource_side", "service resource_side",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestReferenceAccount(t *testing.T) {
	file, err := snapshot.ReadFile("../../testdata/reference/snapshot.json")
	if err != nil {
		t.Skipf("the reference account: %v", err)
	}
	a := New(file.Snapshot)
	const app = "arn:aws:iam::522814710681:role/cmtr-4n6e9j62-iam-sewk-iam_role"
	const key = "arn:aws:kms:us-east-1:522814710681:key/cac96933-72ff-0000-0000-000000000000"
	for _, action := range []string{"kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:GenerateDataKey", "kms:DescribeKey"} {
		if d := a.Decide(Question{Principal: app, Action: action, Resource: key, Stance: MustBeAble}); d.Verdict != Allowed {
			t.Errorf("%s: %+v", action, d)
		}
	}
	for _, operation := range []string{"PutObject", "GetObject", "CompleteMultipartUpload"} {
		answer := a.S3(S3Question{Principal: app, Operation: operation, Bucket: "arn:aws:s3:::bucket-695267-2", Object: "confidential_credentials.csv", Stance: MustBeAble})
		if answer.Verdict != Allowed || answer.Key.ARN != key {
			t.Errorf("%s: %+v", operation, answer)
		}
	}
	if d := a.Decide(Question{Principal: app, Action: "kms:PutKeyPolicy", Resource: key}); !d.Verdict.Denied() {
		t.Errorf("kms:PutKeyPolicy: %+v", d)
	}
}

func TestConcurrentUse(t *testing.T) {
	a := New(account(statements(delegation)))
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 50 {
				a.WhoCan(aKey, []string{"kms:Decrypt"}, MustNotBeAble)
				a.Decide(Question{Principal: "arn:aws:iam::111122223333:role/app", Action: "kms:Encrypt", Resource: aKey})
			}
		})
	}
	group.Wait()
}

func BenchmarkWhoCan(b *testing.B) {
	s := account(statements(delegation))
	s.Roles = nil
	for i := range 10000 {
		inline := `{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`
		if i%100 == 0 {
			inline = useKMS
		}
		s.Roles = append(s.Roles, role(fmt.Sprintf("r%05d", i), inline))
	}
	a := New(s)
	b.ResetTimer()
	for b.Loop() {
		if holders, _ := a.WhoCan(aKey, []string{"kms:Decrypt"}, MustNotBeAble); len(holders) != 101 {
			b.Fatal(len(holders))
		}
	}
}
