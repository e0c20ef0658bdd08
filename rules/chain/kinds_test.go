package chain

import (
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// changed is the reference account with something in it changed.
func changed(t *testing.T, meant facts.Intent, change func(*snapshot.Snapshot)) *World {
	t.Helper()
	w := world(t, meant)
	change(w.file.Snapshot)
	return New(w.file, meant, nil)
}

func document(t *testing.T, text string) snapshot.Reading[snapshot.Document] {
	t.Helper()
	r := snapshot.ReadDocument("test", text)
	if r.State != snapshot.OK {
		t.Fatal(r.Message)
	}
	return r
}

func refused[T any](operation string) snapshot.Reading[T] {
	return snapshot.Reading[T]{State: snapshot.Denied, Operation: operation, Code: "AccessDenied"}
}

func TestKinds(t *testing.T) {
	head := snapshot.Of(snapshot.ObjectEncryption{Algorithm: "aws:kms", Key: theKey})
	for _, tc := range []struct {
		name, resource string
		change         func(*snapshot.Snapshot)
		kind           string
		state          State
		text           string
	}{
		{
			"open key policy", theKey, func(s *snapshot.Snapshot) {
				s.Keys[0].Policy = document(t, `{"Version":"2012-10-17","Statement":[{"Sid":"Open","Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Resource":"*"}]}`)
			}, "key_policy", OK, "statement 1 (Open): Allow everybody: kms:Decrypt; open to strangers: kms:Decrypt",
		},
		{
			"confined key policy", theKey, func(s *snapshot.Snapshot) {
				s.Keys[0].Policy = document(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Resource":"*",
					"Condition":{"StringEquals":{"kms:CallerAccount":"444455556666"},"Bool":{"aws:SecureTransport":"true"}}}]}`)
			}, "key_policy", OK, "if kms:CallerAccount StringEquals 444455556666 and aws:SecureTransport Bool true; open to everybody, confined by",
		},
		{
			"grant of a service", theKey, func(s *snapshot.Snapshot) {
				s.Keys[0].Grants = snapshot.Of([]snapshot.Grant{{
					ID: "g", GranteeService: "dynamodb.amazonaws.com", Operations: []string{"Decrypt"}, SourceARN: "arn:aws:dynamodb:us-east-1:" + account + ":table/x",
					EncryptionContextEquals: map[string]string{"a": "b"},
				}})
			}, "grants", OK, "the service dynamodb.amazonaws.com: Decrypt, if 1 pair of the encryption context is right, for arn:aws:dynamodb",
		},
		{
			"grants refused", theKey, func(s *snapshot.Snapshot) { s.Keys[0].Grants = refused[[]snapshot.Grant]("kms:ListGrants") },
			"users", Unknown, "AWS refused kms:ListGrants (AccessDenied)",
		},
		{
			"pending deletion", theKey, func(s *snapshot.Snapshot) {
				s.Keys[0].Metadata.Value.State, s.Keys[0].Metadata.Value.DeletionDate = "PendingDeletion", s.CollectedAt.AddDate(0, 0, 7)
			}, "key", Denied, "PendingDeletion: KMS refuses to use it, and deletes it in 7 days",
		},
		{
			"metadata refused", theKey, func(s *snapshot.Snapshot) {
				s.Keys[0].Metadata = refused[snapshot.KeyMetadata]("kms:DescribeKey")
			}, "key", Unknown, "AWS refused kms:DescribeKey (AccessDenied)",
		},
		{
			"rotation of an HMAC key", theKey, func(s *snapshot.Snapshot) {
				s.Keys[0].Rotation = snapshot.Reading[snapshot.Rotation]{State: snapshot.Unsupported}
				s.Keys[0].Metadata.Value.Usage = "GENERATE_VERIFY_MAC"
			}, "users", Allowed, "kms:GenerateMac, kms:VerifyMac by role KeyAdmin",
		},
		{
			"many objects", "bucket-695267-2", func(s *snapshot.Snapshot) {
				for i := range 14 {
					s.Buckets[1].Objects = append(s.Buckets[1].Objects, snapshot.Object{Key: strings.Repeat("x", i+1), Sampled: true, Head: head})
				}
				s.Buckets[1].Sample = snapshot.Of(snapshot.Sample{Asked: 20, Drawn: 14})
			}, "objects", OK, "5 objects more",
		},
		{
			"sampled", "bucket-695267-2", func(s *snapshot.Snapshot) {
				s.Buckets[1].Sample = snapshot.Of(snapshot.Sample{Asked: 20, Drawn: 14})
			}, "objects", OK, "drawn at random: 14 of 20 wanted; the others are not known",
		},
		{
			"key of another account", "bucket-695267-2", func(s *snapshot.Snapshot) {
				s.Buckets[1].Encryption.Value.Rules[0].Key = "arn:aws:kms:us-east-1:999999999999:key/x"
			}, "default_encryption", Unknown, "KeyOfAnotherAccount",
		},
		{
			"bucket policy", "bucket-695267-2", func(s *snapshot.Snapshot) {
				s.Buckets[1].Policy = document(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*",
					"Resource":["arn:aws:s3:::bucket-695267-2","arn:aws:s3:::bucket-695267-2/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`)
			}, "bucket_policy", OK, "requests over plain HTTP are denied to everybody",
		},
		{
			"explicit Deny", "bucket-695267-2", func(s *snapshot.Snapshot) {
				s.Buckets[1].Policy = document(t, `{"Version":"2012-10-17","Statement":[{"Sid":"No","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::bucket-695267-2/*"}]}`)
			}, "operations", Denied, "PutObject, its S3 half: s3:PutObject on bucket-695267-2/confidential_credentials.csv: denied by statement No of",
		},
		{
			"bucket policy refused", "bucket-695267-2", func(s *snapshot.Snapshot) {
				s.Buckets[1].Policy = refused[snapshot.Document]("s3:GetBucketPolicy")
			}, "bucket_policy", Unknown, "AWS refused s3:GetBucketPolicy (AccessDenied)",
		},
		{
			"object not there", "s3://bucket-695267-2/confidential_credentials.csv", func(s *snapshot.Snapshot) {
				s.Buckets[1].Objects[0].Head = snapshot.None[snapshot.ObjectEncryption]("s3:GetObject", "NotFound")
			}, "object", Absent, "does not exist",
		},
		{
			"object refused", "s3://bucket-695267-2/confidential_credentials.csv", func(s *snapshot.Snapshot) {
				s.Buckets[1].Objects[0].Head = refused[snapshot.ObjectEncryption]("s3:GetObject")
			}, "object", Unknown, "AWS refused s3:GetObject (AccessDenied)",
		},
		{
			"user in a group", "user/Alice", func(s *snapshot.Snapshot) {
				s.Groups = append(s.Groups, snapshot.Group{Name: "crypto", ARN: "arn:aws:iam::" + account + ":group/crypto", InlinePolicies: snapshot.Of([]snapshot.NamedPolicy{{
					Name: "use", Document: document(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*"}]}`),
				}}), AttachedPolicies: snapshot.Of([]snapshot.PolicyRef{})})
				s.Users = append(s.Users, snapshot.User{
					Name: "Alice", ARN: "arn:aws:iam::" + account + ":user/Alice", Groups: snapshot.Of([]string{"crypto"}),
					InlinePolicies: snapshot.Of([]snapshot.NamedPolicy{}), AttachedPolicies: snapshot.Of([]snapshot.PolicyRef{}),
					Boundary: snapshot.None[snapshot.PolicyRef]("", ""), Tags: snapshot.Of(map[string]string{}),
				})
			}, "policies", OK, "inline policy use of group crypto, statement 1: Allow: kms:Decrypt on *; that is every key there is",
		},
		{
			"inline policies refused", theRole, func(s *snapshot.Snapshot) {
				s.Roles[1].InlinePolicies = refused[[]snapshot.NamedPolicy]("iam:ListRolePolicies")
			}, "policies", Unknown, "AWS refused iam:ListRolePolicies (AccessDenied)",
		},
		{
			"managed policy not held", "KeyAdmin", func(s *snapshot.Snapshot) { s.ManagedPolicies = nil },
			"policies", Unknown, "the snapshot does not have iam:GetPolicyVersion",
		},
		{
			"open trust", theRole, func(s *snapshot.Snapshot) {
				s.Roles[1].TrustPolicy = document(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}`)
			}, "trust", OK, "Allow everybody: sts:AssumeRole; open to strangers",
		},
		{
			"keys unlisted", theRole, func(s *snapshot.Snapshot) { s.Coverage = slices.Clip(s.Coverage[:1]) },
			"usable_keys", Unknown, "the snapshot does not have kms:ListKeys in us-east-1",
		},
		{
			"no use of any key", "KeyAdmin", func(s *snapshot.Snapshot) {
				s.Roles[0].AttachedPolicies = snapshot.Of([]snapshot.PolicyRef{})
			}, "usable_keys", Absent, "none of 1 key",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := explain(t, changed(t, intent(), tc.change), tc.resource)
			if !has(c, tc.kind, tc.state, tc.text) {
				t.Errorf("no %s line %s %q in %+v", tc.kind, tc.state, tc.text, c.Links)
			}
			if tc.state == Unknown && len(c.Unknown) == 0 {
				t.Error("it is not among what is not known")
			}
		})
	}
}

// TestFindings holds findings to being told with what they are about, and to
// nothing else.
func TestFindings(t *testing.T) {
	w := world(t, intent())
	results := &report.Results{
		Findings: []report.Finding{
			{Rule: "KEY-001", Resource: theKey, Msg: "off", Severity: report.Medium, Place: report.Place{Pointer: "/keys/0/rotation/value"}},
			{Rule: "S3-001", Resource: "arn:aws:s3:::bucket-695267-1", Msg: "not KMS", Severity: report.Medium, Place: report.Place{Pointer: "/buckets/0/encryption/value/rules/0"}},
			{Rule: "OBJ-001", Resource: "arn:aws:s3:::bucket-695267-1/confidential_credentials.csv", Msg: "elsewhere", Severity: report.Medium},
			{Rule: "ACC-001", Resource: theRole, Msg: "cannot", Severity: report.High, About: map[string]string{
				"bucket": "arn:aws:s3:::bucket-695267-2", "object": "confidential_credentials.csv", "operation": "PutObject",
			}},
			{Rule: "IAM-001", Resource: "arn:aws:iam::aws:policy/AdministratorAccess", Msg: "all", Severity: report.High},
		},
		Unknown: []report.Unknown{
			{Rule: "KEY-003", Resource: theKey, Msg: "no rotations"},
			{Rule: "KEY-002", Resource: theKey, Msg: "no rotations"},
		},
	}
	for resource, want := range map[string]string{
		theKey: "KEY-001", "bucket-695267-1": "S3-001 OBJ-001", "bucket-695267-2": "ACC-001", theRole: "ACC-001", "KeyAdmin": "IAM-001",
		"s3://bucket-695267-1/confidential_credentials.csv": "OBJ-001", "s3://bucket-695267-2/confidential_credentials.csv": "ACC-001",
	} {
		r, err := w.Find(resource)
		if err != nil {
			t.Fatal(err)
		}
		c := w.Explain(r, results)
		var got []string
		for _, f := range c.Findings {
			got = append(got, f.Rule)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: findings %q, want %q", resource, got, want)
		}
		if resource != theKey {
			continue
		}
		if !has(c, "key", Finding, "KEY-001 (medium): off") {
			t.Error("the finding is not at its link")
		}
		if len(c.Unknown) != 1 || !slices.Equal(c.Unknown[0].Rules, []string{"KEY-002", "KEY-003"}) {
			t.Errorf("unknown is %+v", c.Unknown)
		}
	}
}
