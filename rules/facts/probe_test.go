package facts

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// drawBucketStatement draws a statement of a bucket policy; BUCKET stands for its ARN.
func drawBucketStatement(t *rapid.T) string {
	pick := func(label string, from ...string) string { return rapid.SampledFrom(from).Draw(t, label) }
	principal := pick("principal", `"Principal":"*"`, `"Principal":"*"`, `"Principal":{"AWS":"arn:aws:iam::111122223333:root"}`,
		`"Principal":{"AWS":"`+theRole+`"}`, `"NotPrincipal":{"AWS":["`+admin+`","arn:aws:iam::`+account+`:root"]}`)
	action := pick("action", `"Action":"s3:*"`, `"Action":"*"`, `"Action":["s3:GetObject","s3:PutObject"]`, `"Action":"s3:PutBucketPolicy"`, `"NotAction":"s3:PutBucketPolicy"`)
	resource := pick("resource", `"Resource":["BUCKET","BUCKET/*"]`, `"Resource":"BUCKET/*"`, `"Resource":"*"`, `"Resource":"BUCKET/x/${aws:username}"`,
		`"NotResource":"BUCKET/open/*"`, `"Resource":"arn:aws:s3:::a*"`, `"Resource":"arn:aws:s3:::*/*"`, `"Resource":"BUCKET*"`, `"NotResource":"arn:aws:s3:::ab"`)
	condition := pick("condition", "", "", `,"Condition":{"Bool":{"aws:SecureTransport":"false"}}`, `,"Condition":{"NumericLessThan":{"s3:TlsVersion":"1.2"}}`,
		`,"Condition":{"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"}}`, `,"Condition":{"ArnNotEquals":{"aws:PrincipalArn":"`+admin+`"}}`,
		`,"Condition":{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}`)
	effect := pick("effect", "Allow", "Deny")
	if strings.HasPrefix(principal, `"Not`) {
		effect = "Deny"
	}
	return `{` + pick("sid", "", `"Sid":"a",`, `"Sid":"b",`) + `"Effect":"` + effect + `",` + principal + `,` + action + `,` + resource + condition + `}`
}

// TestProbesAgree: what is found out about a bucket beside others with policies like
// its own is what is found out about it alone.
func TestProbesAgree(t *testing.T) {
	of := reference(t).Snapshot
	shared := 0
	rapid.Check(t, func(r *rapid.T) {
		policies := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) string {
			return strings.Join(rapid.SliceOfN(rapid.Custom(drawBucketStatement), 1, 3).Draw(r, "statements"), ",")
		}), 1, 2).Draw(r, "policies")
		s := *of
		if rapid.IntRange(0, 3).Draw(r, "controls") == 0 {
			control := `{"Version":"2012-10-17","Statement":{"Sid":"c","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":` +
				rapid.SampledFrom([]string{`"*"`, `"arn:aws:s3:::ab/*"`}).Draw(r, "controlled") + `,"Condition":{"Bool":{"aws:SecureTransport":"false"}}}}`
			s.Organization = snapshot.Of(snapshot.Organization{ID: "o-1", ManagementAccount: "111122223333", Chain: snapshot.Of([]snapshot.OrganizationLevel{{
				ID: "r-1", Type: "root", ServiceControlPolicies: snapshot.None[[]snapshot.NamedPolicy]("x", "x"),
				ResourceControlPolicies: snapshot.Of([]snapshot.NamedPolicy{{Name: "c", Document: doc(t, control)}}),
			}})})
		}
		s.Buckets = nil
		for _, name := range []string{"ab", "a-longer-name", "b", "ab-2"} {
			bucket := of.Buckets[0]
			bucket.Name, bucket.ARN = name, "arn:aws:s3:::"+name
			bucket.Region = snapshot.Of(rapid.SampledFrom([]string{"us-east-1", "eu-west-1"}).Draw(r, "region"))
			bucket.Policy = snapshot.None[snapshot.Document]("s3:GetBucketPolicy", "NoSuchBucketPolicy")
			if rapid.IntRange(0, 9).Draw(r, "has a policy") > 0 {
				text := rapid.SampledFrom(policies).Draw(r, "policy")
				bucket.Policy = doc(t, `{"Version":"2012-10-17","Statement":[`+strings.ReplaceAll(text, "BUCKET", bucket.ARN)+`]}`)
			}
			bucket.PublicAccessBlock = snapshot.None[snapshot.PublicAccessBlock]("s3:GetBucketPublicAccessBlock", "x")
			s.Buckets = append(s.Buckets, bucket)
		}
		wanted := Wanted{"buckets.guards": true}
		together, _ := BuildFor(&s, intent(), nil, wanted)
		for i := range s.Buckets {
			alone := s
			alone.Buckets = append([]snapshot.Bucket(nil), s.Buckets...)
			for j := range alone.Buckets {
				if j != i {
					alone.Buckets[j].Policy = snapshot.Reading[snapshot.Document]{State: snapshot.Denied, Operation: "s3:GetBucketPolicy"}
				}
			}
			d, _ := BuildFor(&alone, intent(), nil, wanted)
			if !reflect.DeepEqual(d.Buckets[i], together.Buckets[i]) {
				r.Fatalf("%s alone: %+v %+v\nbeside others: %+v %+v", s.Buckets[i].Name, d.Buckets[i], d.Buckets[i].Guards, together.Buckets[i], together.Buckets[i].Guards)
			}
		}
		b := &builder{s: &s}
		texts := map[string]bool{}
		for i := range s.Buckets {
			document, _ := snapshot.PolicyOf(s.Buckets[i].Policy)
			if text, ok := b.alike(s.Buckets[i].ARN, document); ok && document != nil {
				if texts[text] {
					shared++
				}
				texts[text] = true
			}
		}
	})
	if shared == 0 {
		t.Error("no two policies were alike")
	}
}
