package access

import (
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// withBuckets is an account of two buckets: in is under aKey with a Bucket Key,
// plain is under S3's own key. more are policies of in.
func withBuckets(keyPolicy string, more ...string) *snapshot.Snapshot {
	s := account(keyPolicy)
	bucket := func(name string, rule snapshot.EncryptionRule) snapshot.Bucket {
		return snapshot.Bucket{
			ARN: "arn:aws:s3:::" + name, Name: name, Region: snapshot.Of("us-east-1"), Policy: snapshot.None[snapshot.Document]("x", "x"),
			Encryption:        snapshot.Of(snapshot.Encryption{Rules: []snapshot.EncryptionRule{rule}}),
			PublicAccessBlock: snapshot.None[snapshot.PublicAccessBlock]("x", "x"),
		}
	}
	in := bucket("in", snapshot.EncryptionRule{Algorithm: "aws:kms", Key: aKey, BucketKey: true})
	if len(more) > 0 {
		in.Policy = document(statements(more...))
	}
	s.Buckets = []snapshot.Bucket{in, bucket("plain", snapshot.EncryptionRule{Algorithm: "AES256"})}
	s.Roles = append(s.Roles, role("all", statements(`{"Effect":"Allow","Action":["s3:*","kms:*"],"Resource":"*"}`)))
	return s
}

const roleAll = "arn:aws:iam::111122223333:role/all"

// TestS3Operations holds the operations of S3 to the requests that they consist of
// (S3, S4, S5, K8).
func TestS3Operations(t *testing.T) {
	in, plain := "arn:aws:s3:::in", "arn:aws:s3:::plain"
	off := false
	for _, tc := range []struct {
		name string
		q    S3Question
		want []string
	}{
		{
			"replication, with a Bucket Key on the target",
			S3Question{Operation: "Replication", Bucket: in, Object: "o", Source: &S3Source{Bucket: in, Object: "s", BucketKey: &off}},
			[]string{
				"s3:GetReplicationConfiguration in", "s3:ListBucket in", "s3:GetObjectVersionForReplication in/s", "s3:GetObjectVersionAcl in/s",
				"s3:GetObjectVersionTagging in/s", "kms:Decrypt in/s", "s3:ReplicateObject in/o", "s3:ReplicateTags in/o", "kms:Encrypt in", "kms:Decrypt in",
			},
		},
		{
			"replication of what is not under SSE-KMS",
			S3Question{Operation: "Replication", Bucket: in, Object: "o", Source: &S3Source{Bucket: plain, Object: "s"}, BucketKey: &off},
			[]string{
				"s3:GetReplicationConfiguration plain", "s3:ListBucket plain", "s3:GetObjectVersionForReplication plain/s", "s3:GetObjectVersionAcl plain/s",
				"s3:GetObjectVersionTagging plain/s", "s3:ReplicateObject in/o", "s3:ReplicateTags in/o", "kms:GenerateDataKey in/o",
			},
		},
		{
			"a manifest of Batch Operations",
			S3Question{Operation: "BatchOperationsManifest", Bucket: in, Object: "m", BucketKey: &off},
			[]string{"s3:GetObject in/m", "s3:GetObjectVersion in/m", "kms:Decrypt in/m", "kms:GenerateDataKey in/m"},
		},
		{"a report of Batch Operations", S3Question{Operation: "BatchOperationsReport", Bucket: in, Object: "r"}, []string{"s3:PutObject in/r", "kms:GenerateDataKey in"}},
		{"attributes of a version", S3Question{Operation: "GetObjectVersionAttributes", Bucket: in, Object: "o", BucketKey: &off}, []string{"s3:GetObjectVersion in/o", "s3:GetObjectVersionAttributes in/o", "kms:Decrypt in/o"}},
		{"one action", S3Question{Action: "s3:GetBucketPolicy", Bucket: in}, []string{"s3:GetBucketPolicy in"}},
		{"one action on an object", S3Question{Action: "s3:ReplicateDelete", Bucket: in, Object: "o"}, []string{"s3:ReplicateDelete in/o"}},
	} {
		tc.q.Principal, tc.q.Stance = roleAll, MustBeAble
		answer := New(withBuckets(statements(delegation))).S3(tc.q)
		var got []string
		for _, p := range answer.Parts {
			place := p.Resource
			if p.Half == "kms" {
				place = p.Context
			}
			got = append(got, p.Action+" "+strings.TrimPrefix(place, "arn:aws:s3:::"))
		}
		if !slices.Equal(got, tc.want) || answer.Verdict != Allowed {
			t.Errorf("%s: %s\n got %q\nwant %q", tc.name, answer.Verdict, got, tc.want)
		}
	}
}

// TestS3Services holds deliveries to being requests of the services themselves: no
// forward access session, whoever is named as the principal (K8, S3).
func TestS3Services(t *testing.T) {
	const bucketPolicy = `{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::in/*"}`
	allow := func(more string) string {
		return `{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"kms:GenerateDataKey","Resource":"*"` + more + `}`
	}
	for _, tc := range []struct {
		name, key string
		want      Verdict
	}{
		{"allowed", allow(""), Allowed},
		{"not named", delegation, ImplicitlyDenied},
		{"by a service", allow(`,"Condition":{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}`), ImplicitlyDenied},
		{"for an account", allow(`,"Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}`), Depends},
		{"for the bucket", allow(`,"Condition":{"StringEquals":{"kms:EncryptionContext:aws:s3:arn":"arn:aws:s3:::in"}}`), Allowed},
	} {
		a := New(withBuckets(statements(tc.key), bucketPolicy))
		for _, principal := range []string{"", roleAll, "s3.amazonaws.com"} {
			answer := a.S3(S3Question{Principal: principal, Operation: "InventoryDelivery", Bucket: "arn:aws:s3:::in", Object: "i", Stance: MustBeAble})
			if answer.Verdict != tc.want {
				t.Errorf("%s: %q: got %s, want %s: %+v", tc.name, principal, answer.Verdict, tc.want, answer.Parts)
			}
		}
	}
	// By which context CloudTrail encrypts is its own affair.
	trail := strings.ReplaceAll(allow(`,"Condition":{"StringLike":{"kms:EncryptionContext:aws:cloudtrail:arn":"arn:aws:cloudtrail:*"}}`), "s3.amazonaws.com", "cloudtrail.amazonaws.com")
	a := New(withBuckets(statements(trail), strings.ReplaceAll(bucketPolicy, "s3.amazonaws.com", "cloudtrail.amazonaws.com"),
		`{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:GetBucketAcl","Resource":"arn:aws:s3:::in"}`))
	if answer := a.S3(S3Question{Operation: "CloudTrailDelivery", Bucket: "arn:aws:s3:::in", Object: "l", Stance: MustBeAble}); answer.Verdict != Depends {
		t.Errorf("CloudTrail: %+v", answer)
	}
}

// TestS3Directory holds sessions with directory buckets, of which no snapshot knows
// the policies, to their requests: a denial stands, and nothing is claimed (S3).
func TestS3Directory(t *testing.T) {
	q := S3Question{Operation: "CreateSession", Bucket: "arn:aws:s3express:us-east-1:111122223333:bucket/b--use1-az4--x-s3", Stance: MustBeAble}
	s := withBuckets(statements(delegation))
	s.Roles = append(s.Roles, role("fast", statements(`{"Effect":"Allow","Action":["s3express:*","kms:*"],"Resource":"*"}`)))
	a := New(s)
	q.Key = a.ResolveKey(aKey, "us-east-1")
	for principal, want := range map[string]Verdict{"fast": Unknown, "none": Unknown} {
		q.Principal = "arn:aws:iam::111122223333:role/" + principal
		answer := a.S3(q)
		var parts []string
		for _, p := range answer.Parts {
			parts = append(parts, p.Action+" "+p.Decision.Verdict.String())
		}
		if principal == "none" { // whose identity policies give nothing on the key
			want = ImplicitlyDenied
		}
		if answer.Verdict != want || len(parts) != 3 {
			t.Errorf("%s: got %s, want %s: %q", principal, answer.Verdict, want, parts)
		}
	}
}

// TestS3Network holds what S3 asks of KMS to a network of its own and to TLS (C16).
func TestS3Network(t *testing.T) {
	office := `{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}`
	tls := `{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`
	for _, tc := range []struct {
		name, deny string
		ctx        Context
		want       Verdict
	}{
		{"the caller's address is not S3's", office, NewContext().With("aws:SourceIp", "10.1.2.3"), Depends},
		{"S3 comes over TLS", tls, NewContext().With("aws:SecureTransport", "false"), Allowed},
		{"whatever is known", tls, NewContext(), Allowed},
	} {
		answer := New(withBuckets(statements(delegation, tc.deny))).S3(S3Question{
			Principal: roleAll, Operation: "GetObject", Bucket: "arn:aws:s3:::in", Object: "o", Stance: MustBeAble, Context: tc.ctx,
		})
		if answer.Verdict != tc.want {
			t.Errorf("%s: got %s, want %s: %+v", tc.name, answer.Verdict, tc.want, answer.Parts)
		}
	}
}

// TestS3Actions holds the list to its order and to the operations.
func TestS3Actions(t *testing.T) {
	list := S3Actions()
	on := map[string]string{}
	for i, a := range list {
		if i > 0 && list[i-1].Name >= a.Name {
			t.Errorf("%s is out of order, or twice there", a.Name)
		}
		on[a.Name] = a.On
	}
	for _, o := range Operations() {
		for _, action := range slices.Concat(o.S3, o.S3Source) {
			if want := map[bool]string{true: OnBucket, false: OnObject}[o.OnBucket]; on[action] != want && !o.Directory {
				t.Errorf("%s: %s is on %q, not on %s", o.Name, action, on[action], want)
			}
		}
		for _, action := range slices.Concat(o.S3Bucket, o.S3SourceBucket) {
			if on[action] != OnBucket {
				t.Errorf("%s: %s is on %q", o.Name, action, on[action])
			}
		}
		for _, action := range slices.Concat(o.KMS, o.KMSSource, o.KMSPlain, o.KMSBucketKey) {
			if len(ExpandKMS(action)) != 1 {
				t.Errorf("%s: %s is no action of KMS", o.Name, action)
			}
		}
	}
}
