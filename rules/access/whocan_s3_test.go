package access

import (
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// putting is an account with a bucket under aKey, and its statements.
func putting(c *cast, policy ...string) *snapshot.Snapshot {
	s := c.snapshot()
	s.Buckets = withBuckets(statements(c.key...), policy...).Buckets
	return s
}

const inBucket = "arn:aws:s3:::in"

// bucketAllows is a statement of a bucket policy.
func bucketAllows(who, action string) string {
	return `{"Effect":"Allow","Principal":` + who + `,"Action":"` + action + `","Resource":["` + inBucket + `","` + inBucket + `/*"]}`
}

func TestWhoCanS3(t *testing.T) {
	c := &cast{
		key: []string{delegation, keyUser},
		roles: map[string][]string{
			"both": {allow("s3:GetObject", "*"), allow("kms:Decrypt", "*")},
			"s3":   {allow("s3:GetObject", "*")},
			"kms":  {allow("kms:Decrypt", "*")},
			"app":  nil, // by the policies of the bucket and the key
			"mfa":  {allow("s3:GetObject", "*", `"Bool":{"aws:MultiFactorAuthPresent":"true"}`), allow("kms:Decrypt", "*")},
			"via":  {allow("s3:GetObject", "*"), allow("kms:Decrypt", "*", `"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}`)},
			"ec2":  {allow("s3:GetObject", "*"), allow("kms:Decrypt", "*", `"StringEquals":{"kms:ViaService":"ec2.us-east-1.amazonaws.com"}`)},
		},
	}
	s := putting(c, bucketAllows(`{"AWS":"`+roleARN+`app"}`, "s3:GetObject"))
	a := New(s)
	q := S3Question{Operation: "GetObject", Bucket: inBucket, Stance: MustNotBeAble}
	list, unread := a.WhoCanS3(q)
	var got []string
	for _, p := range list {
		got = append(got, p.Principal.Name+" "+p.Answer.Verdict.String()+" by "+strings.Join(p.Paths, ", "))
	}
	slices.Sort(got)
	want := []string{
		"app Allowed by bucket policy, key policy", "both Allowed by delegation, identity policy", "mfa Depends by delegation, identity policy",
		"root Allowed by delegation, identity policy", "via Allowed by delegation, identity policy",
	}
	if !slices.Equal(got, want) || len(unread) > 0 {
		t.Errorf("got %q, want %q; unread %v", got, want, unread)
	}
	// It agrees with the question asked of everybody.
	for _, operation := range []string{"GetObject", "PutObject", "UploadPart", "CopyObject", "ListObjects"} {
		q.Operation = operation
		performers, _ := a.WhoCanS3(q)
		verdicts := map[string]Verdict{}
		for _, p := range performers {
			verdicts[p.Principal.ARN] = p.Answer.Verdict
		}
		for _, p := range a.Principals() {
			q.Principal = p.ARN
			v := a.S3(q).Verdict
			if has, can := verdicts[p.ARN]; v.Denied() == can || can && v != has {
				t.Errorf("%s by %s is %s, and WhoCanS3 has %s (%v)", operation, p.ARN, v, has, can)
			}
		}
	}
}

// TestWhoCanS3Unread holds what was not read to being told in place of an answer.
func TestWhoCanS3Unread(t *testing.T) {
	c := &cast{key: []string{delegation}, roles: map[string][]string{"both": {allow("s3:*", "*"), allow("kms:*", "*")}}}
	for name, hide := range map[string]func(*snapshot.Snapshot){
		"the bucket policy": func(s *snapshot.Snapshot) {
			s.Buckets[0].Policy = snapshot.Reading[snapshot.Document]{State: snapshot.Denied}
		},
		"the key policy": func(s *snapshot.Snapshot) {
			s.Keys[0].Policy = snapshot.Reading[snapshot.Document]{State: snapshot.Denied}
		},
		"the bucket encryption": func(s *snapshot.Snapshot) {
			s.Buckets[0].Encryption = snapshot.Reading[snapshot.Encryption]{State: snapshot.Denied}
		},
	} {
		s := putting(c)
		hide(s)
		a := New(s)
		q := S3Question{Operation: "GetObject", Bucket: inBucket, Stance: MustNotBeAble}
		if list, unread := a.WhoCanS3(q); len(list) > 0 || len(unread) != 1 {
			t.Errorf("%s: %d can, unread %v", name, len(list), unread)
		}
		if list, unread := a.S3Takeovers(q, nil); len(list)+len(unread) > 0 {
			t.Errorf("%s: takeovers %v, unread %v", name, list, unread)
		}
	}
	s := putting(c)
	s.Keys[0].Grants = snapshot.Reading[[]snapshot.Grant]{State: snapshot.Denied}
	s.Coverage = nil
	list, unread := New(s).WhoCanS3(S3Question{Operation: "GetObject", Bucket: inBucket, Stance: MustNotBeAble})
	if len(list) != 2 || len(unread) < 2 {
		t.Errorf("grants and roles not read: %d can, unread %v", len(list), unread)
	}
}

func TestS3Takeovers(t *testing.T) {
	both := []string{allow("s3:GetObject", "*"), allow("kms:Decrypt", "*")}
	for _, c := range []struct {
		name   string
		cast   cast
		policy []string
		want   []string
	}{
		{"nothing", cast{key: []string{delegation}, roles: map[string][]string{"a": {allow("kms:Decrypt", "*")}}}, nil, nil},
		{
			"the bucket policy",
			cast{key: []string{delegation}, roles: map[string][]string{
				"a": {allow("kms:Decrypt", "*"), allow("s3:PutBucketPolicy", inBucket)},
				"b": {allow("s3:PutBucketPolicy", inBucket)}, // lacks the half of KMS
				"c": {allow("kms:Decrypt", "*"), allow("s3:PutBucketPolicy", inBucket), deny("s3:GetObject")},
				"d": {allow("kms:Decrypt", "*"), allow("s3:PutBucketPolicy", "arn:aws:s3:::other")},
			}},
			nil,
			[]string{"role/a Allowed, bucket_policy"},
		},
		{
			"both policies",
			cast{key: []string{delegation}, roles: map[string][]string{"a": {allow("kms:PutKeyPolicy s3:PutBucketPolicy", "*")}}},
			nil,
			[]string{"role/a Allowed, bucket_policy, key_policy"},
		},
		{
			"a grant",
			cast{key: []string{delegation}, roles: map[string][]string{"a": {allow("s3:GetObject kms:CreateGrant", "*")}}},
			nil,
			[]string{"role/a Allowed, grant"},
		},
		{
			"a bucket policy that keeps somebody out",
			cast{key: []string{delegation}, roles: map[string][]string{"a": {allow("s3:*", "*"), allow("kms:Decrypt", "*")}}},
			[]string{`{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"` + inBucket + `/*"}`},
			[]string{"root Allowed, bucket_policy", "role/a Allowed, bucket_policy"},
		},
		{
			"by way of somebody who can",
			cast{
				key:   []string{delegation},
				roles: map[string][]string{"app": both, "a": {allow("iam:UpdateAssumeRolePolicy sts:AssumeRole", "*")}, "b": {allow("iam:PutRolePolicy", roleARN+"b")}},
				users: map[string][]string{"ann": {allow("iam:CreatePolicyVersion", "*")}}, managed: map[string][]string{"m": {allow("s3:ListBucket", "*")}}, has: map[string]string{"ann": "m"},
			},
			nil,
			[]string{"role/a Allowed, trust_policy role/app", "role/b Allowed, identity_policy role/b", "user/ann Allowed, policy_version policy/m"},
		},
	} {
		s := putting(&c.cast, c.policy...)
		a := New(s)
		q := S3Question{Operation: "GetObject", Bucket: inBucket, Stance: MustNotBeAble}
		performers, _ := a.WhoCanS3(q)
		list, unread := a.S3Takeovers(q, performers)
		got := tellTakeovers(list)
		for i := range got {
			got[i] = strings.ReplaceAll(got[i], " "+inBucket, "")
		}
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) || len(unread) > 0 {
			t.Errorf("%s: got %q, want %q; unread %v", c.name, got, c.want, unread)
		}
		for i := range list {
			for _, p := range list[i].Then {
				if grade(p.Decision.Verdict) < grade(Depends) {
					t.Errorf("%s: %s ends in %s, which is %s", c.name, list[i].Principal.ARN, p.Action, p.Decision.Verdict)
				}
			}
		}
	}
}

// TestS3TakeoversAcross holds PutBucketPolicy to the bucket's own account.
func TestS3TakeoversAcross(t *testing.T) {
	const stranger = "arn:aws:iam::444455556666:role/partner"
	c := &cast{key: []string{delegation, `{"Effect":"Allow","Principal":{"AWS":"` + stranger + `"},"Action":"kms:Decrypt","Resource":"*"}`}}
	a := New(putting(c, bucketAllows(`{"AWS":"`+stranger+`"}`, "s3:PutBucketPolicy")))
	q := S3Question{Operation: "GetObject", Bucket: inBucket, Stance: MustNotBeAble}
	performers, _ := a.WhoCanS3(q)
	for _, one := range performers {
		if one.Principal.ARN == stranger {
			t.Errorf("the stranger can: %v", one.Answer.Verdict)
		}
	}
	if list, _ := a.S3Takeovers(q, performers); len(list) > 0 {
		t.Errorf("got %q", tellTakeovers(list))
	}
}

// TestWhoCanS3Service asks for the service that an operation is of.
func TestWhoCanS3Service(t *testing.T) {
	const logs = `{"Service":"cloudtrail.amazonaws.com"}`
	c := &cast{key: []string{delegation, `{"Effect":"Allow","Principal":` + logs + `,"Action":"kms:GenerateDataKey","Resource":"*"}`}}
	a := New(putting(c, bucketAllows(logs, "s3:PutObject"), bucketAllows(logs, "s3:GetBucketAcl")))
	list, _ := a.WhoCanS3(S3Question{Operation: "CloudTrailDelivery", Bucket: inBucket, Stance: MustNotBeAble})
	if len(list) != 1 || list[0].Principal.ARN != "cloudtrail.amazonaws.com" || !slices.Equal(list[0].Paths, []string{"service"}) {
		t.Errorf("got %+v", list)
	}
	if list, _ := a.WhoCanS3(S3Question{Operation: "Nothing", Bucket: inBucket}); list != nil {
		t.Errorf("an operation that is not known: %v", list)
	}
}
