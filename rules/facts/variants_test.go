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

// TestPoliciesThatAskForHeaders gives bucket policies that deny uploads by their
// headers or over plain HTTP: whoever can send the right request is able to.
func TestPoliciesThatAskForHeaders(t *testing.T) {
	deny := func(condition string) string {
		return `{"Version":"2012-10-17","Statement":[{"Sid":"No","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::bucket-695267-2","arn:aws:s3:::bucket-695267-2/*"],"Condition":` + condition + `}]}`
	}
	put := func(policy string) Operation {
		d, _ := build(t, func(s *snapshot.Snapshot) { s.Buckets[1].Policy = doc(t, policy) }, intent())
		return d.Operations[1]
	}
	for name, condition := range map[string]string{
		"TLS":                `{"Bool":{"aws:SecureTransport":"false"}}`,
		"header if it is":    `{"StringNotEqualsIfExists":{"s3:x-amz-server-side-encryption":"aws:kms"}}`,
		"header must be":     `{"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"}}`,
		"key header must be": `{"StringNotEquals":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"` + theKey + `"}}`,
	} {
		if row := put(deny(condition)); len(row.Allowed) != 2 {
			t.Errorf("%s: %+v", name, row)
		}
	}
	if row := put(deny(`{"StringNotEquals":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"arn:aws:kms:us-east-1:522814710681:key/other"}}`)); len(row.Denied) != 1 {
		t.Errorf("another key must be named: %+v", row)
	}
	if row := put(deny(`{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}`)); len(row.Depends) != 1 {
		t.Errorf("the network decides: %+v", row)
	}
}

func TestGuards(t *testing.T) {
	both := `["arn:aws:s3:::bucket-695267-2","arn:aws:s3:::bucket-695267-2/*"]`
	statement := func(principal, action, resource, condition string) string {
		return `{"Version":"2012-10-17","Statement":[{"Sid":"No","Effect":"Deny","Principal":` + principal + `,"Action":` + action + `,"Resource":` + resource + `,"Condition":` + condition + `}]}`
	}
	noTLS := `{"Bool":{"aws:SecureTransport":"false"}}`
	tests := []struct {
		name, policy         string
		open                 int
		algorithm, key, none string
		customer             string
	}{
		{"no policy", "", 18, "allowed", "allowed", "allowed", "bucket"},
		{"tls", statement(`"*"`, `"s3:*"`, both, noTLS), 0, "allowed", "allowed", "allowed", "bucket"},
		{"tls as a list", statement(`{"AWS":["*"]}`, `["s3:*"]`, both, `{"Bool":{"aws:SecureTransport":["false"]}}`), 0, "allowed", "allowed", "allowed", "bucket"},
		{"tls for objects only", statement(`"*"`, `"s3:*"`, `"arn:aws:s3:::bucket-695267-2/*"`, noTLS), 9, "allowed", "allowed", "allowed", "bucket"},
		{"tls for reads only", statement(`"*"`, `"s3:Get*"`, both, noTLS), 12, "allowed", "allowed", "allowed", "bucket"},
		{"tls for the account only", statement(`{"AWS":"522814710681"}`, `"s3:*"`, both, noTLS), 12, "allowed", "allowed", "allowed", "bucket"},
		{"tls of another bucket", statement(`"*"`, `"s3:*"`, `"arn:aws:s3:::other/*"`, noTLS), 18, "allowed", "allowed", "allowed", "bucket"},
		{"algorithm", statement(`"*"`, `"s3:PutObject"`, both, `{"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"},"Null":{"s3:x-amz-server-side-encryption":"false"}}`), 18, "denied", "allowed", "allowed", "bucket"},
		// IfExists holds when the header is absent (rule C6), and so denies then.
		{"algorithm if it exists", statement(`"*"`, `"s3:PutObject"`, both, `{"StringNotEqualsIfExists":{"s3:x-amz-server-side-encryption":"aws:kms"}}`), 18, "denied", "allowed", "denied", "bucket"},
		{"algorithm always", statement(`"*"`, `"s3:PutObject"`, both, `{"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"}}`), 18, "denied", "allowed", "denied", "bucket"},
		{"key", statement(`"*"`, `"s3:PutObject"`, both, `{"StringNotEquals":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"`+theKey+`"},"Null":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"false"}}`), 18, "allowed", "denied", "allowed", "bucket"},
		{"never", statement(`"*"`, `"s3:PutObject"`, both, `{"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"},"Null":{"s3:x-amz-server-side-encryption":"true"}}`), 18, "allowed", "allowed", "denied", "bucket"},
		{"from a network", statement(`"*"`, `"s3:*"`, both, `{"Bool":{"aws:SecureTransport":"false"},"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`), 18, "allowed", "allowed", "allowed", "bucket"},
	}
	for _, test := range tests {
		d, _ := build(t, func(s *snapshot.Snapshot) {
			if test.policy != "" {
				s.Buckets[1].Policy = doc(t, test.policy)
			}
		}, intent())
		g := d.Buckets[1].Guards
		if len(g.OpenToHTTP) != test.open || g.OtherAlgorithm != test.algorithm || g.OtherKey != test.key || g.NoHeader != test.none ||
			d.Buckets[1].CustomerKeys.By != test.customer {
			t.Errorf("%s: %+v", test.name, g)
		}
	}
	d, _ := build(t, func(s *snapshot.Snapshot) {
		s.Buckets[0].Policy = doc(t, strings.ReplaceAll(statement(`"*"`, `"s3:PutObject"`, both,
			`{"Null":{"s3:x-amz-server-side-encryption-customer-algorithm":"false"}}`), "695267-2", "695267-1"))
		s.Buckets[1].Encryption.Value.Rules[0].BlockedTypes = nil
	}, intent())
	if got := d.Buckets[0].CustomerKeys; got == nil || got.By != "policy" {
		t.Errorf("SSE-C denied by the policy: %+v", got)
	}
	if got := d.Buckets[1]; got.CustomerKeys != nil || got.Unread["customer_keys"].Code != "BlockedEncryptionTypesNotGiven" {
		t.Errorf("a configuration that does not say is no proof: %+v", got)
	}
}

// TestGuardsWithHoles gives denials that cover nearly everything.
func TestGuardsWithHoles(t *testing.T) {
	const whole = `"Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::bucket-695267-2","arn:aws:s3:::bucket-695267-2/*"]`
	change := func(old, new string) string { return strings.Replace(whole, old, new, 1) }
	const resource = `"Resource":["arn:aws:s3:::bucket-695267-2","arn:aws:s3:::bucket-695267-2/*"]`
	for name, test := range map[string]struct{ elements, condition, by string }{
		"none":               {whole, "", ""},
		"some objects":       {change(resource, `"NotResource":"arn:aws:s3:::bucket-695267-2/public/*"`), "", "s3:GetObject by anybody"},
		"one object":         {change(resource, `"NotResource":"arn:aws:s3:::bucket-695267-2/a.csv"`), "", "s3:GetObject by anybody"},
		"an action":          {change(`"Action":"s3:*"`, `"NotAction":"s3:GetObjectVersion"`), "", "s3:GetObjectVersion by anybody"},
		"listed actions":     {change(`"s3:*"`, `["s3:GetObject","s3:PutObject","s3:DeleteObject","s3:ListBucket","s3:GetBucketPolicy"]`), "", "some other action by anybody"},
		"a foreign account":  {change(`"Principal":"*"`, `"NotPrincipal":{"AWS":"arn:aws:iam::999999999999:root"}`), "", "s3:GetObject by account 999999999999"},
		"a role":             {change(`"Principal":"*"`, `"NotPrincipal":{"AWS":["`+theRole+`"]}`), "", "s3:GetObject by " + theRole},
		"a role's condition": {whole, `,"ArnNotLike":{"aws:PrincipalArn":"` + theRole + `"}`, "s3:GetObject by " + theRole},
	} {
		d, _ := build(t, func(s *snapshot.Snapshot) {
			s.Buckets[1].Policy = doc(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Deny",`+test.elements+`,"Condition":{"Bool":{"aws:SecureTransport":"false"}`+test.condition+`}}]}`)
		}, intent())
		open := d.Buckets[1].Guards.OpenToHTTP
		if test.by == "" && name == "none" && len(open) != 0 || test.by != "" && !slices.Contains(open, test.by) {
			t.Errorf("%s: %v", name, open)
		}
		if name == "a role's condition" && slices.Contains(open, "s3:GetObject by anybody") {
			t.Errorf("%s: a caller without a name is not that role: %v", name, open)
		}
	}
}

func TestMembership(t *testing.T) {
	allow := func(condition string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Resource":"*","Condition":` + condition + `}]}`
	}
	own := snapshot.Of(snapshot.Organization{ID: "o-own", ManagementAccount: "999999999999"})
	tests := []struct {
		name, policy string
		organization snapshot.Reading[snapshot.Organization]
		foreign      int
		unread       bool
	}{
		{"none named", allow(`{"StringEquals":{"kms:CallerAccount":"522814710681"}}`), snapshot.Reading[snapshot.Organization]{}, 0, false},
		{"own", allow(`{"StringEquals":{"aws:PrincipalOrgID":"o-own"}}`), own, 0, false},
		{"another", allow(`{"StringEquals":{"aws:PrincipalOrgID":"o-stranger"}}`), own, 1, false},
		{"paths", allow(`{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-stranger/*"}}`), own, 1, false},
		{"in no organization", allow(`{"StringEquals":{"aws:PrincipalOrgID":"o-stranger"}}`), snapshot.None[snapshot.Organization]("o", "c"), 1, false},
		{"not read", allow(`{"StringEquals":{"aws:PrincipalOrgID":"o-own"}}`), snapshot.Reading[snapshot.Organization]{State: snapshot.Denied}, 0, true},
	}
	for _, test := range tests {
		d, _ := build(t, func(s *snapshot.Snapshot) {
			s.Keys[0].Policy, s.Organization = doc(t, test.policy), test.organization
		}, Intent{})
		k := d.Keys[0]
		_, unread := k.Unread["membership"]
		if unread != test.unread || !unread && len(k.Membership.Foreign) != test.foreign {
			t.Errorf("%s: %+v, unread %v", test.name, k.Membership, unread)
		}
	}
}

func TestWhatIsLeftOutIsNotKnown(t *testing.T) {
	for name, change := range map[string]func(*snapshot.KeyMetadata){
		"state":     func(m *snapshot.KeyMetadata) { m.State = "" },
		"new state": func(m *snapshot.KeyMetadata) { m.State = "Resting" },
		"spec":      func(m *snapshot.KeyMetadata) { m.Spec = "" },
		"origin":    func(m *snapshot.KeyMetadata) { m.Origin = "" },
	} {
		d, _ := build(t, func(s *snapshot.Snapshot) { change(s.Keys[0].Metadata.Value) }, intent())
		if k := d.Keys[0]; k.Metadata != nil || k.Unread["metadata"].State != "failed" {
			t.Errorf("without %s: %+v", name, k.Metadata)
		}
		if b := d.Buckets[1]; b.DefaultKey != nil {
			t.Errorf("without %s the default key is %+v", name, b.DefaultKey)
		}
	}
	d, _ := build(t, func(s *snapshot.Snapshot) {
		*s.Roles[1].AttachedPolicies.Value = append(*s.Roles[1].AttachedPolicies.Value, snapshot.PolicyRef{ARN: "arn:aws:iam::522814710681:policy/X", Name: "X"})
		s.Roles[0].AttachedPolicies = snapshot.Reading[[]snapshot.PolicyRef]{State: snapshot.Denied}
	}, Intent{})
	unread := 0
	for _, p := range d.Policies {
		if p.Document == nil {
			unread++
		}
	}
	if unread != 2 {
		t.Errorf("%d policies are not known, want 2", unread)
	}
}

// TestRequiredThingsAreLookedFor gives requirements that ask for nothing but that
// something is there.
func TestRequiredThingsAreLookedFor(t *testing.T) {
	gone := strings.Replace(theKey, "cac96933", "00000000", 1)
	for name, requirement := range map[string]Requirement{
		"key":       {Name: "x", Key: gone, Exclusive: true},
		"principal": {Name: "x", Key: theKey, Principals: []string{theRole + "x"}},
		"bucket":    {Name: "x", Key: theKey, Buckets: []RequiredBucket{{Name: "nowhere"}}},
	} {
		d, _ := build(t, nil, Intent{Requirements: []Requirement{requirement}})
		denied := 0
		for _, row := range d.Access {
			denied += len(row.Denied)
		}
		for _, row := range d.Operations {
			denied += len(row.Denied)
		}
		if denied != 1 || len(d.Exclusive) != 0 {
			t.Errorf("%s: access %+v, operations %+v", name, d.Access, d.Operations)
		}
	}
}
