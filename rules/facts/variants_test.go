package facts

import (
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

func doc(t *testing.T, text string) snapshot.Reading[snapshot.Document] {
	t.Helper()
	r := snapshot.ReadDocument("test", text)
	if r.State != snapshot.OK {
		t.Fatal(r.Message)
	}
	return r
}

func TestKeyVariants(t *testing.T) {
	tests := []struct {
		name      string
		change    func(*snapshot.KeyMetadata)
		rotatable bool
		problem   string
	}{
		{"as it is", func(*snapshot.KeyMetadata) {}, true, "none"},
		{"disabled", func(m *snapshot.KeyMetadata) { m.State = "Disabled" }, false, "disabled"},
		{"pending deletion", func(m *snapshot.KeyMetadata) { m.State = "PendingDeletion" }, false, "pending_deletion"},
		{"replica pending deletion", func(m *snapshot.KeyMetadata) { m.State = "PendingReplicaDeletion" }, false, "pending_deletion"},
		{"pending import", func(m *snapshot.KeyMetadata) { m.State, m.Origin = "PendingImport", "EXTERNAL" }, false, "pending_import"},
		{"unavailable", func(m *snapshot.KeyMetadata) { m.State, m.Origin = "Unavailable", "AWS_CLOUDHSM" }, false, "unavailable"},
		{"creating", func(m *snapshot.KeyMetadata) { m.State = "Creating" }, false, "unavailable"},
		{"updating", func(m *snapshot.KeyMetadata) { m.State = "Updating" }, false, "none"},
		{"asymmetric", func(m *snapshot.KeyMetadata) { m.Spec, m.Usage = "RSA_2048", "SIGN_VERIFY" }, false, "wrong_usage"},
		{"hmac", func(m *snapshot.KeyMetadata) { m.Spec, m.Usage = "HMAC_256", "GENERATE_VERIFY_MAC" }, false, "wrong_usage"},
		{"imported", func(m *snapshot.KeyMetadata) { m.Origin = "EXTERNAL" }, false, "none"},
		{"external store", func(m *snapshot.KeyMetadata) { m.Origin = "EXTERNAL_KEY_STORE" }, false, "none"},
		{"replica", func(m *snapshot.KeyMetadata) { m.MultiRegion, m.MultiRegionType = true, "REPLICA" }, false, "none"},
		{"primary", func(m *snapshot.KeyMetadata) { m.MultiRegion, m.MultiRegionType = true, "PRIMARY" }, true, "none"},
		{"aws", func(m *snapshot.KeyMetadata) { m.Manager = "AWS" }, false, "none"},
	}
	for _, test := range tests {
		d, _ := build(t, func(s *snapshot.Snapshot) { test.change(s.Keys[0].Metadata.Value) }, intent())
		if got := d.Keys[0].Metadata.Rotatable; got != test.rotatable {
			t.Errorf("%s: rotatable is %v", test.name, got)
		}
		if got := d.Buckets[1].DefaultKey; got == nil || got.Problem != test.problem {
			t.Errorf("%s: default key %+v, want %s", test.name, got, test.problem)
		}
	}
}

func TestDefaultKeyReferences(t *testing.T) {
	tests := []struct{ given, form, problem, unread string }{
		{theKey, "arn", "none", ""},
		{"cac96933-72ff-0000-0000-000000000000", "id", "none", ""},
		{"alias/confidential", "alias", "none", ""},
		{"arn:aws:kms:us-east-1:" + account + ":alias/confidential", "alias_arn", "none", ""},
		{"", "aws_managed", "none", ""},
		{"arn:aws:kms:us-east-1:" + account + ":key/00000000-0000-0000-0000-000000000000", "arn", "missing", ""},
		{"alias/nobody", "alias", "missing", ""},
		{"arn:aws:kms:eu-west-1:" + account + ":key/cac96933-72ff-0000-0000-000000000000", "arn", "other_region", ""},
		{"arn:aws:kms:us-east-1:999999999999:key/cac96933-72ff-0000-0000-000000000000", "arn", "", "KeyOfAnotherAccount"},
	}
	for _, test := range tests {
		d, _ := build(t, func(s *snapshot.Snapshot) { s.Buckets[1].Encryption.Value.Rules[0].Key = test.given }, intent())
		b := d.Buckets[1]
		switch {
		case test.unread != "":
			if b.DefaultKey != nil || b.Unread["default_key"].Code != test.unread {
				t.Errorf("%s: %+v, unread %+v", test.given, b.DefaultKey, b.Unread)
			}
		case b.DefaultKey == nil || b.DefaultKey.Form != test.form || b.DefaultKey.Problem != test.problem:
			t.Errorf("%s: %+v, unread %+v", test.given, b.DefaultKey, b.Unread)
		}
	}
	// What is missing from a listing that failed may well exist.
	d, _ := build(t, func(s *snapshot.Snapshot) { deny(s, "kms:ListKeys"); s.Keys = nil }, intent())
	if b := d.Buckets[1]; b.DefaultKey != nil || b.Unread["default_key"].State != "denied" {
		t.Errorf("after a failed listing: %+v, unread %+v", b.DefaultKey, b.Unread)
	}
}

func TestEncryptionShapes(t *testing.T) {
	rule := func(algorithm string, blocked ...string) snapshot.EncryptionRule {
		return snapshot.EncryptionRule{Algorithm: algorithm, BlockedTypes: blocked}
	}
	tests := []struct {
		name            string
		encryption      snapshot.Reading[snapshot.Encryption]
		algorithm, ssec string
		kms             bool
		unread          string
	}{
		{"absent", snapshot.None[snapshot.Encryption]("o", "c"), "none", "unsaid", false, ""},
		{"aes", snapshot.Of(snapshot.Encryption{Rules: []snapshot.EncryptionRule{rule("AES256", "NONE")}}), "AES256", "allowed", false, ""},
		{"dsse", snapshot.Of(snapshot.Encryption{Rules: []snapshot.EncryptionRule{rule("aws:kms:dsse", "SSE-C")}}), "aws:kms:dsse", "blocked", true, ""},
		{"newer", snapshot.Of(snapshot.Encryption{Rules: []snapshot.EncryptionRule{rule("aws:fsx")}}), "aws:fsx", "unsaid", false, ""},
		{"no rule", snapshot.Of(snapshot.Encryption{}), "", "", false, "AmbiguousRules"},
		{"two rules", snapshot.Of(snapshot.Encryption{Rules: []snapshot.EncryptionRule{rule("AES256"), rule("aws:kms")}}), "", "", false, "AmbiguousRules"},
	}
	for _, test := range tests {
		d, _ := build(t, func(s *snapshot.Snapshot) { s.Buckets[0].Encryption = test.encryption }, Intent{})
		b := d.Buckets[0]
		if test.unread != "" {
			if b.Encryption != nil || b.Unread["encryption"].Code != test.unread || b.Unread["default_key"].Code != test.unread {
				t.Errorf("%s: %+v", test.name, b)
			}
			continue
		}
		if b.Encryption == nil || b.Encryption.Algorithm != test.algorithm || b.Encryption.SSEC != test.ssec || b.Encryption.KMS != test.kms {
			t.Errorf("%s: %+v", test.name, b.Encryption)
		}
	}
}

func TestLogTargets(t *testing.T) {
	statement := func(principal, action string) string {
		return `{"Statement":[{"Effect":"Allow","Principal":` + principal + `,"Action":` + action +
			`,"Resource":"arn:aws:s3:::bucket-695267-1/*","Condition":{"StringEquals":{"aws:SourceAccount":"522814710681"}}}]}`
	}
	tests := []struct {
		name, policy string
		target       bool
	}{
		{"access logs", statement(`{"Service":"logging.s3.amazonaws.com"}`, `"s3:PutObject"`), true},
		{"load balancer", statement(`{"Service":["logdelivery.elasticloadbalancing.amazonaws.com"]}`, `["s3:Put*"]`), true},
		{"old load balancer", statement(`{"AWS":"arn:aws:iam::127311923021:root"}`, `"s3:PutObject"`), true},
		{"reads only", statement(`{"Service":"logging.s3.amazonaws.com"}`, `"s3:GetObject"`), false},
		{"other service", statement(`{"Service":"cloudtrail.amazonaws.com"}`, `"s3:PutObject"`), false},
		{"everybody", statement(`"*"`, `"s3:PutObject"`), false},
	}
	for _, test := range tests {
		d, _ := build(t, func(s *snapshot.Snapshot) { s.Buckets[0].Policy = doc(t, test.policy) }, Intent{})
		if got := d.Buckets[0].LogTarget; got == nil || (len(got.Services) > 0) != test.target {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
	d, _ := build(t, func(s *snapshot.Snapshot) {
		s.Buckets[1].Logging = snapshot.Of(snapshot.Logging{TargetBucket: "bucket-695267-1"})
	}, Intent{})
	if len(d.Buckets[0].LogTarget.Services) != 1 || len(d.Buckets[1].LogTarget.Services) != 0 {
		t.Error("another bucket's logging configuration is evidence")
	}
}

func TestMissingThings(t *testing.T) {
	role := "arn:aws:iam::" + account + ":role/nobody"
	key := strings.Replace(theKey, "cac96933", "00000000", 1)
	with := intent()
	with.Requirements[0].Principals = []string{role}
	d, _ := build(t, nil, with)
	if row := d.Access[0]; len(row.Denied) != 6 || row.Denied[0].Verdict != "NoSuchPrincipal" || row.Place != "/account" || len(row.Mends) != 1 {
		t.Errorf("a missing principal: %+v", row)
	}
	d, _ = build(t, func(s *snapshot.Snapshot) { deny(s, "iam:GetAccountAuthorizationDetails") }, with)
	if row := d.Access[0]; len(row.Denied) != 0 || len(row.Undecided) != 6 {
		t.Errorf("a principal missing from a failed listing: %+v", row)
	}
	with = intent()
	with.Requirements[0].Key = key
	d, _ = build(t, nil, with)
	if row := d.Access[0]; len(row.Denied) != 6 || row.Denied[0].Verdict != "NoSuchKey" {
		t.Errorf("a missing key: %+v", row)
	}
	with.Requirements[0].Key = strings.Replace(key, "us-east-1", "eu-north-1", 1)
	d, _ = build(t, nil, with)
	if row := d.Access[0]; len(row.Undecided) != 6 {
		t.Errorf("a key of a Region that nobody asked: %+v", row)
	}
	with = intent()
	with.Requirements[0].Buckets[0].Name = "nowhere"
	d, _ = build(t, nil, with)
	if row := d.Operations[0]; len(row.Denied) != 1 || row.Denied[0].Verdict != "NoSuchBucket" {
		t.Errorf("a missing bucket: %+v", row)
	}
	with = intent()
	with.Requirements[0].Buckets[0].Objects = []string{"unasked.csv"}
	d, _ = build(t, nil, with)
	i := slices.IndexFunc(d.Objects, func(o Object) bool { return o.Key == "unasked.csv" })
	if i < 0 || d.Objects[i].Unread["encryption"].Code != "NotAsked" {
		t.Errorf("an object that nobody asked for: %+v", d.Objects)
	}
}

// role adds a role with one inline policy.
func role(t *testing.T, s *snapshot.Snapshot, name, path, document string) {
	t.Helper()
	s.Roles = append(s.Roles, snapshot.Role{
		ARN: "arn:aws:iam::" + account + ":role" + path + name, Name: name, ID: "AROA" + strings.ToUpper(name), Path: path,
		TrustPolicy:      doc(t, `{"Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`),
		InlinePolicies:   snapshot.Of([]snapshot.NamedPolicy{{Name: "P", Document: doc(t, document)}}),
		AttachedPolicies: snapshot.Of([]snapshot.PolicyRef{}),
		Boundary:         snapshot.None[snapshot.PolicyRef]("o", ""), Tags: snapshot.Of(map[string]string{}),
	})
}

func TestExclusive(t *testing.T) {
	decrypt := `{"Version":"2012-10-17","Statement":[{"Sid":"All","Effect":"Allow","Action":"kms:Decrypt","Resource":"*"}]}`
	viaS3 := `{"Version":"2012-10-17","Statement":[{"Sid":"S3","Effect":"Allow","Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}}]}`
	d, _ := build(t, func(s *snapshot.Snapshot) {
		role(t, s, "report", "/", decrypt)
		role(t, s, "linked", "/aws-service-role/x.amazonaws.com/", decrypt)
		role(t, s, "narrow", "/", viaS3)
		s.Keys[0].Grants = snapshot.Of([]snapshot.Grant{{ID: "g1", Grantee: "arn:aws:iam::999999999999:role/guest", Operations: []string{"Decrypt"}}})
	}, intent())
	row := d.Exclusive[0]
	var allowed, depends []string
	for _, users := range row.Allowed {
		allowed = append(allowed, users.Principals...)
	}
	for _, users := range row.Depends {
		depends = append(depends, users.Principals...)
		if len(users.Tests) == 0 || users.Tests[0].Key != "kms:ViaService" {
			t.Errorf("the open test is not named: %+v", users)
		}
	}
	slices.Sort(allowed)
	if want := []string{"arn:aws:iam::" + account + ":role/report", "arn:aws:iam::999999999999:role/guest"}; !slices.Equal(allowed, want) {
		t.Errorf("allowed %v, want %v\n%+v", allowed, want, row)
	}
	if want := []string{"arn:aws:iam::" + account + ":role/narrow"}; !slices.Equal(depends, want) {
		t.Errorf("depends %v, want %v", depends, want)
	}
	if len(row.Undecided) != 0 {
		t.Errorf("undecided %+v", row.Undecided)
	}
}

func TestDenialsSayWhyAndHowToMend(t *testing.T) {
	lacking := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["kms:Encrypt","kms:Decrypt"],"Resource":"` + theKey + `"}]}`
	change := func(s *snapshot.Snapshot) {
		for i := range s.Roles {
			if s.Roles[i].ARN == theRole {
				(*s.Roles[i].InlinePolicies.Value)[0].Document = doc(t, lacking)
			}
		}
	}
	d, _ := build(t, change, intent())
	row := d.Access[0]
	if len(row.Denied) != 4 || !strings.Contains(row.Denied[0].Why, "identity policies") || len(row.Mends) != 1 ||
		row.Mends[0].Statement["Resource"] != theKey || !strings.HasSuffix(row.Mends[0].To, theRole) {
		t.Errorf("access %+v", row)
	}
	if put := d.Operations[1]; put.Operation != "PutObject" || len(put.Denied) != 1 || put.Denied[0].What != "kms:GenerateDataKey" {
		t.Errorf("operation %+v", put)
	}
	if get := d.Operations[0]; get.Operation != "GetObject" || len(get.Denied) != 0 {
		t.Errorf("operation %+v", get)
	}
	d, _ = build(t, func(s *snapshot.Snapshot) {
		s.Buckets[1].Policy = doc(t, `{"Version":"2012-10-17","Statement":[{"Sid":"No","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::bucket-695267-2/*"}]}`)
	}, intent())
	put := d.Operations[1]
	if len(put.Denied) != 1 || put.Denied[0].Verdict != "ExplicitlyDenied" || put.Denied[0].By[0].Sid != "No" ||
		!strings.Contains(put.Denied[0].Why, "statement No of the policy of") || !strings.Contains(put.Mends[0].Text, "narrow or remove") {
		t.Errorf("operation %+v", put)
	}
}
