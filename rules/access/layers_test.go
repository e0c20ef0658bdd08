package access

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// drawn is what layers say, in short: the layer, what it says, the Sids of its
// statements, with ~ for open ones and ! for those that do not hold.
func drawn(layers []LayerAnswer) string {
	var words []string
	for _, l := range layers {
		text := string(l.Layer)
		if l.Level != "" {
			text += " " + l.Level
		}
		text += " " + string(l.Says)
		for _, s := range l.Statements {
			text += " " + map[string]string{"yes": "", "open": "~", "no": "!"}[s.Holds] + s.Ref.Sid
			if s.As != "" {
				text += "/" + s.As
			}
		}
		if rule, _, found := strings.Cut(l.Why, ": "); found {
			text += " (" + rule + ")"
		}
		words = append(words, text)
	}
	return strings.Join(words, "; ")
}

func inOrganization(s *snapshot.Snapshot, scp, rcp string) *snapshot.Snapshot {
	policies := func(text string) snapshot.Reading[[]snapshot.NamedPolicy] {
		return snapshot.Of([]snapshot.NamedPolicy{{Name: "p", Document: document(text)}})
	}
	s.Organization = snapshot.Of(snapshot.Organization{ID: "o", ManagementAccount: "999999999999", Chain: snapshot.Of([]snapshot.OrganizationLevel{
		{ID: "r-1", Type: "root", ServiceControlPolicies: policies(scp), ResourceControlPolicies: policies(rcp)},
	})})
	return s
}

// TestLayers holds what each layer says to the request, with its statements.
func TestLayers(t *testing.T) {
	const (
		everything = `{"Sid":"Full","Effect":"Allow","Action":"*","Resource":"*"}`
		rcp        = `{"Sid":"Away","Effect":"Deny","Principal":"*","Action":"kms:Decrypt","Resource":"*"}`
	)
	app := "arn:aws:iam::111122223333:role/app"
	bounded := account(statements(delegation))
	bounded.Roles[0].Boundary = snapshot.Of(snapshot.PolicyRef{ARN: "arn:b", Name: "b"})
	bounded.ManagedPolicies = []snapshot.ManagedPolicy{{ARN: "arn:b", Name: "b", Document: document(statements(`{"Sid":"B","Effect":"Allow","Action":"s3:*","Resource":"*"}`))}}
	grants := account(statements(delegation),
		snapshot.Grant{ID: "g", Name: "other", Grantee: "arn:aws:iam::111122223333:role/none", Operations: []string{"Encrypt"}},
		snapshot.Grant{ID: "h", Name: "pairs", Grantee: "arn:aws:iam::111122223333:role/none", Operations: []string{"Decrypt"}, EncryptionContextSubset: map[string]string{"a": "b"}},
		snapshot.Grant{ID: "i", Name: "else", Grantee: app, Operations: []string{"Decrypt"}})
	unread := account(statements(delegation))
	unread.Keys[0].Policy = snapshot.Reading[snapshot.Document]{State: snapshot.Denied}
	for _, tc := range []struct {
		name, principal string
		s               *snapshot.Snapshot
		ctx             Context
		want            string
	}{
		{
			"delegation", app, account(statements(delegation)), NewContext(),
			"identity allows Use; boundary none; session none (Q5); scp none; rcp none; resource delegates Root/account; grant none",
		},
		{
			"a boundary", app, bounded, NewContext(),
			"identity allows Use; boundary silent; session none (Q5); scp none; rcp none; resource delegates Root/account; grant none",
		},
		{
			"an organization", app, inOrganization(account(statements(delegation)), statements(everything), statements(rcp)), NewContext(),
			"identity allows Use; boundary none; session none (Q5); scp r-1 allows Full; rcp r-1 denies Away; resource delegates Root/account; grant none",
		},
		{
			"the root user", "111122223333", account(statements(delegation)), NewContext(),
			"identity allows (E8); scp none; rcp none; resource delegates Root/account; grant none",
		},
		{
			"a service", "logs.amazonaws.com", inOrganization(account(statements(delegation)), statements(everything), statements(everything)), NewContext(),
			"identity exempt (K8); scp exempt (O3); rcp r-1 allows; resource silent; grant none",
		},
		{
			"an Allow that nearly holds", app, account(statements(`{"Sid":"Via","Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"kms:*","Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}}`)),
			NewContext().With("kms:ViaService", "sqs.us-east-1.amazonaws.com"),
			"identity allows Use; boundary none; session none (Q5); scp none; rcp none; resource silent !Via/account; grant none",
		},
		{
			"an open test", app, account(statements(`{"Sid":"Via","Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"kms:*","Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}}`)), NewContext(),
			"identity allows Use; boundary none; session none (Q5); scp none; rcp none; resource depends ~Via/account; grant none",
		},
		{
			"grants", "arn:aws:iam::111122223333:role/none", grants, NewContext().WithAbsent("kms:EncryptionContext:*"),
			"identity silent; boundary none; session none (Q5); scp none; rcp none; resource delegates Root/account; grant silent !other/role !pairs/role",
		},
		{
			"unread", app, unread, NewContext(),
			"identity allows Use; boundary none; session none (Q5); scp none; rcp none; resource unread; grant none",
		},
	} {
		d := New(tc.s).Decide(Question{Principal: tc.principal, Action: "kms:Decrypt", Resource: aKey, Stance: MustBeAble, Context: tc.ctx, Layers: true})
		if got := drawn(d.Layers); got != tc.want {
			t.Errorf("%s: %s\n got %s\nwant %s", tc.name, d.Verdict, got, tc.want)
		}
		plain := New(tc.s).Decide(Question{Principal: tc.principal, Action: "kms:Decrypt", Resource: aKey, Stance: MustBeAble, Context: tc.ctx})
		if d.Layers = nil; fmt.Sprintf("%+v", d) != fmt.Sprintf("%+v", plain) {
			t.Errorf("%s: asking for layers changes the decision", tc.name)
		}
	}
}

// TestLayersCompare holds tests that fail or are open to what the request has.
func TestLayersCompare(t *testing.T) {
	s := account(statements(delegation))
	s.Roles[0] = role("app", statements(
		`{"Sid":"A","Effect":"Allow","Action":"kms:Decrypt","Resource":"arn:aws:kms:us-east-1:111122223333:alias/app"}`,
		`{"Sid":"B","Effect":"Allow","Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:EncryptionContext:a":"b","aws:SourceVpce":"vpce-1"}}}`,
		`{"Sid":"C","Effect":"Allow","Action":"kms:Encrypt","Resource":"*"}`,
	))
	d := New(s).Decide(Question{
		Principal: "arn:aws:iam::111122223333:role/app", Action: "kms:Decrypt", Resource: aKey, Layers: true,
		Context: NewContext().With("kms:EncryptionContext:a", "c").WithAbsent("aws:SourceVpce"),
	})
	got := d.Layers[0].Statements
	want := [][]ComparedTest{
		{{Key: "Resource", Operator: "Resource", Values: []string{"arn:aws:kms:us-east-1:111122223333:alias/app"}, Has: []string{aKey}, Known: true}},
		{
			{Key: "kms:EncryptionContext:a", Operator: "StringEquals", Values: []string{"b"}, Has: []string{"c"}, Known: true},
			{Key: "aws:SourceVpce", Operator: "StringEquals", Values: []string{"vpce-1"}, Known: true},
		},
	}
	if len(got) != len(want) {
		t.Fatalf("got %+v", got)
	}
	for i := range want {
		if !slices.EqualFunc(got[i].Tests, want[i], func(a, b ComparedTest) bool { return fmt.Sprint(a) == fmt.Sprint(b) }) {
			t.Errorf("statement %d: got %+v, want %+v", i, got[i].Tests, want[i])
		}
	}
}

// TestBeside holds requests that cross accounts to both sides, where both were
// read (E6).
func TestBeside(t *testing.T) {
	const stranger = "arn:aws:iam::444455556666:role/theirs"
	const theirKey = "arn:aws:kms:us-east-1:444455556666:key/t"
	named := statements(delegation, `{"Effect":"Allow","Principal":{"AWS":"`+stranger+`"},"Action":"kms:Decrypt","Resource":"*"}`)
	other := func(policy, scp string) *Account {
		s := account(statements(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/app"},"Action":"kms:*","Resource":"*"}`))
		s.Account.ID = "444455556666"
		s.Keys[0].ARN, s.Keys[0].ID = theirKey, "t"
		s.Roles = []snapshot.Role{role("theirs", policy)}
		s.Roles[0].ARN = stranger
		if scp != "" {
			inOrganization(s, scp, statements())
		}
		return New(s)
	}
	ask := func(a *Account, principal, key string) Verdict {
		return a.Decide(Question{Principal: principal, Action: "kms:Decrypt", Resource: key, Stance: MustBeAble}).Verdict
	}
	open, closed := New(account(named)), New(account(statements(delegation)))
	for _, tc := range []struct {
		name           string
		a              *Account
		principal, key string
		want           Verdict
	}{
		{"one side alone", open, stranger, aKey, Unknown},
		{"both", open.Beside(other(useKMS, "")), stranger, aKey, Allowed},
		{"their side does not", open.Beside(other(statements(), "")), stranger, aKey, ImplicitlyDenied},
		{"ours does not", closed.Beside(other(useKMS, "")), stranger, aKey, ImplicitlyDenied},
		{"their SCPs count", open.Beside(other(useKMS, statements(`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`))), stranger, aKey, ImplicitlyDenied},
		{"their key", open.Beside(other(useKMS, "")), "arn:aws:iam::111122223333:role/app", theirKey, Allowed},
		{"their key, who may not", open.Beside(other(useKMS, "")), "arn:aws:iam::111122223333:role/s3", theirKey, ImplicitlyDenied},
		{"their key is not there", open.Beside(other(useKMS, "")), "arn:aws:iam::111122223333:role/app", theirKey + "x", ImplicitlyDenied},
		{"their role is not there", open.Beside(other(useKMS, "")), stranger + "x", aKey, ImplicitlyDenied},
	} {
		if got := ask(tc.a, tc.principal, tc.key); got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.name, got, tc.want)
		}
	}
	if got := ask(open, stranger, aKey); got != Unknown {
		t.Errorf("Beside changes the account itself: %s", got)
	}
}

// TestBesideBuckets holds operations on buckets of the other account to its
// policies, and an alias to the requester's key (S8).
func TestBesideBuckets(t *testing.T) {
	const stranger = "arn:aws:iam::444455556666:role/theirs"
	ours := withBuckets(
		statements(delegation, `{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"kms:*","Resource":"*"}`),
		`{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"s3:*","Resource":"arn:aws:s3:::in/*"}`,
	)
	theirs := account(statements(strings.ReplaceAll(delegation, "111122223333", "444455556666")))
	theirs.Account.ID = "444455556666"
	theirs.Keys[0].ARN, theirs.Keys[0].ID = "arn:aws:kms:us-east-1:444455556666:key/t", "t"
	theirs.Aliases[0].TargetKey = "t"
	theirs.Roles = []snapshot.Role{role("theirs", statements(`{"Effect":"Allow","Action":["s3:*","kms:*"],"Resource":"*"}`))}
	theirs.Roles[0].ARN = stranger
	q := S3Question{Principal: stranger, Operation: "PutObject", Bucket: "arn:aws:s3:::in", Object: "o", Stance: MustBeAble}
	for _, tc := range []struct{ name, key, want string }{
		{"the key of the bucket", aKey, aKey},
		{"an alias of theirs", "alias/app", "arn:aws:kms:us-east-1:444455556666:key/t"},
	} {
		ours.Buckets[0].Encryption.Value.Rules[0].Key = tc.key
		a, b := New(ours), New(theirs)
		for i, from := range []*Account{a.Beside(b), b.Beside(a)} {
			answer := from.S3(q)
			if answer.Verdict != Allowed || answer.Key.ARN != tc.want {
				t.Errorf("%s, asked of %d: %s with %s", tc.name, i, answer.Verdict, answer.Key.ARN)
			}
		}
	}
}
