package imports_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsaudit/kmsaudit/collector/imports"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// asText puts a JSON value into a text, as often as times says, the way AWS Config
// writes some of its values.
func asText(value string, times int) string {
	for range times {
		value = fmt.Sprintf("%q", value)
	}
	return value
}

// oneBucket imports a file with one bucket, with these supplementary values.
func oneBucket(t *testing.T, supplementary string) snapshot.Bucket {
	t.Helper()
	s := imported(t, map[string]string{"a.json": configFile(configItem("AWS::S3::Bucket", "arn:aws:s3:::logs", `"configuration": {"name": "logs"}, "supplementaryConfiguration": `+supplementary))})
	if len(s.Buckets) != 1 {
		t.Fatalf("%d buckets", len(s.Buckets))
	}
	return s.Buckets[0]
}

func textOf(t *testing.T, b snapshot.Bucket) string {
	t.Helper()
	text, err := snapshot.Encode(&snapshot.Snapshot{Buckets: []snapshot.Bucket{b}})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const (
	aDocument   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::logs/*"}]}`
	aRule       = `{"rules":[{"applyServerSideEncryptionByDefault":{"sseAlgorithm":"aws:kms","kmsMasterKeyID":"` + keyARN + `"},"bucketKeyEnabled":true}]}`
	aBlock      = `{"blockPublicAcls":true,"ignorePublicAcls":false,"blockPublicPolicy":true,"restrictPublicBuckets":true}`
	aListOfAll  = `{"grantSet":null,"grantList":[{"grantee":{"id":"c0ffee","displayName":null},"permission":"FullControl"},{"grantee":"AllUsers","permission":"Read"},{"grantee":"AuthenticatedUsers","permission":"WriteAcp"},{"grantee":"LogDelivery","permission":"Write"}],"owner":{"displayName":null,"id":"c0ffee"},"isRequesterCharged":false}`
	aStrangList = `{"grantSet":null,"grantList":[{"grantee":"SomebodyNew","permission":"Read"}],"owner":{"id":"c0ffee"}}`
)

// TestTrapObjectOrText: the configuration, the supplementary configuration as a whole
// and each of its values are an object or a text that holds one, and mean the same.
func TestTrapObjectOrText(t *testing.T) {
	var first snapshot.Bucket
	for times := range 3 {
		for whole := range 3 {
			values := fmt.Sprintf(`{"BucketPolicy":%s,"ServerSideEncryptionConfiguration":%s,"PublicAccessBlockConfiguration":%s,"AccessControlList":%s}`,
				asText(`{"policyText":`+asText(aDocument, 1)+`}`, times), asText(aRule, times), asText(aBlock, times), asText(aListOfAll, times))
			b := oneBucket(t, asText(values, whole))
			if times == 0 && whole == 0 {
				first = b
			}
			if diff := cmp.Diff(textOf(t, first), textOf(t, b)); diff != "" {
				t.Errorf("%d times a text, in %d: it is read otherwise:\n%s", times, whole, diff)
			}
		}
	}
	if state(first.Policy) != "ok" || state(first.Encryption) != "ok" || state(first.PublicAccessBlock) != "ok" || state(first.ACL) != "ok" {
		t.Errorf("policy %s, encryption %s, block %s, list %s", state(first.Policy), state(first.Encryption), state(first.PublicAccessBlock), state(first.ACL))
	}
	for times := range 3 {
		alias := `{"aliasName":"alias/one","aliasArn":"arn:aws:kms:us-east-1:111122223333:alias/one","targetKeyId":"1234abcd-12ab-34cd-56ef-1234567890ab"}`
		s := imported(t, map[string]string{"a.json": configFile(configItem("AWS::KMS::Alias", "arn:aws:kms:us-east-1:111122223333:alias/one", `"configuration": `+asText(alias, times)))})
		if len(s.Aliases) != 1 || s.Aliases[0].TargetKey == "" {
			t.Errorf("%d times a text: aliases %+v", times, s.Aliases)
		}
	}
}

// TestTrapACLTwice: the access control list is a text within a text, with groups by
// name; one that is not understood is not taken for one without strangers.
func TestTrapACLTwice(t *testing.T) {
	b := oneBucket(t, `{"AccessControlList":`+asText(aListOfAll, 2)+`}`)
	want := snapshot.ACL{Owner: "c0ffee", Grants: []snapshot.ACLGrant{
		{Grantee: "c0ffee", Permission: "FULL_CONTROL"},
		{Grantee: "http://acs.amazonaws.com/groups/global/AllUsers", Permission: "READ"},
		{Grantee: "http://acs.amazonaws.com/groups/global/AuthenticatedUsers", Permission: "WRITE_ACP"},
		{Grantee: "http://acs.amazonaws.com/groups/s3/LogDelivery", Permission: "WRITE"},
	}}
	got, _ := b.ACL.Get()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, list := range []string{
		aStrangList, `{"grantSet":null,"grantList":null,"owner":{"id":"c0ffee"}}`, `{"grantSet":null}`, strings.Replace(aListOfAll, `"Read"`, `"Frobnicate"`, 1),
		strings.Replace(aListOfAll, `"id":"c0ffee"}`, `"id":null}`, 1), `null`,
	} {
		if b := oneBucket(t, `{"AccessControlList":`+asText(list, 2)+`}`); state(b.ACL) != "not_collected s3:GetBucketAcl" {
			t.Errorf("%s is %s", list, state(b.ACL))
		}
	}
}

// TestTrapPolicyText: the policy of a bucket is within policyText; null there, which
// AWS Config writes for no policy and for one it did not ask for, is no answer.
func TestTrapPolicyText(t *testing.T) {
	for text, want := range map[string]string{
		`{"policyText":` + asText(aDocument, 1) + `}`: "ok",
		`{"policyText":` + aDocument + `}`:            "ok",
		`{"policyText":null}`:                         "not_collected s3:GetBucketPolicy",
		`{}`:                                          "not_collected s3:GetBucketPolicy",
		`null`:                                        "not_collected s3:GetBucketPolicy",
		`{"policyText":"no document"}`:                "not_collected s3:GetBucketPolicy",
	} {
		b := oneBucket(t, `{"BucketPolicy":`+asText(text, 1)+`}`)
		if state(b.Policy) != want {
			t.Errorf("%s is %s, not %s", text, state(b.Policy), want)
		}
		if document, _ := snapshot.PolicyOf(b.Policy); want == "ok" && (document == nil || len(document.Statements) != 1) {
			t.Errorf("%s is read as %+v", text, document)
		}
	}
}

// TestTrapNames: the account and the ARN are written in two ways each, by snapshots,
// histories and aggregators.
func TestTrapNames(t *testing.T) {
	var first string
	for _, account := range []string{"awsAccountId", "accountId"} {
		for _, arn := range []string{"ARN", "arn"} {
			for _, list := range []string{"configurationItems", "baseConfigurationItems"} {
				item := strings.NewReplacer(`"awsAccountId":`, `"`+account+`":`, `"ARN":`, `"`+arn+`":`).Replace(bucketItem)
				file := `{"fileVersion": "1.0", "requestId": "x", "` + list + `": [` + item + `]}`
				s := imported(t, map[string]string{"a.json": file})
				if len(s.Buckets) != 1 {
					t.Fatalf("%s, %s and %s: %d buckets", account, arn, list, len(s.Buckets))
				}
				text := textOf(t, s.Buckets[0])
				if first == "" {
					first = text
				}
				if s.Account.ID != "111122223333" || text != first {
					t.Errorf("%s, %s and %s are read otherwise", account, arn, list)
				}
			}
		}
	}
}

// TestTrapEncryptionShape: the default encryption has its names in lower case, and
// its key under kmsMasterKeyID.
func TestTrapEncryptionShape(t *testing.T) {
	for text, want := range map[string]snapshot.EncryptionRule{
		aRule: {Algorithm: "aws:kms", Key: keyARN, BucketKey: true},
		`{"rules":[{"applyServerSideEncryptionByDefault":{"sseAlgorithm":"AES256","kmsMasterKeyID":null},"bucketKeyEnabled":false}]}`: {Algorithm: "AES256"},
		`{"rules":[{"applyServerSideEncryptionByDefault":{"sseAlgorithm":"aws:kms"}}]}`:                                               {Algorithm: "aws:kms"},
	} {
		b := oneBucket(t, `{"ServerSideEncryptionConfiguration":`+asText(text, 1)+`}`)
		got, ok := b.Encryption.Get()
		if !ok || len(got.Rules) != 1 || cmp.Diff(want, got.Rules[0]) != "" {
			t.Errorf("%s is read as %s %+v", text, state(b.Encryption), got)
		}
	}
	for _, text := range []string{`{"rules":[]}`, `{}`, `null`} {
		if b := oneBucket(t, `{"ServerSideEncryptionConfiguration":`+text+`}`); state(b.Encryption) != "not_collected s3:GetEncryptionConfiguration" {
			t.Errorf("%s is %s: silence is taken for no encryption", text, state(b.Encryption))
		}
	}
	if b := oneBucket(t, `{"ServerSideEncryptionConfiguration":{"rules":[{"bucketKeyEnabled":true}]}}`); b.Encryption.State.Answer() {
		t.Errorf("a rule without an algorithm is %s", state(b.Encryption))
	}
}

// TestTrapKeyPolicy: the rotation of a key is in the published schema, its policy is
// not: where it is missing nobody knows it. Grants are never there.
func TestTrapKeyPolicy(t *testing.T) {
	without := strings.Replace(keyItem, `, "Policy": "{\"Version\":\"2012-10-17\",\"Statement\":[]}"`, "", 1)
	null := strings.Replace(keyItem, `"{\"Version\":\"2012-10-17\",\"Statement\":[]}"`, "null", 1)
	for name, test := range map[string][2]string{"there": {keyItem, "ok"}, "missing": {without, "not_collected kms:GetKeyPolicy"}, "null": {null, "not_collected kms:GetKeyPolicy"}} {
		if name != "there" && test[0] == keyItem {
			t.Fatal("the item has changed")
		}
		k := imported(t, map[string]string{"a.json": configFile(oneEach(test[0]))}).Keys[0]
		if state(k.Policy) != test[1] || state(k.Rotation) != "ok" || k.Rotation.Value.Enabled || state(k.Grants) != "not_collected kms:ListGrants" {
			t.Errorf("%s: policy %s, rotation %s, grants %s", name, state(k.Policy), state(k.Rotation), state(k.Grants))
		}
	}
	for text, want := range map[string]string{`true`: "ok", `"True"`: "ok", `"maybe"`: "not_collected kms:GetKeyRotationStatus", `null`: "not_collected kms:GetKeyRotationStatus"} {
		item := strings.Replace(keyItem, `"KeyRotationStatus": "false"`, `"KeyRotationStatus": `+text, 1)
		k := imported(t, map[string]string{"a.json": configFile(oneEach(item))}).Keys[0]
		if state(k.Rotation) != want || want == "ok" && !k.Rotation.Value.Enabled {
			t.Errorf("rotation %s is %s", text, state(k.Rotation))
		}
	}
}

// TestTrapNothingElse: what AWS Config never has is not collected: objects, ownership,
// grants; and what it recorded is not all there is.
func TestTrapNothingElse(t *testing.T) {
	s := imported(t, map[string]string{"a.json": configFile(oneEach(keyItem), bucketItem)})
	b := s.Buckets[0]
	for name, got := range map[string]string{
		"ownership": state(b.Ownership), "logging": state(b.Logging), "inventories": state(b.Inventories), "replication": state(b.Replication),
		"grants": state(s.Keys[0].Grants), "rotations": state(s.Keys[0].Rotations), "organization": state(s.Organization),
	} {
		if !strings.HasPrefix(got, "not_collected") {
			t.Errorf("%s is %s", name, got)
		}
	}
	if len(b.Objects) > 0 {
		t.Errorf("objects %+v", b.Objects)
	}
	for _, entry := range s.Coverage {
		if entry.State.Answer() {
			t.Errorf("%s in %q counts as answered", entry.Operation, entry.Region)
		}
	}
}

// TestTrapIdentitiesOnce: AWS Config records identities in one Region, or the same in
// several. Those of all files are put together, each once, and a file without any
// does not say that there are none.
func TestTrapIdentitiesOnce(t *testing.T) {
	role := oneEach(roleItem)
	elsewhere := strings.NewReplacer("us-east-1", "eu-west-1").Replace(oneEach(keyItem))
	files := map[string]string{
		"us/a.json": configFile(role, oneEach(keyItem)), "eu/b.json": configFile(elsewhere), "ap/c.json": configFile(strings.Replace(role, "2026-11-01", "2026-10-01", 1), policyItem),
	}
	flat := map[string]string{}
	for name, text := range files {
		flat[strings.ReplaceAll(name, "/", "-")] = text
	}
	s := imported(t, flat)
	if len(s.Roles) != 1 || len(s.ManagedPolicies) != 1 || len(s.Keys) != 2 {
		t.Errorf("%d roles, %d policies, %d keys", len(s.Roles), len(s.ManagedPolicies), len(s.Keys))
	}
	for _, file := range flat {
		alone := imported(t, map[string]string{"a.json": file})
		if entry, i := alone.Listed("iam:GetAccountAuthorizationDetails", ""); i < 0 || entry.State.Answer() {
			t.Errorf("the identities of one file count as all: %+v", entry)
		}
	}
}

// TestTrapEncodedPolicies: documents of identities are URL-encoded, or as they are
// where they begin with a brace; + is a plus.
func TestTrapEncodedPolicies(t *testing.T) {
	const plain = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/100% a+b"}]}`
	encoded := strings.NewReplacer("%", "%25", "{", "%7B", "}", "%7D", `"`, "%22", " ", "%20", "[", "%5B", "]", "%5D", "+", "%2B").Replace(plain)
	sloppy := strings.ReplaceAll(encoded, "%2B", "+")
	for name, text := range map[string]string{"encoded": asText(encoded, 1), "plus": asText(sloppy, 1), "plain": asText(plain, 1), "object": plain} {
		item := configItem("AWS::IAM::Role", roleARN, fmt.Sprintf(`"configuration": {"roleName":"app","roleId":"AROA1","arn":%q,"assumeRolePolicyDocument":%s,"rolePolicyList":[{"policyName":"p","policyDocument":%s}],"attachedManagedPolicies":[]}`, roleARN, text, text))
		role := imported(t, map[string]string{"a.json": configFile(item)}).Roles[0]
		inline, _ := role.InlinePolicies.Get()
		if len(inline) != 1 {
			t.Errorf("%s: %d inline policies", name, len(inline))
			continue
		}
		document, why := snapshot.PolicyOf(inline[0].Document)
		if document == nil || len(document.Statements) != 1 || !strings.Contains(string(inline[0].Document.Value.JSON()), "100% a+b") {
			t.Errorf("%s: %v %s", name, why, state(inline[0].Document))
		}
	}
}

// TestTrapAccounts: an item that names no account, and whose ARN names none, is of the
// account that the user says, and of nobody's otherwise.
func TestTrapAccounts(t *testing.T) {
	item := strings.Replace(bucketItem, `"awsAccountId": "111122223333",`, "", 1)
	inputs := written(t, map[string]string{"a.json": configFile(item)})
	_, _, err := imports.Import(t.Context(), inputs, imports.Options{CollectedAt: day})
	if err == nil || !strings.Contains(err.Error(), "a.json:1:") || !strings.Contains(err.Error(), "say it with --account") {
		t.Errorf("an import of nobody's account: %v", err)
	}
	s, _, err := imports.Import(t.Context(), inputs, imports.Options{CollectedAt: day, Account: "111122223333"})
	if err != nil || len(s.Buckets) != 1 || s.Account.ID != "111122223333" {
		t.Errorf("%v: %+v", err, s)
	}
}
