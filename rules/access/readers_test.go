package access

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// Whom DeniedRest leaves buckets out for, Of does not find in them either, and whom Of
// turns away at the door, each decision does.
func TestReadersAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := account(statements(delegation))
		s.Roles = nil
		var buckets []string
		for i := range 4 {
			b := snapshot.Bucket{Name: fmt.Sprint("b", i), Policy: snapshot.None[snapshot.Document]("s3:GetBucketPolicy", "NoSuchBucketPolicy")}
			switch who := pick(t, "bucket policy", "", "denied", `"*"`, `{"AWS":"`+roleARN+`r0"}`, `{"AWS":"AROA0R1"}`, `{"AWS":"arn:aws:iam::`+thisAccount+`:root"}`,
				`{"AWS":"arn:aws:sts::`+thisAccount+`:assumed-role/r0/s"}`, `{"CanonicalUser":"79a5"}`, `{"Service":"logs.amazonaws.com"}`, `{"AWS":"arn:aws:iam::444455556666:root"}`); who {
			case "":
			case "denied":
				b.Policy = denied
			default:
				element := pick(t, "principal element", "Principal", "Principal", "NotPrincipal")
				b.Policy = document(statements(`{"Effect":"Allow","` + element + `":` + who + `,"Action":"s3:GetObject","Resource":"arn:aws:s3:::` + b.Name + `/*"}`))
			}
			s.Buckets = append(s.Buckets, b)
			buckets = append(buckets, "arn:aws:s3:::"+b.Name)
		}
		for i := range 3 {
			r := role(fmt.Sprint("r", i), "")
			r.ID = fmt.Sprint("AROA0R", i)
			r.InlinePolicies = snapshot.Of([]snapshot.NamedPolicy{{Name: "p", Document: document(statements(drawList(t, "statements", 1, 3, drawReading)...))}})
			if rapid.IntRange(0, 9).Draw(t, "unread") == 0 {
				r.InlinePolicies = snapshot.Reading[[]snapshot.NamedPolicy]{State: snapshot.Denied, Operation: "x"}
			}
			s.Roles = append(s.Roles, r)
		}
		a := New(s)
		readers := a.NewObjectReaders(buckets[1:])
		for i := range s.Roles {
			want, _ := a.NewObjectReaders(nil).Of(s.Roles[i].ARN, buckets[1:])
			if each := eachReading(a, s.Roles[i].ARN, buckets[1:]); each != want {
				t.Fatalf("%s: %v, action by action %v", s.Roles[i].ARN, want, each)
			}
			for range 2 { // it remembers
				if got := readers.DeniedRest(s.Roles[i].ARN); got != want.Denied() {
					t.Fatalf("%s: %v, of each bucket %v", s.Roles[i].ARN, got, want)
				}
			}
		}
	})
}

// eachReading is Of without a look at who may read at all.
func eachReading(a *Account, principal string, buckets []string) Verdict {
	open := ImplicitlyDenied
	for _, bucket := range buckets {
		for _, action := range readingActions() {
			x := query{one: a.asking(principal), action: action, resource: bucket + "/", open: true, chosen: true, stance: MustNotBeAble}
			a.find(&x)
			switch v := a.verdict(&x); v {
			case Allowed, Depends:
				return v
			case Unknown:
				open = Unknown
			case ExplicitlyDenied, ImplicitlyDenied:
			}
		}
	}
	return open
}

func drawReading(t *rapid.T) string {
	resource := pick(t, "resource", "*", "arn:aws:s3:::*", "arn:aws:s3:::b1/*", "arn:*:s3:::b2/x/*", "arn:aws:s3:::b3/one", "arn:aws:s3:::b?/*",
		"arn:aws:s3:::b0", "arn:aws:s3:::${aws:PrincipalTag/Key}/*", "arn:aws:s3", "b1", "arn:aws:s3:::b1*", "${aws:PrincipalArn}", "arn:aws:kms:*:*:key/*")
	element := pick(t, "element", "Resource", "Resource", "Resource", "NotResource")
	effect := pick(t, "effect", "Allow", "Allow", "Deny")
	return `{"Effect":"` + effect + `","Action":"` + pick(t, "action", "s3:GetObject", "s3:*", "s3:PutObject", "kms:Decrypt") + `","` + element + `":["` + resource + `"]}`
}
