package rules

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// theme is what users told the makers of other tools about one kind of mistake: the
// threads, and the examples that hold our rules to doing better. Every thread stands
// in the note of one of the examples at least.
type theme struct {
	what, threads string
	examples      []mistake
}

// mistake is the shape that fooled another tool, as an example of a rule, and the
// same shape in a snapshot. The resource is that of the shape, by default the key.
type mistake struct {
	rule, kind, example string
	shape               func(*testing.T, *snapshot.Snapshot)
	on                  func(*snapshot.Snapshot) string
	intent              facts.Intent
}

// Kinds of examples.
const (
	finds, passes, unknowns = "findings", "passes", "unknown"
)

var themes = []theme{
	{"a public key that is none", "prowler #970, #679, PR #849; ScoutSuite #1579; fugue/regula #386; checkov #4394; KICS #4779; cloud-custodian #5201, #2167, #7665, PR #7666", []mistake{
		{rule: "POL-001", kind: passes, example: "own account", shape: policyOf(everybody(`"StringEquals":{"kms:CallerAccount":"522814710681"}`))},
		{rule: "POL-001", kind: passes, example: "key name in another case", shape: policyOf(everybody(`"StringEquals":{"KMS:callerAccount":"522814710681"}`))},
		{rule: "POL-001", kind: passes, example: "denied to everybody", shape: policyOf(`{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`)},
		{rule: "POL-001", kind: passes, example: "default policy", shape: policyOf("")},
	}},
	{"a public key that is missed", "prowler #10070, PR #10600; checkov #5627; KICS #6707; cnspec #4020", []mistake{
		{rule: "POL-001", kind: finds, example: "a look at it", shape: policyOf(`{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:DescribeKey","Resource":"*"}`)},
		{rule: "POL-001", kind: finds, example: "everybody", shape: policyOf(everybody(""))},
		{rule: "POL-002", kind: finds, example: "via service", shape: policyOf(everybody(`"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}`))},
		{rule: "POL-001", kind: unknowns, example: "policy refused", shape: refusedPolicy},
	}},
	{"conditions that hold together", "cloud-custodian PR #9287", []mistake{
		{rule: "POL-002", kind: passes, example: "one of two tests", shape: policyOf(everybody(`"StringEquals":{"aws:PrincipalOrgID":"o-example001"},"StringLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/*-lambda-role"}`))},
	}},
	{"rotation asked of keys that cannot", "prowler #19, #36, #44, #209, #1785, #1838, PR #742, #1788, #1842; ScoutSuite #1636; checkov #4475, PR #1279; KICS #5335, #7337, PR #8067; trivy #2757", []mistake{
		{rule: "KEY-001", kind: finds, example: "off", shape: unrotated(func(*snapshot.KeyMetadata) {})},
		{rule: "KEY-001", kind: passes, example: "aws", shape: unrotated(func(m *snapshot.KeyMetadata) { m.Manager = "AWS" })},
		{rule: "KEY-001", kind: passes, example: "imported", shape: unrotated(func(m *snapshot.KeyMetadata) { m.Origin = "EXTERNAL" })},
		{rule: "KEY-001", kind: passes, example: "asymmetric", shape: unrotated(func(m *snapshot.KeyMetadata) { m.Spec, m.Usage = "RSA_4096", "SIGN_VERIFY" })},
		{rule: "KEY-001", kind: passes, example: "hmac", shape: unrotated(func(m *snapshot.KeyMetadata) { m.Spec, m.Usage = "HMAC_256", "GENERATE_VERIFY_MAC" })},
		{rule: "KEY-001", kind: passes, example: "disabled", shape: unrotated(func(m *snapshot.KeyMetadata) { m.State = "Disabled" })},
		{rule: "KEY-001", kind: passes, example: "pending deletion", shape: unrotated(func(m *snapshot.KeyMetadata) { m.State = "PendingDeletion" })},
	}},
	{"how rotation is", "prowler #11384, #10434; tfsec PR #999; floci PR #618", []mistake{
		{rule: "KEY-002", kind: finds, example: "two years", shape: func(_ *testing.T, s *snapshot.Snapshot) {
			s.Keys[0].Rotation = snapshot.Of(snapshot.Rotation{Enabled: true, PeriodDays: 730})
		}},
		{rule: "KEY-003", kind: finds, example: "never", shape: rotated()},
		{rule: "KEY-003", kind: passes, example: "on demand", shape: rotated("ON_DEMAND")},
		{rule: "KEY-001", kind: passes, example: "hmac"}, // GetKeyRotationStatus answers false, see above
	}},
	{"decrypting with every key", "aws-cdk #21526; copilot-cli #4628; hydrovis #727; azul #4712; checkov #5148, #5181, #2336; tfsec #794, PR #832; prowler PR #5619", []mistake{
		{rule: "IAM-003", kind: passes, example: "condition", on: theRole, shape: inline(`{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}}`)},
		{rule: "IAM-003", kind: passes, example: "one key", on: theRole, shape: policyOf(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::522814710681:role/KeyAdmin"},"Action":"kms:Decrypt","Resource":"*"}`)}, // this key, in its policy
		{rule: "IAM-004", kind: finds, example: "decrypt on all", on: theManaged, shape: managed(`{"Effect":"Allow","Action":["kms:Decrypt","kms:ReEncryptFrom"],"Resource":"*"}`)},
	}},
	{"wildcards and order", "prowler #4257, #5386, #3346, PR #6985; trivy #5040, #5089, #5090, #5114", []mistake{
		{rule: "IAM-009", kind: finds, example: "NotAction", on: theRole, shape: inline(`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`)},
		{rule: "IAM-003", kind: finds, example: "pattern", on: theRole, shape: inline(`{"Effect":"Allow","Action":"kms:*crypt*","Resource":"*"}`)},
		{rule: "IAM-001", kind: finds, example: "all of KMS", on: theRole, shape: inline(`{"Effect":"Allow","Action":"kms:*","Resource":"*"}`)},
		{rule: "IAM-001", kind: passes, example: "taken back", on: theRole, shape: inline(`{"Effect":"Deny","Action":"kms:*","Resource":"*"},{"Effect":"Allow","Action":"kms:*","Resource":"*"}`)},
		{rule: "IAM-001", kind: passes, example: "taken back", on: theRole, shape: inline(`{"Effect":"Allow","Action":"kms:*","Resource":"*"},{"Effect":"Deny","Action":"kms:*","Resource":"*"}`)},
	}},
	{"buckets that cannot be under a key", "checkov #6264, #4624, #6293, #6294; trivy #6024, #5212, #8954; trivy-checks PR #469; aws-config-rules #400; aws-cdk #23513, PR #25350", []mistake{
		{rule: "S3-001", kind: passes, example: "log target", on: theBucket, shape: bucketPolicy(`{"Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::bucket-695267-1/*"}`)},
		{rule: "S3-001", kind: passes, example: "log target", on: theBucket, shape: bucketPolicy(`{"Effect":"Allow","Principal":{"Service":"logdelivery.elasticloadbalancing.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::bucket-695267-1/*"}`)},
	}},
	{"the key of AWS taken for one's own", "tfsec #1499; cnspec #3706; cloud-custodian #6321", []mistake{
		{rule: "S3-002", kind: finds, example: "no key named", on: theBucket, shape: encryption(snapshot.EncryptionRule{Algorithm: "aws:kms"})},
	}},
	{"two layers taken for none", "checkov PR #7634, PR #7415", []mistake{
		{rule: "S3-001", kind: passes, example: "dsse", on: theBucket, shape: encryption(snapshot.EncryptionRule{Algorithm: "aws:kms:dsse", Key: "arn:aws:kms:us-east-1:522814710681:key/cac96933-72ff-0000-0000-000000000000"})},
	}},
	{"the cost of no Bucket Key", "cloud-custodian #8867, #8868; cloudposse #284; AFT #339; METR/hawk PR #1392", []mistake{
		{rule: "S3-008", kind: finds, example: "million requests", on: theBucket, shape: encryption(snapshot.EncryptionRule{Algorithm: "aws:kms", Key: "arn:aws:kms:us-east-1:522814710681:key/cac96933-72ff-0000-0000-000000000000"})},
	}},
	{"keys that clients bring", "yes3-scanner #24, #25, #27; aws-cdk #36988, PR #37047; iam-collect #312; DataChefHQ #105", []mistake{
		{rule: "S3-012", kind: finds, example: "allowed", on: theBucket, shape: encryption(snapshot.EncryptionRule{Algorithm: "aws:kms", BlockedTypes: []string{"NONE"}})},
	}},
	{"TLS by the shape of a statement", "prowler #407, #680, #1481; KICS #5763; cloudsploit #579, #820, PR #757; checkov PR #6763", []mistake{
		{rule: "S3-013", kind: passes, example: "denied", on: theBucket, shape: bucketPolicy(plainHTTP("*", `["arn:aws:s3:::bucket-695267-1","arn:aws:s3:::bucket-695267-1/*"]`))},
		{rule: "S3-013", kind: passes, example: "denied", on: theBucket, shape: bucketPolicy(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::522814710681:role/KeyAdmin"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket-695267-1/*"},` + plainHTTP("s3:*", `"arn:aws:s3:::bucket-695267-1*"`))},
		{rule: "S3-013", kind: finds, example: "objects only", on: theBucket, shape: bucketPolicy(plainHTTP("*", `"arn:aws:s3:::bucket-695267-1/*"`))},
		{rule: "S3-013", kind: unknowns, example: "policy refused", on: theBucket, shape: func(_ *testing.T, s *snapshot.Snapshot) {
			s.Buckets[0].Policy = snapshot.Reading[snapshot.Document]{State: snapshot.Denied, Operation: "s3:GetBucketPolicy", Code: "AccessDenied"}
		}},
	}},
	{"alarms by the text of a filter", "prowler #26, #113, #1914, PR #1943; modernisation-platform #13148", []mistake{
		{rule: "LOG-005", kind: finds, example: "alarm without action"},
		{rule: "LOG-005", kind: passes, example: "heard"}, // what filters mean is tested where they are read
	}},
	{"grants", "cnspec #3698, PR #2213; cloud-custodian #5314; modernisation-platform PR #2262, #2343, #7873", []mistake{
		{rule: "GRT-003", kind: passes, example: "database", shape: granted(snapshot.Grant{Grantee: "rds.us-east-1.amazonaws.com", RetiringPrincipal: "rds.us-east-1.amazonaws.com", Operations: []string{"CreateGrant", "Decrypt"}})},
		{rule: "GRT-003", kind: passes, example: "volume", shape: granted(snapshot.Grant{Grantee: "arn:aws:sts::522814710681:assumed-role/aws:ec2-infrastructure/i-0123456789abcdef0", Operations: []string{"CreateGrant", "Decrypt"}})},
		{rule: "GRT-003", kind: passes, example: "scaling group", shape: granted(scalingGroup("522814710681"))},
		{rule: "GRT-004", kind: passes, example: "scaling group", shape: granted(scalingGroup("522814710681"))},
		{rule: "GRT-004", kind: passes, example: "service", shape: granted(snapshot.Grant{Grantee: "rds.us-east-1.amazonaws.com", Operations: []string{"Decrypt"}})},
		{rule: "GRT-005", kind: passes, example: "of a service", shape: granted(snapshot.Grant{Grantee: "rds.us-east-1.amazonaws.com"}, snapshot.Grant{Grantee: "rds.us-east-1.amazonaws.com"})},
		{rule: "GRT-003", kind: finds, example: "a role", shape: granted(snapshot.Grant{Grantee: "arn:aws:iam::522814710681:role/KeyAdmin", Operations: []string{"CreateGrant", "Decrypt"}})},
		{rule: "GRT-002", kind: finds, example: "everybody", shape: granted(snapshot.Grant{Grantee: "*", Operations: []string{"Decrypt"}})},
		{rule: "GRT-001", kind: finds, example: "partner", shape: granted(snapshot.Grant{Grantee: "arn:aws:iam::444455556666:role/reader", Operations: []string{"Decrypt"}})},
		{rule: "GRT-007", kind: finds, example: "a role", shape: policyOf(mayGrant(""))},
		{rule: "GRT-007", kind: passes, example: "for AWS", shape: policyOf(mayGrant(`,"Condition":{"Bool":{"kms:GrantIsForAWSResource":"true"}}`))},
	}},
	{"uploads that are refused", "aws-cli #4251; aws-sdk-js #1814; aws-cdk #8947, PR #10679, PR #17668; modernisation-platform PR #10122; govwifi PR #461; quickstart-compliance-common #29; terraform-aws-ou-scp #24; aws-iam-permissions-guardrails PR #57", []mistake{
		{rule: "ACC-001", kind: finds, example: "part of an upload", on: theRole, intent: needs("UploadPart"), shape: inline(s3Full, `{"Effect":"Allow","Action":["kms:Encrypt","kms:GenerateDataKey*"],"Resource":"*"}`)},
		{rule: "S3-011", kind: finds, example: "StringNotEquals", on: theKMSBucket, shape: func(t *testing.T, s *snapshot.Snapshot) {
			t.Helper()
			s.Buckets[1].Policy = document(t, `{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::bucket-695267-2/*","Condition":{"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"}}}`)
		}},
	}},
	{"the context with a Bucket Key", "idp-scim-sync PR #540; terraform-aws-kinesis-firehose #26; modernisation-platform PR #13396; unitycatalog PR #1774; s3-userguide PR #116", []mistake{
		{rule: "S3-008", kind: finds, example: "context", on: theKMSBucket, shape: func(t *testing.T, s *snapshot.Snapshot) {
			t.Helper()
			s.Buckets[1].Encryption.Value.Rules[0].BucketKey = false
			s.Keys[0].Policy = document(t, root+`,{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::522814710681:role/KeyAdmin"},"Action":"kms:Decrypt","Resource":"*","Condition":{"StringLike":{"kms:EncryptionContext:aws:s3:arn":"arn:aws:s3:::bucket-695267-2/*"}}}`)
		}},
	}},
	{"one failed call", "prowler #6835", []mistake{
		{rule: "POL-001", kind: unknowns, example: "one of two keys", shape: func(t *testing.T, s *snapshot.Snapshot) {
			t.Helper()
			other := s.Keys[0]
			other.ARN, other.ID = strings.Replace(other.ARN, "cac96933", "dac96933", 1), strings.Replace(other.ID, "cac96933", "dac96933", 1)
			s.Keys = append(s.Keys, other)
			refusedPolicy(t, s)
		}},
	}},
	{"S3 without KMS", "iam-lens #19", []mistake{
		{rule: "ACC-001", kind: finds, example: "download", on: theRole, intent: needs("GetObject"), shape: inline(s3Full)},
	}},
}

// TestKnownMistakes audits the shapes.
func TestKnownMistakes(t *testing.T) {
	c := catalogue(t)
	concerned := map[string]bool{}
	for _, one := range themes {
		for _, m := range one.examples {
			concerned[m.rule] = true
		}
	}
	e, err := c.Compile(t.Context(), func(r *Rule) bool { return concerned[r.ID] })
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range themes {
		for _, m := range one.examples {
			if m.shape == nil {
				continue
			}
			file := changed(t, func(s *snapshot.Snapshot) { m.shape(t, s) })
			r, err := e.Audit(t.Context(), []*snapshot.File{file}, Settings{Intent: m.intent})
			if err != nil {
				t.Fatal(err)
			}
			resource := file.Snapshot.Keys[0].ARN
			if m.on != nil {
				resource = m.on(file.Snapshot)
			}
			got := passes
			if slices.ContainsFunc(r.Unknown, func(u report.Unknown) bool { return u.Rule == m.rule && u.Resource == resource }) {
				got = unknowns
			}
			if slices.ContainsFunc(r.Findings, func(f report.Finding) bool { return f.Rule == m.rule && f.Resource == resource }) {
				got = finds
			}
			if got != m.kind {
				t.Errorf("%s: %s %q came out as %s", one.what, m.rule, m.example, got)
			}
		}
	}
}

// TestKnownMistakesAreExamples holds the notes of the examples to the threads.
func TestKnownMistakesAreExamples(t *testing.T) {
	c := catalogue(t)
	for _, one := range themes {
		told := map[string]bool{}
		for _, m := range one.examples {
			rule, _ := c.Rule(m.rule)
			examples := allExamples(t, rule)
			i := slices.IndexFunc(examples, func(e kindedExample) bool { return e.kind == m.kind && e.Name == m.example })
			if i < 0 {
				t.Errorf("%s: %s has no example %q among its %s", one.what, m.rule, m.example, m.kind)
				continue
			}
			note := examples[i].Note
			maps.Copy(told, threadsIn(note[strings.LastIndexByte(note, '(')+1:]))
		}
		for thread := range threadsIn(one.threads) {
			if !told[thread] {
				t.Errorf("%s: no example's note has %s as its source", one.what, thread)
			}
		}
	}
}

var threadNumber = regexp.MustCompile(`#[0-9]+`)

// threadsIn are the threads of a text such as "prowler #1, PR #2; trivy #3".
func threadsIn(text string) map[string]bool {
	threads := map[string]bool{}
	for part := range strings.SplitSeq(text, ";") {
		repository, _, _ := strings.Cut(strings.TrimSpace(part), " ")
		for _, number := range threadNumber.FindAllString(part, -1) {
			threads[repository+" "+number] = true
		}
	}
	return threads
}
