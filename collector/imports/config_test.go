package imports_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsaudit/kmsaudit/collector/imports"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

const (
	keyARN  = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	roleARN = "arn:aws:iam::111122223333:role/service-role/app"
)

// configItem is an item of AWS Config with the rest of its members.
func configItem(kind, arn, more string) string {
	return fmt.Sprintf(`{"configurationItemCaptureTime": "2026-11-01T00:00:00.000Z", "configurationItemStatus": "OK", "awsAccountId": "111122223333",
		"resourceType": %q, "ARN": %q, "awsRegion": "us-east-1", "tags": {}, %s}`, kind, arn, more)
}

func configFile(items ...string) string {
	return `{"fileVersion": "1.0", "configSnapshotId": "x", "configurationItems": [` + strings.Join(items, ",\n") + `]}`
}

var (
	keyItem = configItem("AWS::KMS::Key", keyARN, `"tags": {"team": "a"}, "configuration": {"awsaccountId": "111122223333", "keyId": "1234abcd-12ab-34cd-56ef-1234567890ab",
		"arn": "`+keyARN+`", "creationDate": "Apr 25, 2023 7:24:50 PM", "enabled": true, "description": "", "keyUsage": "ENCRYPT_DECRYPT", "keyState": "Enabled",
		"origin": "AWS_KMS", "keyManager": "CUSTOMER", "customerMasterKeySpec": "SYMMETRIC_DEFAULT"},
		"supplementaryConfiguration": {"KeyRotationStatus": "false", "Policy": "{\"Version\":\"2012-10-17\",\"Statement\":[]}"}`)
	aliasItem = configItem("AWS::KMS::Alias", "arn:aws:kms:us-east-1:111122223333:alias/one",
		`"configuration": "{\"aliasName\":\"alias/one\",\"aliasArn\":\"arn:aws:kms:us-east-1:111122223333:alias/one\",\"targetKeyId\":\"1234abcd-12ab-34cd-56ef-1234567890ab\"}"`)
	bucketItem = configItem("AWS::S3::Bucket", "arn:aws:s3:::logs.example", `"configuration": "{\"name\":\"logs.example\",\"creationDate\":\"2019-04-25T15:31:25.000Z\"}",
		"supplementaryConfiguration": {
		"AccessControlList": "\"{\\\"grantSet\\\":null}\"",
		"BucketPolicy": "{\"policyText\":\"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[]}\"}",
		"BucketVersioningConfiguration": "{\"status\":\"Off\",\"isMfaDeleteEnabled\":null}",
		"PublicAccessBlockConfiguration": {"blockPublicAcls": true, "ignorePublicAcls": true, "blockPublicPolicy": false, "restrictPublicBuckets": true},
		"ServerSideEncryptionConfiguration": "{\"rules\":[{\"applyServerSideEncryptionByDefault\":{\"sseAlgorithm\":\"aws:kms\",\"kmsMasterKeyID\":\"`+keyARN+`\"},\"bucketKeyEnabled\":true}]}"}`)
	roleItem   = configItem("AWS::IAM::Role", roleARN, `"awsRegion": "global", "configuration": "{\"path\":\"/service-role/\",\"roleName\":\"app\",\"roleId\":\"AROA1\",\"arn\":\"`+roleARN+`\",\"createDate\":\"2019-05-17T15:20:49.000Z\",\"assumeRolePolicyDocument\":\"%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D\",\"instanceProfileList\":[],\"rolePolicyList\":[{\"policyName\":\"p\",\"policyDocument\":\"%7B%22Statement%22%3A%5B%5D%7D\"}],\"attachedManagedPolicies\":[{\"policyName\":\"edge\",\"policyArn\":\"arn:aws:iam::111122223333:policy/edge\"}],\"permissionsBoundary\":null,\"tags\":[]}"`)
	policyItem = configItem("AWS::IAM::Policy", "arn:aws:iam::111122223333:policy/edge", `"configuration": {"policyName": "edge", "policyId": "ANPA1", "arn": "arn:aws:iam::111122223333:policy/edge",
		"defaultVersionId": "v2", "policyVersionList": [{"document": "%7B%22Statement%22%3A%5B%5D%7D", "versionId": "v2", "isDefaultVersion": true}, {"versionId": "v1", "isDefaultVersion": false}]}`)
)

// duplicate names are what the helper makes of tags and Regions that an item has
// of its own.
func oneEach(text string) string {
	for _, name := range []string{`"tags": {}, `, `"awsRegion": "us-east-1", `} {
		head, _, _ := strings.Cut(name, ":")
		if strings.Count(text, head+":") > 1 {
			text = strings.Replace(text, name, "", 1)
		}
	}
	return text
}

// state is the state of a reading, and what was asked.
func state[T any](r snapshot.Reading[T]) string {
	if r.State == snapshot.NotCollected {
		return r.State.String() + " " + r.Operation
	}
	return r.State.String()
}

// TestConfig: what AWS Config says is taken, and what it leaves out or leaves null
// is not collected.
func TestConfig(t *testing.T) {
	file := configFile(oneEach(keyItem), aliasItem, bucketItem, oneEach(roleItem), policyItem, configItem("AWS::EC2::Instance", "x", `"configuration": 7`))
	s := imported(t, map[string]string{"a.json": file})
	if len(s.Keys) != 1 || len(s.Aliases) != 1 || len(s.Buckets) != 1 || len(s.Roles) != 1 || len(s.ManagedPolicies) != 1 {
		t.Fatalf("%d keys, %d aliases, %d buckets, %d roles, %d policies", len(s.Keys), len(s.Aliases), len(s.Buckets), len(s.Roles), len(s.ManagedPolicies))
	}
	k, b, r := s.Keys[0], s.Buckets[0], s.Roles[0]
	got := map[string]string{
		"metadata": state(k.Metadata), "rotation": state(k.Rotation), "key policy": state(k.Policy), "grants": state(k.Grants),
		"rotations": state(k.Rotations), "key tags": state(k.Tags),
		"region": state(b.Region), "encryption": state(b.Encryption), "bucket policy": state(b.Policy), "block": state(b.PublicAccessBlock),
		"versioning": state(b.Versioning), "ownership": state(b.Ownership), "bucket tags": state(b.Tags),
		"trust": state(r.TrustPolicy), "inline": state(r.InlinePolicies), "attached": state(r.AttachedPolicies), "boundary": state(r.Boundary),
		"role tags": state(r.Tags), "last used": state(r.LastUsed), "document": state(s.ManagedPolicies[0].Document),
	}
	const iam = "not_collected iam:GetAccountAuthorizationDetails"
	want := map[string]string{
		"metadata": "ok", "rotation": "ok", "key policy": "ok", "grants": "not_collected kms:ListGrants",
		"rotations": "not_collected kms:ListKeyRotations", "key tags": "ok",
		"region": "ok", "encryption": "ok", "bucket policy": "ok", "block": "ok",
		"versioning": "ok", "ownership": "not_collected s3:GetBucketOwnershipControls", "bucket tags": "not_collected s3:GetBucketTagging",
		"trust": "ok", "inline": "ok", "attached": "ok", "boundary": iam, "role tags": iam, "last used": iam, "document": "ok",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if m := *k.Metadata.Value; m.State != "Enabled" || m.Spec != "SYMMETRIC_DEFAULT" || m.MultiRegion || m.CreatedAt != time.Date(2023, time.April, 25, 19, 24, 50, 0, time.UTC) {
		t.Errorf("metadata %+v", m)
	}
	if k.Rotation.Value.Enabled || (*k.Tags.Value)["team"] != "a" || b.Versioning.Value.Status != "Off" || s.Aliases[0].TargetKey != k.ID {
		t.Error("values are read otherwise")
	}
	if rule := b.Encryption.Value.Rules[0]; rule.Algorithm != "aws:kms" || rule.Key != keyARN || !rule.BucketKey {
		t.Errorf("encryption %+v", rule)
	}
	for _, listing := range []string{"iam:GetAccountAuthorizationDetails", "s3:ListAllMyBuckets", "kms:ListKeys", "kms:ListAliases", "account:ListRegions"} {
		region := ""
		if strings.HasPrefix(listing, "kms:") {
			region = "us-east-1"
		}
		if c, i := s.Listed(listing, region); i < 0 || c.State != snapshot.NotCollected {
			t.Errorf("%s is %+v", listing, c)
		}
	}
}

// TestConfigSaysNothing: null, missing and unknown of old are one and the same.
func TestConfigSaysNothing(t *testing.T) {
	bucket := configItem("AWS::S3::Bucket", "arn:aws:s3:::logs", `"configuration": {"name": "logs"},
		"supplementaryConfiguration": {"BucketPolicy": "{\"policyText\":null}", "ServerSideEncryptionConfiguration": null, "PublicAccessBlockConfiguration": "{}"}`)
	old := configItem("AWS::KMS::Key", keyARN, `"configuration": {"keyState": "Enabled", "keyManager": null}`)
	multi := strings.ReplaceAll(oneEach(keyItem), "1234abcd-12ab-34cd-56ef-1234567890ab", "mrk-1234abcd12ab34cd56ef1234567890ab")
	user := configItem("AWS::IAM::User", "arn:aws:iam::111122223333:user/u", `"configuration": {"userName": "u", "userId": "AIDA1", "groupList": []}`)
	gone := configItem("AWS::S3::Bucket", "arn:aws:s3:::gone", `"configurationItemStatus": "ResourceDeleted"`)
	gone = strings.Replace(gone, `"configurationItemStatus": "OK", `, "", 1)
	s := imported(t, map[string]string{"a.json": configFile(bucket, old, multi, user, gone)})
	if len(s.Buckets) != 1 || len(s.Keys) != 2 || len(s.Users) != 1 {
		t.Fatalf("%d buckets, %d keys, %d users", len(s.Buckets), len(s.Keys), len(s.Users))
	}
	b, u := s.Buckets[0], s.Users[0]
	for name, got := range map[string]string{
		"policy": state(b.Policy), "encryption": state(b.Encryption), "block": state(b.PublicAccessBlock), "versioning": state(b.Versioning),
		"old key": state(s.Keys[0].Metadata), "multi-Region key": state(s.Keys[1].Metadata), "rotation": state(s.Keys[0].Rotation),
		"inline": state(u.InlinePolicies), "attached": state(u.AttachedPolicies), "boundary": state(u.Boundary),
	} {
		if !strings.HasPrefix(got, "not_collected ") {
			t.Errorf("%s is %s", name, got)
		}
	}
	if state(u.Groups) != "ok" {
		t.Error("an empty list is an answer")
	}
}

// TestConfigNewest: of several items of a resource the last counts, whatever file
// it is in; a resource that was deleted since is not there.
func TestConfigNewest(t *testing.T) {
	later := strings.NewReplacer("2026-11-01", "2026-11-02", `\"status\":\"Off\"`, `\"status\":\"Enabled\"`).Replace(bucketItem)
	files := map[string]string{"a.json": configFile(later), "b.json": configFile(bucketItem)}
	if s := imported(t, files); s.Buckets[0].Versioning.Value.Status != "Enabled" {
		t.Error("an older item counts")
	}
	files["c.json"] = configFile(strings.NewReplacer("2026-11-01", "2026-11-03", `"OK"`, `"ResourceDeleted"`).Replace(bucketItem), aliasItem)
	if s := imported(t, files); len(s.Buckets) != 0 {
		t.Error("a bucket that was deleted is there")
	}
}

// TestConfigBesideDumps: what AWS said itself counts more, and a whole listing says
// what there is.
func TestConfigBesideDumps(t *testing.T) {
	files := map[string]string{
		"config.json": configFile(oneEach(keyItem), bucketItem, oneEach(roleItem)),
		"kms_get-key-rotation-status_us-east-1_1234abcd-12ab-34cd-56ef-1234567890ab.json": `{"KeyRotationEnabled": true}`,
		"s3api_list-buckets.json":      `{"Buckets": [{"Name": "other", "CreationDate": "2026-01-01T00:00:00+00:00"}], "Owner": {"ID": "x"}}`,
		"kms_list-keys_us-east-1.json": `{"Keys": [{"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "KeyArn": "` + keyARN + `"}]}`,
	}
	inputs := written(t, files)
	s, notes, err := imports.Import(t.Context(), inputs, imports.Options{CollectedAt: day})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Keys) != 1 || !s.Keys[0].Rotation.Value.Enabled || state(s.Keys[0].Metadata) != "ok" {
		t.Error("the dump does not count")
	}
	if len(s.Buckets) != 1 || s.Buckets[0].Name != "other" || len(notes) != 1 || !strings.Contains(notes[0], "lacks logs.example") {
		t.Errorf("%d buckets, notes %q", len(s.Buckets), notes)
	}
	for listing, region := range map[string]string{"s3:ListAllMyBuckets": "", "kms:ListKeys": "us-east-1"} {
		if c, _ := s.Listed(listing, region); c.State != snapshot.OK {
			t.Errorf("%s is %s", listing, c.State)
		}
	}
}

// TestConfigAccounts: an aggregator has several accounts; one of them is imported.
func TestConfigAccounts(t *testing.T) {
	other := strings.NewReplacer("111122223333", "444455556666", "logs.example", "others").Replace(bucketItem)
	inputs := written(t, map[string]string{"a.json": configFile(bucketItem, other)})
	_, _, err := imports.Import(t.Context(), inputs, imports.Options{CollectedAt: day})
	if err == nil || !strings.Contains(err.Error(), "import one account at a time") || !strings.Contains(err.Error(), "a.json:") {
		t.Errorf("got %v", err)
	}
	s, notes, err := imports.Import(t.Context(), inputs, imports.Options{CollectedAt: day, Account: "444455556666"})
	if err != nil || len(s.Buckets) != 1 || s.Buckets[0].Name != "others" || len(notes) != 1 || !strings.Contains(notes[0], "1 resources of account 111122223333") {
		t.Errorf("%v, notes %q", err, notes)
	}
}

// TestConfigTime: a delivered file says in its name of when it is, and is
// compressed.
func TestConfigTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "111122223333_Config_us-east-1_ConfigSnapshot_20261105T123000Z_0.json.gz")
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(configFile(bucketItem))); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	s, _, err := imports.Import(t.Context(), []imports.Input{{Path: path}}, imports.Options{})
	if err != nil || !s.CollectedAt.Equal(time.Date(2026, time.November, 5, 12, 30, 0, 0, time.UTC)) {
		t.Errorf("%v: %v", err, s)
	}
}
