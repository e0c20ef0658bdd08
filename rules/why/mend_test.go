package why

import (
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// neighbor is the account of the stranger, with one role.
func neighbor(t *testing.T, statements ...string) *snapshot.File {
	t.Helper()
	return reference(t, func(s *snapshot.Snapshot) {
		s.Account.ID = "444455556666"
		s.Buckets, s.Keys, s.Aliases, s.ManagedPolicies = nil, nil, nil, nil
		r := *roleOf(s)
		r.ARN, r.Name = stranger, "stranger"
		r.InlinePolicies = snapshot.Of([]snapshot.NamedPolicy{{Name: "own", Document: document(statements...)}})
		s.Roles = []snapshot.Role{r}
	})
}

func also(a *Answer) string {
	if a.Mend == nil {
		return ""
	}
	return strings.Join(a.Mend.Also, "; ")
}

// TestMendAcrossAccounts holds mends to what can be proved: the half of an account
// that was not read cannot.
func TestMendAcrossAccounts(t *testing.T) {
	ours := reference(t)
	q := download()
	q.Principal = stranger
	a := ask(t, q, ours)
	if a.Verdict != access.ImplicitlyDenied || stepsOf(a) != "unproved bucket_policy key_policy" || a.Mend.LeadsTo != access.Unknown {
		t.Fatalf("one account: %s %s %+v", a.Verdict, stepsOf(a), a.Mend)
	}
	for i, want := range []string{`"Action":"s3:GetObject"`, `"Action":"kms:Decrypt","Resource":"` + theKey + `"`} {
		if len(a.Mend.Elsewhere) != 2 || a.Mend.Elsewhere[i].Account != "444455556666" || !strings.Contains(string(a.Mend.Elsewhere[i].Statements[0]), want) {
			t.Errorf("one account: %q is not in %+v", want, a.Mend.Elsewhere)
		}
	}
	for _, l := range a.Requests[0].Layers[:2] {
		if l.Says != access.SaysUnread {
			t.Errorf("one account: %s says %s", l.Layer, l.Says)
		}
	}
	a = ask(t, q, ours, neighbor(t, `{"Effect":"Allow","Action":"sqs:*","Resource":"*"}`))
	if stepsOf(a) != "proved bucket_policy identity_policy key_policy identity_policy" {
		t.Errorf("both accounts: %s %s", stepsOf(a), also(a))
	}
	for _, s := range a.Mend.Steps {
		if want := map[bool]string{true: "444455556666", false: "522814710681"}[s.To == toIdentity]; s.Account != want {
			t.Errorf("%s is of account %s", s.Text, s.Account)
		}
	}
	a = ask(t, q, ours, neighbor(t, allowAll))
	if stepsOf(a) != "proved bucket_policy key_policy" {
		t.Errorf("their side allows: %s %s", stepsOf(a), also(a))
	}
	// No policy lets a stranger use an AWS managed key.
	a = ask(t, q, reference(t, defaultKey(""), bucketPolicy(`{"Effect":"Allow","Principal":{"AWS":"`+stranger+`"},"Action":"s3:*","Resource":"`+theBucket+`/*"}`),
		func(s *snapshot.Snapshot) { bucketOf(s, theBucket).Objects = nil }))
	if a.Verdict != access.ImplicitlyDenied || kinds(a) != "aws_managed_key" || stepsOf(a) != "unproved" {
		t.Errorf("aws/s3: %s %s %s %s", a.Verdict, kinds(a), stepsOf(a), also(a))
	}
	// Nor manage a key of another account.
	a = ask(t, Question{Principal: stranger, Operation: "kms:PutKeyPolicy", Resource: theKey}, ours)
	if kinds(a) != "not_across_accounts" || stepsOf(a) != "unproved" || !strings.Contains(also(a), "no policy changes that") {
		t.Errorf("PutKeyPolicy: %s %s %s", kinds(a), stepsOf(a), also(a))
	}
}

// TestMendPrincipals holds the statement that is proposed to the principal that
// asks, and to nobody else.
func TestMendPrincipals(t *testing.T) {
	closed := strings.Replace(delegate, ":root", ":role/KeyAdmin", 1)
	const linked = "arn:aws:iam::522814710681:role/aws-service-role/x.amazonaws.com/Linked"
	const user = "arn:aws:iam::522814710681:user/ann"
	f := reference(t, keyPolicy(closed), func(s *snapshot.Snapshot) {
		r := *roleOf(s)
		r.ARN, r.Name, r.InlinePolicies = linked, "Linked", snapshot.Of([]snapshot.NamedPolicy{})
		s.Roles = append(s.Roles, r)
		s.Users = []snapshot.User{{
			ARN: user, Name: "ann", ID: "AIDAEXAMPLEEXAMPLE00", Path: "/", Groups: snapshot.Of([]string{"g"}), InlinePolicies: snapshot.Of([]snapshot.NamedPolicy{}),
			AttachedPolicies: snapshot.Of([]snapshot.PolicyRef{}), Boundary: snapshot.None[snapshot.PolicyRef]("x", "x"), Tags: snapshot.Of(map[string]string{}),
		}}
		s.Groups = []snapshot.Group{{
			ARN: "arn:aws:iam::522814710681:group/g", Name: "g", AttachedPolicies: snapshot.Of([]snapshot.PolicyRef{}),
			InlinePolicies: snapshot.Of([]snapshot.NamedPolicy{{Name: "both", Document: document(allowAll, `{"Sid":"NoList","Effect":"Deny","Action":"s3:ListBucket","Resource":"*"}`)}}),
		}}
	})
	session := "arn:aws:sts::522814710681:assumed-role/cmtr-4n6e9j62-iam-sewk-iam_role/one"
	decrypt := Question{Operation: "kms:Decrypt", Resource: theKey}
	for _, tc := range []struct {
		name, principal string
		q               Question
		mend, has       string
	}{
		{"a user", user, decrypt, "proved key_policy", `{"Effect":"Allow","Principal":{"AWS":"` + user + `"},"Action":"kms:Decrypt","Resource":"*"}`},
		{"a session", session, decrypt, "proved key_policy", `"Principal":{"AWS":"` + session + `"}`},
		{"the root user", "522814710681", decrypt, "proved key_policy", `"Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::522814710681:root"}}`},
		{"a service-linked role", linked, download(), "proved bucket_policy key_policy", `"Principal":{"AWS":"` + linked + `"}`},
		{"a service", "logs.us-east-1.amazonaws.com", decrypt, "proved key_policy", `"Principal":{"Service":"logs.us-east-1.amazonaws.com"}`},
		{"everybody", "*", Question{Operation: "s3:ListBucket", Resource: theBucket}, "unproved", ""},
		{"the session's role", session, Question{Operation: "s3:ListBucketVersions", Resource: theBucket}, "proved identity_policy", `{"Effect":"Allow","Action":"s3:ListBucketVersions","Resource":"` + theBucket + `"}`},
		{"a denial by a group", user, Question{Operation: "ListObjectsV2", Resource: theBucket}, "proved identity_policy", `"NotResource":"` + theBucket + `"`},
		{
			"in a context", theRole,
			Question{Operation: "kms:Encrypt", Resource: theKey, Context: map[string][]string{"kms:EncryptionContext:a": {"b"}, "kms:ViaService": {"sqs.us-east-1.amazonaws.com"}}},
			"proved key_policy", `"Condition":{"StringEquals":{"kms:EncryptionContext:a":"b","kms:ViaService":"sqs.us-east-1.amazonaws.com"}}`,
		},
	} {
		tc.q.Principal = tc.principal
		a := ask(t, tc.q, f)
		var written []string
		if a.Mend != nil {
			for _, s := range a.Mend.Steps {
				for _, text := range s.Statements {
					written = append(written, string(text))
				}
			}
		}
		if sessions := strings.Contains(also(a), "for all its sessions"); sessions != (tc.name == "the session's role") {
			t.Errorf("%s: %s", tc.name, also(a))
		}
		if stepsOf(a) != tc.mend || !strings.Contains(strings.Join(written, "\n"), tc.has) {
			t.Errorf("%s: %s %s %q %s", tc.name, a.Verdict, stepsOf(a), written, also(a))
		}
	}
}

// TestMendNarrows holds the statement for a half of S3 to coming through S3, and
// names to being taken literally.
func TestMendNarrows(t *testing.T) {
	a := ask(t, Question{Operation: "PutObject", Resource: theBucket + "/a*b?${c}.csv"}, reference(t, policies(allowAll), func(s *snapshot.Snapshot) {
		roleOf(s).InlinePolicies = snapshot.Of([]snapshot.NamedPolicy{})
	}))
	if stepsOf(a) != "proved identity_policy identity_policy" {
		t.Fatalf("%s %s", stepsOf(a), also(a))
	}
	for i, want := range []string{
		`{"Effect":"Allow","Action":"s3:PutObject","Resource":"` + theBucket + `/a${*}b${?}${$}{c}.csv"}`,
		`{"Effect":"Allow","Action":"kms:GenerateDataKey","Resource":"` + theKey + `","Condition":{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}}`,
	} {
		if got := string(a.Mend.Steps[i].Statements[0]); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
	// A bucket policy of the old version cannot say it, and the Allow goes nowhere.
	old := snapshot.ReadDocument("test", `{"Version":"2008-10-17","Statement":[]}`)
	q := Question{Principal: stranger, Operation: "s3:GetObjectTagging", Resource: theBucket + "/a*b"}
	a = ask(t, q, reference(t, func(s *snapshot.Snapshot) { bucketOf(s, theBucket).Policy = old }), neighbor(t, allowAll))
	if stepsOf(a) != "unproved" || !strings.Contains(also(a), "no way to name this object alone") {
		t.Errorf("%s %s", stepsOf(a), also(a))
	}
}

// TestMendRefuses holds what is no cure to not being called one.
func TestMendRefuses(t *testing.T) {
	deny := func(more string) func(*snapshot.Snapshot) {
		return bucketPolicy(`{"Sid":"No","Effect":"Deny","Principal":"*",` + more + `}`)
	}
	for _, tc := range []struct {
		name    string
		changes []func(*snapshot.Snapshot)
		q       Question
		also    string
	}{
		{"a prefix of actions", []func(*snapshot.Snapshot){deny(`"Action":"s3:Put*","Resource":"` + theBucket + `/*"`)}, upload(), "no exception for this request alone"},
		{"a prefix of objects", []func(*snapshot.Snapshot){deny(`"Action":"s3:PutObject","Resource":"` + theBucket + `/conf*"`)}, upload(), "no exception for this request alone"},
		{"a policy of AWS", []func(*snapshot.Snapshot){func(s *snapshot.Snapshot) {
			const arn = "arn:aws:iam::aws:policy/AWSDenyAll"
			roleOf(s).AttachedPolicies = snapshot.Of([]snapshot.PolicyRef{{ARN: arn, Name: "AWSDenyAll"}})
			s.ManagedPolicies = append(s.ManagedPolicies, snapshot.ManagedPolicy{ARN: arn, Name: "AWSDenyAll", Document: document(strings.Replace(allowAll, "Allow", "Deny", 1))})
		}}, upload(), "can only be detached"},
		{"a boundary of AWS", []func(*snapshot.Snapshot){boundary(useS3), func(s *snapshot.Snapshot) {
			const arn = "arn:aws:iam::aws:policy/Limit"
			roleOf(s).Boundary = snapshot.Of(snapshot.PolicyRef{ARN: arn, Name: "Limit"})
			s.ManagedPolicies[len(s.ManagedPolicies)-1].ARN = arn
		}}, upload(), "AWS's own"},
		{"an open test besides", []func(*snapshot.Snapshot){policies(useS3), keyPolicy(delegate, `{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*","Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}}`)}, upload(), "tests are still open: kms:GenerateDataKey is allowed when"},
		{"a key that is not there", []func(*snapshot.Snapshot){defaultKey("11111111-2222-3333-4444-555555555555")}, upload(), "does not exist"},
	} {
		a := ask(t, tc.q, reference(t, tc.changes...))
		if a.Mend == nil || a.Mend.Proved || a.Mend.LeadsTo == access.Allowed || !strings.Contains(also(a), tc.also) {
			t.Errorf("%s: %s %s %q", tc.name, a.Verdict, stepsOf(a), also(a))
		}
	}
}

// TestMendRequest holds what a client can do by itself to coming first.
func TestMendRequest(t *testing.T) {
	http := `{"Sid":"TLS","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["` + theBucket + `","` + theBucket + `/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}`
	q := download()
	q.Context = map[string][]string{"aws:securetransport": {"false"}}
	a := ask(t, q, reference(t, bucketPolicy(http)))
	if stepsOf(a) != "proved request" || a.Mend.Steps[0].Request[secureTransport] != "true" {
		t.Errorf("%s %+v", stepsOf(a), a.Mend)
	}
	wrong := `{"Sid":"Header","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"` + theBucket + `/*","Condition":{"StringNotEqualsIfExists":{"` + algorithmHeader + `":"aws:kms"}}}`
	q = upload()
	q.Context = map[string][]string{algorithmHeader: {"AES256"}}
	a = ask(t, q, reference(t, bucketPolicy(wrong)))
	if stepsOf(a) != "proved request" || a.Mend.Steps[0].Request[algorithmHeader] != "aws:kms" || !slices.ContainsFunc(a.Requests, func(r Request) bool { return r.Half == "s3" }) {
		t.Errorf("%s %+v", stepsOf(a), a.Mend)
	}
	if a.Keys != nil {
		t.Errorf("an upload under S3's own key uses %+v", a.Keys)
	}
}
