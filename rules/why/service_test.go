package why

import (
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// TestDelivery holds what a service delivers to the bucket that it does it for: the
// request has it, and the mend is confined to it (K8).
func TestDelivery(t *testing.T) {
	q := Question{Principal: "s3.amazonaws.com", Operation: "InventoryDelivery", Resource: theBucket + "/*", Source: "s3://bucket-695267-1"}
	a := ask(t, q, reference(t))
	if stepsOf(a) != "proved bucket_policy key_policy" || kinds(a) != "s3_permission key_policy" {
		t.Fatalf("%s %s %s", stepsOf(a), kinds(a), also(a))
	}
	const confined = `"Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:s3:::bucket-695267-1"},"StringEquals":{"aws:SourceAccount":"522814710681"}}`
	for _, s := range a.Mend.Steps {
		if text := string(s.Statements[0]); !strings.Contains(text, confined) || !strings.Contains(text, `"Principal":{"Service":"s3.amazonaws.com"}`) {
			t.Errorf("%s: %s", s.To, text)
		}
	}
	// Of no source, nobody knows for whom; with a context, it is that one.
	allow := `{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":["s3:PutObject","kms:GenerateDataKey"],"Resource":"*","Condition":{"StringEquals":{"aws:SourceAccount":"522814710681"}}}`
	f := reference(t, bucketPolicy(strings.Replace(allow, `"Resource":"*"`, `"Resource":"`+theBucket+`/*"`, 1)), keyPolicy(delegate, allow))
	q.Source = ""
	if a = ask(t, q, f); a.Verdict != access.Depends {
		t.Errorf("without a source: %s", a.Verdict)
	}
	q.Context = map[string][]string{"aws:SourceAccount": {"444455556666"}}
	if a = ask(t, q, f); a.Verdict != access.ImplicitlyDenied || !strings.Contains(string(a.Mend.Steps[0].Statements[0]), "444455556666") {
		t.Errorf("for another account: %s %s", a.Verdict, stepsOf(a))
	}
}

// TestKeyStates holds what a key is for and what state it is in to standing beside
// the verdict (Q4).
func TestKeyStates(t *testing.T) {
	admin := "arn:aws:iam::522814710681:role/KeyAdmin"
	spec := func(spec, usage string) func(*snapshot.Snapshot) {
		return func(s *snapshot.Snapshot) {
			s.Keys[0].Metadata.Value.Spec, s.Keys[0].Metadata.Value.Usage = spec, usage
		}
	}
	for _, tc := range []struct {
		name   string
		change func(*snapshot.Snapshot)
		q      Question
		works  string
		says   string
	}{
		{"signing with a key for encryption", func(*snapshot.Snapshot) {}, Question{Operation: "kms:Sign", Resource: theKey}, "no", "does not work with a key for ENCRYPT_DECRYPT"},
		{"encrypting with a key for signing", spec("RSA_2048", "SIGN_VERIFY"), Question{Operation: "kms:Encrypt", Resource: theKey}, "no", "for SIGN_VERIFY"},
		{"signing", spec("RSA_2048", "SIGN_VERIFY"), Question{Operation: "kms:Sign", Resource: theKey}, "yes", "Enabled"},
		{"a MAC", spec("HMAC_256", "GENERATE_VERIFY_MAC"), Question{Operation: "kms:VerifyMac", Resource: theKey}, "yes", "Enabled"},
		{"a MAC of a key for agreement", spec("ECC_NIST_P256", "KEY_AGREEMENT"), Question{Operation: "kms:VerifyMac", Resource: theKey}, "no", "for KEY_AGREEMENT"},
		{"S3 with a key for signing", spec("RSA_2048", "SIGN_VERIFY"), upload(), "no", "S3 cannot encrypt with"},
		{"describing a disabled key", keyState("Disabled"), Question{Operation: "kms:DescribeKey", Resource: theKey}, "yes", "Disabled"},
		{"a grant on a disabled key", keyState("Disabled"), Question{Operation: "kms:CreateGrant", Resource: theKey}, "no", "KMS refuses"},
		{"not read", func(s *snapshot.Snapshot) {
			s.Keys[0].Metadata = snapshot.Reading[snapshot.KeyMetadata]{State: snapshot.Denied, Operation: "kms:DescribeKey", Code: "AccessDeniedException"}
		}, Question{Operation: "kms:Decrypt", Resource: theKey}, "unknown", "AWS refused kms:DescribeKey (AccessDeniedException)"},
		{"of another Region", func(s *snapshot.Snapshot) { bucketOf(s, theBucket).Region = snapshot.Of("eu-west-1") }, upload(), "no", "another Region"},
		{"of another account", defaultKey("arn:aws:kms:us-east-1:444455556666:key/k"), upload(), "unknown", "is of account 444455556666"},
	} {
		tc.q.Principal = admin
		a := ask(t, tc.q, reference(t, tc.change))
		if len(a.Keys) != 1 || a.Keys[0].Works != tc.works || !strings.Contains(a.Keys[0].Text, tc.says) || (len(a.Obstacles) > 0) != (tc.works == "no") {
			t.Errorf("%s: %+v %+v", tc.name, a.Keys, a.Obstacles)
		}
	}
}

// TestOpenByBucketKey holds a read that hangs on whether the object is under a
// Bucket Key to both cases.
func TestOpenByBucketKey(t *testing.T) {
	when := func(context, more string) string {
		return strings.TrimSuffix(useKMS, "}") + `,"Condition":{"StringLike":{"kms:EncryptionContext:aws:s3:arn":"` + context + `"}` + more + `}}`
	}
	f := reference(t, policies(useS3, when(theBucket, ""), when(theBucket+"/*", `,"StringEquals":{"aws:PrincipalTag/team":"x","aws:SourceVpce":"vpce-1"}`)),
		func(s *snapshot.Snapshot) { roleOf(s).Tags = snapshot.Of(map[string]string{"team": "x"}) })
	a := ask(t, Question{Operation: "GetObject", Resource: theBucket + "/other"}, f)
	if a.Verdict != access.Depends || scenariosOf(a) != "the object is not under a Bucket Key: Depends; the object is under a Bucket Key: Allowed" {
		t.Errorf("%s: %s", a.Verdict, scenariosOf(a))
	}
	on := true
	if a = ask(t, Question{Operation: "GetObject", Resource: theBucket + "/other", BucketKey: &on}, f); a.Verdict != access.Allowed {
		t.Errorf("with a Bucket Key: %s", a.Verdict)
	}
}

// TestExempt holds layers that do not bind a request to saying so, and to not being
// in its way.
func TestExempt(t *testing.T) {
	none := `{"Effect":"Deny","Action":"*","Resource":"*"}`
	everybody := `{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}`
	management := func(s *snapshot.Snapshot) { s.Organization.Value.ManagementAccount = s.Account.ID }
	a := ask(t, upload(), reference(t, organization(none, everybody), management))
	var exempt []string
	for _, l := range a.Requests[0].Layers {
		if l.Says == access.SaysExempt {
			exempt = append(exempt, l.Layer+" "+l.Why[:2])
		}
	}
	if a.Verdict != access.Allowed || !slices.Equal(exempt, []string{"scp O3", "rcp O5"}) {
		t.Errorf("the management account: %s %q", a.Verdict, exempt)
	}
}

// TestBoundaryOfUser holds a user's boundary, which others have too, to being
// opened to the user alone.
func TestBoundaryOfUser(t *testing.T) {
	const user = "arn:aws:iam::522814710681:user/ann"
	q := Question{Principal: user, Operation: "kms:Decrypt", Resource: theKey}
	f := reference(t, boundary(useS3), func(s *snapshot.Snapshot) {
		s.Users = []snapshot.User{{
			ARN: user, Name: "ann", ID: "AIDAEXAMPLEEXAMPLE00", Path: "/", Groups: snapshot.Of([]string{}), Tags: snapshot.Of(map[string]string{}),
			InlinePolicies: snapshot.Of([]snapshot.NamedPolicy{}), AttachedPolicies: snapshot.Of([]snapshot.PolicyRef{}), Boundary: roleOf(s).Boundary,
		}}
	})
	a := ask(t, q, f)
	if stepsOf(a) != "proved permissions_boundary identity_policy" || !strings.Contains(string(a.Mend.Steps[0].Statements[0]), `"ArnEquals":{"aws:PrincipalArn":"`+user+`"}`) {
		t.Errorf("%s %s", stepsOf(a), also(a))
	}
	if text := string(a.Mend.Steps[1].Statements[0]); text != `{"Effect":"Allow","Action":"kms:Decrypt","Resource":"`+theKey+`"}` {
		t.Errorf("got %s", text)
	}
}
