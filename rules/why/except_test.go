package why

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// The requests that exceptions are tried on.
const (
	me      = "arn:aws:iam::111122223333:role/me"
	other   = "arn:aws:iam::111122223333:role/other"
	aBucket = "arn:aws:s3:::b"
	aKey    = "arn:aws:kms:us-east-1:111122223333:key/k"
)

type trial struct{ principal, action, resource string }

func trials(service string) []trial {
	var all []trial
	for _, principal := range []string{me, other, "arn:aws:iam::444455556666:role/far", "logging.s3.amazonaws.com"} {
		if service == "kms" {
			for _, action := range []string{"kms:Decrypt", "kms:Encrypt", "kms:DescribeKey", "kms:ReEncryptTo"} {
				all = append(all, trial{principal, action, aKey})
			}
			continue
		}
		for _, object := range []string{"/a", "/secret/x", "/secret/y"} {
			for _, action := range []string{"s3:PutObject", "s3:PutObjectAcl", "s3:GetObject"} {
				all = append(all, trial{principal, action, aBucket + object})
			}
		}
		for _, action := range []string{"s3:ListBucket", "s3:PutBucketPolicy"} {
			all = append(all, trial{principal, action, aBucket})
		}
	}
	return all
}

// denied evaluates a request against Denies in a resource policy, or in an identity
// policy where identity is set.
func denied(t *testing.T, r trial, identity bool, texts string) bool {
	t.Helper()
	everything := `{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`
	doc, err := policy.Decode([]byte(`{"Version":"2012-10-17","Statement":[` + everything + texts + `]}`))
	if err != nil {
		t.Fatalf("%v in %s", err, texts)
	}
	p := &access.Policies{Resource: access.Compile("r", access.LayerResource, doc), Identity: []*access.Policy{access.Compile("i", access.LayerIdentity, doc)}}
	if identity {
		p.Resource = nil
	}
	ctx := access.NewContext()
	if strings.HasPrefix(r.principal, "arn:") {
		ctx = ctx.With("aws:PrincipalArn", r.principal)
	} else {
		ctx = ctx.With("aws:PrincipalServiceName", r.principal)
	}
	return access.Evaluate(&access.Request{
		Principal: access.Caller{ARN: r.principal}, Action: r.action, Resource: r.resource, ResourceAccount: "111122223333", Context: ctx,
	}, p) == access.ExplicitlyDenied
}

// drawnDeny draws a statement that denies.
func drawnDeny(r *rand.Rand, service string, identity bool) statement {
	pick := func(list ...string) []string {
		var some []string
		for range 1 + r.IntN(3) {
			some = append(some, list[r.IntN(len(list))])
		}
		return some
	}
	s := statement{Effect: policy.Deny, Sid: "S"}
	actions := pick("*", "s3:*", "s3:PutObject", "s3:putobject", "s3:Put*", "s3:GetObject", "sqs:*")
	resources := pick("*", aBucket, aBucket+"/*", aBucket+"/a", aBucket+"/secret/*", aBucket+"/secret/x", "arn:aws:s3:::*")
	if service == "kms" {
		actions, resources = pick("*", "kms:*", "kms:Decrypt", "kms:De*", "kms:Encrypt", "kms:ReEncrypt*"), []string{"*"}
	}
	if s.Action = actions; r.IntN(4) == 0 {
		s.Action, s.NotAction = nil, actions
	}
	if s.Resource = resources; r.IntN(5) == 0 && service != "kms" {
		s.Resource, s.NotResource = nil, resources
	}
	if !identity {
		s.Principal = map[string][]string{policy.KindAWS: pick("*", "*", me, other, "111122223333")}
		if r.IntN(6) == 0 {
			s.Principal, s.NotPrincipal = nil, map[string][]string{policy.KindAWS: {other, "arn:aws:iam::111122223333:root"}}
		}
	}
	if r.IntN(4) == 0 {
		s = s.when("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/far")
	}
	if r.IntN(6) == 0 {
		s = s.when("ArnNotEquals", "aws:principalarn", other)
	}
	return s
}

// TestExceptions holds an exception to being exactly that: the one request is let
// through, and every other one is denied as before.
func TestExceptions(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2026))
	written := map[bool]int{}
	for range 2000 {
		service, identity := []string{"s3", "kms"}[r.IntN(2)], r.IntN(2) == 0
		deny := drawnDeny(r, service, identity)
		all := trials(service)
		mine := all[r.IntN(len(all)/4)] // the first quarter is mine
		old := "," + string(deny.text())
		if !denied(t, mine, identity, old) {
			continue
		}
		doc, err := policy.Decode([]byte(`{"Statement":[` + old[1:] + `]}`))
		if err != nil {
			t.Fatal(err)
		}
		e := &exception{key: "aws:PrincipalArn", value: me, requests: []excepted{{mine.action, mine.resource}}}
		if !identity {
			e.service, e.only = service, service == "kms"
			if service == "s3" {
				e.bucket = aBucket
			}
		}
		list, ok := e.from(&doc.Statements[0])
		written[ok]++
		if !ok {
			continue
		}
		replacement := ""
		for _, text := range texts(list) {
			replacement += "," + string(text)
		}
		for _, one := range all {
			if got, want := denied(t, one, identity, replacement), one != mine && denied(t, one, identity, old); got != want {
				t.Fatalf("%+v excepted from%s: %+v is denied: %v, want %v\n%s", mine, old, one, got, want, replacement)
			}
		}
	}
	if written[true] < 200 || written[false] < 50 {
		t.Errorf("%d exceptions were written, %d were not: that tests little", written[true], written[false])
	}
}

// TestExceptionsOfOne holds the policy of one principal to needing no test of who
// asks.
func TestExceptionsOfOne(t *testing.T) {
	doc, err := policy.Decode([]byte(`{"Statement":{"Effect":"Deny","Action":["s3:PutObject","s3:GetObject"],"Resource":["arn:aws:s3:::b/a","arn:aws:s3:::c/a"]}}`))
	if err != nil {
		t.Fatal(err)
	}
	e := &exception{key: "aws:PrincipalArn", value: me, own: true, requests: []excepted{{"s3:PutObject", aBucket + "/a"}}}
	list, ok := e.from(&doc.Statements[0])
	want := []string{
		`{"Effect":"Deny","Action":"s3:GetObject","Resource":["arn:aws:s3:::b/a","arn:aws:s3:::c/a"]}`,
		`{"Effect":"Deny","Action":"s3:PutObject","Resource":"arn:aws:s3:::c/a"}`,
	}
	if !ok || len(list) != 2 || string(list[0].text()) != want[0] || string(list[1].text()) != want[1] {
		t.Errorf("got %s, want %s", texts(list), want)
	}
}
