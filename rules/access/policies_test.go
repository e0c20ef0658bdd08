package access

import (
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

func mustCompile(t testing.TB, layer Layer, text string) *Policy {
	t.Helper()
	doc, err := policy.Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return Compile("", layer, doc)
}

// S2: RestrictPublicBuckets leaves a public bucket policy to the account that owns
// the bucket; its Denies hold for everybody.
func TestPublicBlocked(t *testing.T) {
	all := mustCompile(t, LayerIdentity, `{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`)
	public := mustCompile(t, LayerResource, `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"},
		{"Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"*"}]}`)
	for principal, want := range map[string]bool{
		"arn:aws:iam::111122223333:role/app": true,
		"arn:aws:iam::444455556666:role/app": false,
		"arn:aws:iam::444455556666:root":     false,
		"*":                                  false,
		"logging.s3.amazonaws.com":           true,
	} {
		r := &Request{Principal: Caller{ARN: principal}, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/o", ResourceAccount: thisAccount}
		p := &Policies{Identity: []*Policy{all}, Resource: public, PublicBlocked: true}
		d := Decide(r, p)
		if (d.Verdict == Allowed) != want {
			t.Errorf("%s: got %+v", principal, d)
		}
		p.PublicBlocked = false
		if got := Evaluate(r, p); got != Allowed {
			t.Errorf("%s: got %s without the block", principal, got)
		}
		r.Action, p.PublicBlocked = "s3:DeleteObject", true
		if got := Evaluate(r, p); got != ExplicitlyDenied {
			t.Errorf("%s: got %s for what is denied", principal, got)
		}
	}
}
