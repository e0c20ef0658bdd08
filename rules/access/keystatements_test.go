package access

import (
	"slices"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// TestKeyStatements asks about the statements of one key policy, each by itself.
func TestKeyStatements(t *testing.T) {
	const account, key = "111122223333", "arn:aws:kms:eu-west-1:111122223333:key/k"
	s := &snapshot.Snapshot{
		Account: snapshot.Account{ID: account, Partition: "aws"}, Regions: []string{"eu-west-1"},
		Keys: []snapshot.Key{{ARN: key, ID: "k", Region: "eu-west-1", Policy: snapshot.ReadDocument("test", `{"Version":"2012-10-17","Statement":[
			{"Effect":"Allow","Principal":{"AWS":"`+account+`"},"Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:EncryptionContext:a":"1"}}},
			{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::`+account+`:role/app"},"Action":["kms:Encrypt","kms:ReEncrypt*"],"Resource":"*","Condition":{"Bool":{"kms:GrantIsForAWSResource":"true"}}},
			{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"arn:aws:kms:eu-west-1:111122223333:key/other"},
			{"Effect":"Deny","Principal":"*","Action":"kms:ReEncryptTo","Resource":"*"}
		]}`)}, {ARN: key + "2"}},
	}
	a := New(s)
	k := a.KeyStatements(key)
	for i, want := range [][]string{{"kms:Decrypt"}, {"kms:Encrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo"}, nil, {"kms:ReEncryptTo"}} {
		if got := k.Actions(i); !slices.Equal(got, want) {
			t.Errorf("statement %d is on %v", i, got)
		}
	}
	if !k.Bound(0) || k.Bound(1) || k.Bound(3) {
		t.Error("statement 0 alone is bound, by the encryption context (C19)")
	}
	if !k.Turns(1, "kms:grantisforawsresource", "true", "false") || k.Turns(1, "kms:GrantIsForAWSResource", "false", "true") || k.Turns(0, "kms:GrantIsForAWSResource", "true", "false") {
		t.Error("statement 1 alone turns on the key, and only one way")
	}
	app := "arn:aws:iam::" + account + ":role/app"
	for _, test := range []struct {
		statement int
		action    string
		context   Context
		met       bool
		want      Verdict
	}{
		{0, "kms:Decrypt", NewContext(), false, Depends},
		{0, "kms:Decrypt", NewContext().With("kms:EncryptionContext:a", "1"), false, Allowed}, // whose own policies allow it (K1)
		{0, "kms:Decrypt", NewContext().With("kms:EncryptionContext:a", "2"), false, ImplicitlyDenied},
		{0, "kms:Decrypt", NewContext().With("kms:EncryptionContext:a", "2"), true, Allowed},
		{1, "kms:Decrypt", NewContext(), true, ImplicitlyDenied}, // which statement 0 allows
		{1, "kms:ReEncryptFrom", NewContext(), true, Allowed},
		{1, "kms:ReEncryptTo", NewContext(), true, ExplicitlyDenied}, // by statement 3 (E2)
		{2, "kms:Decrypt", NewContext(), true, ImplicitlyDenied},     // another key (K6)
	} {
		if got := k.Gives(test.statement, &Question{Principal: app, Action: test.action, Context: test.context}, test.met); got != test.want {
			t.Errorf("statement %d gives %s: %v, want %v", test.statement, test.action, got, test.want)
		}
	}
	if a.KeyStatements(key+"2") != nil || a.KeyStatements(key+"3") != nil {
		t.Error("nothing is asked of policies that were not read, and of keys that are not there")
	}
}
