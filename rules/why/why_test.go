package why

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// The reference account.
const (
	theRole   = "arn:aws:iam::522814710681:role/cmtr-4n6e9j62-iam-sewk-iam_role"
	theKey    = "arn:aws:kms:us-east-1:522814710681:key/cac96933-72ff-0000-0000-000000000000"
	theBucket = "arn:aws:s3:::bucket-695267-2"
	theObject = theBucket + "/confidential_credentials.csv"
	stranger  = "arn:aws:iam::444455556666:role/stranger"
)

// reference is the reference account, changed.
func reference(t *testing.T, changes ...func(*snapshot.Snapshot)) *snapshot.File {
	t.Helper()
	f, err := snapshot.ReadFile("../../testdata/reference/snapshot.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range changes {
		change(f.Snapshot)
	}
	return written(t, f.Snapshot)
}

// written is a snapshot as a file.
func written(t *testing.T, s *snapshot.Snapshot) *snapshot.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), s.Account.ID+".json")
	if err := snapshot.WriteFile(path, s); err != nil {
		t.Fatal(err)
	}
	f, err := snapshot.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func document(statements ...string) snapshot.Reading[snapshot.Document] {
	return snapshot.ReadDocument("test", `{"Version":"2012-10-17","Statement":[`+strings.Join(statements, ",")+`]}`)
}

func roleOf(s *snapshot.Snapshot) *snapshot.Role {
	return &s.Roles[slices.IndexFunc(s.Roles, func(r snapshot.Role) bool { return r.ARN == theRole })]
}

func bucketOf(s *snapshot.Snapshot, arn string) *snapshot.Bucket {
	return &s.Buckets[slices.IndexFunc(s.Buckets, func(b snapshot.Bucket) bool { return b.ARN == arn })]
}

// The changes that tests make.

func policies(statements ...string) func(*snapshot.Snapshot) {
	return func(s *snapshot.Snapshot) {
		roleOf(s).InlinePolicies = snapshot.Of([]snapshot.NamedPolicy{{Name: "own", Document: document(statements...)}})
	}
}

func keyPolicy(statements ...string) func(*snapshot.Snapshot) {
	return func(s *snapshot.Snapshot) { s.Keys[0].Policy = document(statements...) }
}

func bucketPolicy(statements ...string) func(*snapshot.Snapshot) {
	return func(s *snapshot.Snapshot) { bucketOf(s, theBucket).Policy = document(statements...) }
}

func keyState(state string) func(*snapshot.Snapshot) {
	return func(s *snapshot.Snapshot) { s.Keys[0].Metadata.Value.State = state }
}

func defaultKey(ref string) func(*snapshot.Snapshot) {
	return func(s *snapshot.Snapshot) { bucketOf(s, theBucket).Encryption.Value.Rules[0].Key = ref }
}

func boundary(statements ...string) func(*snapshot.Snapshot) {
	return func(s *snapshot.Snapshot) {
		const arn = "arn:aws:iam::522814710681:policy/limit"
		roleOf(s).Boundary = snapshot.Of(snapshot.PolicyRef{ARN: arn, Name: "limit"})
		s.ManagedPolicies = append(s.ManagedPolicies, snapshot.ManagedPolicy{ARN: arn, Name: "limit", Document: document(statements...)})
	}
}

// organization has a root with SCPs and an account with RCPs.
func organization(scp, rcp string) func(*snapshot.Snapshot) {
	return func(s *snapshot.Snapshot) {
		list := func(statement string) snapshot.Reading[[]snapshot.NamedPolicy] {
			return snapshot.Of([]snapshot.NamedPolicy{{Name: "p", Document: document(statement)}})
		}
		s.Organization = snapshot.Of(snapshot.Organization{ID: "o-1", ManagementAccount: "999999999999", Chain: snapshot.Of([]snapshot.OrganizationLevel{
			{ID: "r-1", Type: "root", ServiceControlPolicies: list(scp), ResourceControlPolicies: snapshot.Of([]snapshot.NamedPolicy{})},
			{ID: "522814710681", Type: "account", ServiceControlPolicies: list(allowAll), ResourceControlPolicies: list(rcp)},
		})})
	}
}

const (
	allowAll = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	rcpFull  = `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`
	delegate = `{"Sid":"Root","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::522814710681:root"},"Action":"kms:*","Resource":"*"}`
	useS3    = `{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::bucket-695267-2/*"}`
	useKMS   = `{"Sid":"Use","Effect":"Allow","Action":["kms:Decrypt","kms:GenerateDataKey"],"Resource":"` + theKey + `"}`
)

func ask(t *testing.T, q Question, files ...*snapshot.File) *Answer {
	t.Helper()
	if q.Principal == "" {
		q.Principal = theRole
	}
	a, err := New(files...).Ask(q)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func upload() Question   { return Question{Operation: "PutObject", Resource: theObject} }
func download() Question { return Question{Operation: "GetObject", Resource: theObject} }

func kinds(a *Answer) string {
	var list []string
	for _, c := range a.Causes {
		list = append(list, c.Kind)
	}
	return strings.Join(list, " ")
}

func stepsOf(a *Answer) string {
	if a.Mend == nil {
		return "none"
	}
	words := []string{"unproved"}
	if a.Mend.Proved {
		words[0] = "proved"
	}
	for _, s := range a.Mend.Steps {
		words = append(words, s.To)
	}
	return strings.Join(words, " ")
}

// TestReference holds the variants of the reference account, each one fault away,
// to their verdicts, causes and mends.
func TestReference(t *testing.T) {
	change := func(c ...func(*snapshot.Snapshot)) []func(*snapshot.Snapshot) { return c }
	deny := `{"Sid":"No","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"` + theBucket + `/*"`
	for _, tc := range []struct {
		name    string
		changes []func(*snapshot.Snapshot)
		q       Question
		verdict access.Verdict
		causes  string
		mend    string
	}{
		{"as it is, up", nil, upload(), access.Allowed, "", "none"},
		{"as it is, down", nil, download(), access.Allowed, "", "none"},
		{"without GenerateDataKey", change(policies(useS3, strings.Replace(useKMS, "kms:GenerateDataKey", "kms:DescribeKey", 1))), upload(), access.ImplicitlyDenied, "generate_data_key", "proved identity_policy"},
		{"without Decrypt", change(policies(useS3, strings.Replace(useKMS, "kms:Decrypt", "kms:DescribeKey", 1))), download(), access.ImplicitlyDenied, "decrypt", "proved identity_policy"},
		{"without both, a part", change(policies(useS3)), Question{Operation: "UploadPart", Resource: theObject}, access.ImplicitlyDenied, "generate_data_key decrypt", "proved identity_policy"},
		{"without S3", change(policies(useKMS)), download(), access.ImplicitlyDenied, "s3_permission", "proved identity_policy"},
		{"without anything", change(policies(`{"Effect":"Allow","Action":"sqs:*","Resource":"*"}`)), upload(), access.ImplicitlyDenied, "s3_permission generate_data_key", "proved identity_policy identity_policy"},
		{"key disabled", change(keyState("Disabled")), upload(), access.Allowed, "key_state", "none"},
		{"key pending deletion", change(keyState("PendingDeletion")), download(), access.Allowed, "key_state", "none"},
		{"key pending import", change(keyState("PendingImport")), upload(), access.Allowed, "key_state", "none"},
		{"key that does not exist", change(defaultKey("11111111-2222-3333-4444-555555555555")), upload(), access.ImplicitlyDenied, "key_state", "unproved"},
		{"default key as alias", change(defaultKey("alias/confidential")), upload(), access.Allowed, "", "none"},
		{"no delegation", change(keyPolicy(strings.Replace(delegate, ":root", ":role/KeyAdmin", 1))), upload(), access.ImplicitlyDenied, "key_policy", "proved key_policy"},
		{"neither delegation nor permission", change(policies(useS3), keyPolicy(strings.Replace(delegate, ":root", ":role/KeyAdmin", 1))), upload(), access.ImplicitlyDenied, "generate_data_key key_policy", "proved key_policy"},
		{"explicit deny in the bucket policy", change(bucketPolicy(deny + "}")), upload(), access.ExplicitlyDenied, "explicit_deny", "proved bucket_policy"},
		{"deny of a header", change(bucketPolicy(deny + `,"Condition":{"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"}}}`)), upload(), access.ExplicitlyDenied, "deny_on_header", "proved request"},
		{"deny of another key", change(bucketPolicy(deny + `,"Condition":{"StringNotEquals":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"` + theKey + `"}}}`)), upload(), access.ExplicitlyDenied, "deny_on_header", "proved request"},
		{"a condition that fails", change(policies(useS3, strings.TrimSuffix(useKMS, "}")+`,"Condition":{"StringEquals":{"kms:ViaService":"s3.eu-west-1.amazonaws.com"}}}`)), upload(), access.ImplicitlyDenied, "generate_data_key condition", "proved identity_policy"},
		{"the context of a Bucket Key", change(keyPolicy(delegate, `{"Effect":"Deny","Principal":"*","Action":"kms:GenerateDataKey","Resource":"*","Condition":{"StringNotLike":{"kms:EncryptionContext:aws:s3:arn":"`+theBucket+`/*"}}}`)), upload(), access.ExplicitlyDenied, "condition", "proved key_policy"},
		{"an alias as resource", change(policies(useS3, strings.Replace(useKMS, theKey, "arn:aws:kms:us-east-1:522814710681:alias/confidential", 1))), upload(), access.ImplicitlyDenied, "generate_data_key alias", "proved identity_policy"},
		{"a boundary", change(boundary(useS3)), upload(), access.ImplicitlyDenied, "boundary", "proved permissions_boundary"},
		{"a boundary that denies", change(boundary(allowAll, `{"Effect":"Deny","Action":"kms:GenerateDataKey","Resource":"*"}`)), upload(), access.ExplicitlyDenied, "explicit_deny", "proved permissions_boundary"},
		{"an SCP that is silent", change(organization(useS3, rcpFull)), upload(), access.ImplicitlyDenied, "scp", "proved scp"},
		{"an SCP that denies", change(organization(strings.Replace(allowAll, "Allow", "Deny", 1), rcpFull)), upload(), access.ExplicitlyDenied, "scp scp", "proved scp scp scp"},
		{"an RCP", change(organization(allowAll, `{"Effect":"Deny","Principal":"*","Action":"kms:GenerateDataKey","Resource":"*"}`)), upload(), access.ExplicitlyDenied, "rcp", "proved rcp"},
		{
			"SSE-C, which the bucket refuses", change(func(s *snapshot.Snapshot) {
				bucketOf(s, theBucket).Encryption.Value.Rules[0].BlockedTypes = []string{"SSE-C"}
			}),
			Question{Operation: "PutObject", Resource: theObject, Context: map[string][]string{customerHeader: {"AES256"}}},
			access.Allowed, "sse_c_blocked", "none",
		},
		{"a grant for something else", change(policies(useS3), func(s *snapshot.Snapshot) {
			s.Keys[0].Grants = snapshot.Of([]snapshot.Grant{{ID: "g", Grantee: theRole, Operations: []string{"Encrypt"}}})
		}), upload(), access.ImplicitlyDenied, "generate_data_key grant", "proved identity_policy"},
		{"policy not read", change(func(s *snapshot.Snapshot) {
			s.Keys[0].Policy = snapshot.Reading[snapshot.Document]{State: snapshot.Denied, Operation: "kms:GetKeyPolicy"}
		}), upload(), access.Unknown, "", "none"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := ask(t, tc.q, reference(t, tc.changes...))
			if a.Verdict != tc.verdict || kinds(a) != tc.causes || stepsOf(a) != tc.mend {
				t.Errorf("got %s, %q, %q; want %s, %q, %q: %s", a.Verdict, kinds(a), stepsOf(a), tc.verdict, tc.causes, tc.mend, a.Summary)
			}
			for _, c := range a.Causes {
				if !slices.Contains(Kinds(), c.Kind) || c.Text == "" {
					t.Errorf("the cause %+v", c)
				}
			}
		})
	}
}

// TestPlaces holds places to the lines of the file: what a statement's place leads
// to is the statement.
func TestPlaces(t *testing.T) {
	a := ask(t, upload(), reference(t, bucketPolicy(`{"Sid":"No","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"`+theBucket+`/*"}`)))
	n := 0
	for _, r := range a.Requests {
		for _, l := range r.Layers {
			for _, s := range l.Statements {
				if n++; s.Place.Line == 0 || s.Place.File != a.Snapshots[0].Path || s.Text == "" {
					t.Errorf("%s of %s: %+v", s.Cited, l.Layer, s)
				}
			}
		}
	}
	if n < 4 || a.Causes[0].Places[0].Line == 0 || a.Mend.Steps[0].Replaces.Place.Line == 0 || a.Keys[0].Place.Line == 0 {
		t.Errorf("%d statements; %+v; %+v", n, a.Causes, a.Keys)
	}
}
