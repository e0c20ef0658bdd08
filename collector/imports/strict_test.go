package imports

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

const keyName = "kms_describe-key_us-east-1_k1.json"

// TestStrict: what is wrong with an input is told with its file and its place.
func TestStrict(t *testing.T) {
	item := func(more string) string {
		return "{\n\"configurationItems\": [{\"resourceType\": \"AWS::S3::Bucket\", \"arn\": \"arn:aws:s3:::bkt\", \"configurationItemCaptureTime\": \"2026-01-01T00:00:00Z\",\n" + more + "}]}"
	}
	tests := []struct{ name, file, text, place, problem string }{
		{"cut off", keyName, "{\n\"KeyMetadata\": {\"KeyId\"", ":2:", "ends early"},
		{"wrong type", keyName, "{\n\"KeyMetadata\":\n  {\"KeyId\": 7}}", ":3:13: /KeyMetadata/KeyId", "JSON number"},
		{"another output", keyName, `{"Policy": "{}"}`, ":1:1", "this is no output of kms describe-key: it has no KeyMetadata"},
		{"null", keyName, `{"KeyMetadata": null}`, ":1:17: /KeyMetadata", "null"},
		{"twice", keyName, `{"KeyMetadata": {}, "KeyMetadata": {}}`, "", "duplicate"},
		{"no JSON", keyName, "Unable to locate credentials", ":1:1", "no error as the AWS CLI tells it"},
		{"another error", keyName, "An error occurred (AccessDeniedException) when calling the ListKeys operation: no", ":1:1", "came of ListKeys, not of DescribeKey"},
		{"time", keyName, `{"KeyMetadata": {"CreationDate": "yesterday"}}`, ":1:34: /KeyMetadata/CreationDate", `"yesterday" is no time`},
		{"no Region", "kms_list-keys.json", `{"Keys": []}`, "", "not in \"\""},
		{"bad Region", "kms_list-keys_us-east-1.evil.json", `{"Keys": []}`, "", "not in \"us-east-1.evil\""},
		{"no bucket", "s3api_get-bucket-policy.json", `{}`, "", "its id or name is missing"},
		{"bad bucket", "s3api_get-bucket-policy_a..json", `{}`, "", ""},
		{"about nothing", "kms_list-keys_us-east-1_k1.json", `{"Keys": []}`, "", "about nothing that could be called \"k1\""},
		{"unknown", "notes.json", `{"a": 1}`, ":1:1", "neither the authorization details"},
		{"list", "notes.json", `[1]`, ":1:1", "neither the authorization details"},
		{"identity without ARN", "x.json", "{\"RoleDetailList\": [\n{\"RoleName\": \"r\"}]}", ":2:1: /RoleDetailList/0", "no ARN of IAM"},
		{"identity of another account", "x.json", `{"RoleDetailList": [{"Arn": "arn:aws:iam::999999999999:role/r"}]}`, ": /RoleDetailList/0", "account 999999999999, and --account about account 111122223333"},
		{"item without ARN", "x.json", `{"configurationItems": [{"resourceType": "AWS::S3::Bucket"}]}`, "/configurationItems/0", "no ARN"},
		{"item without time", "x.json", `{"configurationItems": [{"resourceType": "AWS::S3::Bucket", "arn": "arn:aws:s3:::bkt", "accountId": "111122223333"}]}`, "/configurationItems/0", "captured"},
		{"configuration", "x.json", item(`"accountId": "111122223333", "configuration": {}, "supplementaryConfiguration": "{\"ServerSideEncryptionConfiguration\":{\"rules\":7}}"`), ":3:", "ServerSideEncryptionConfiguration: /rules"},
		{"bucket policy", "x.json", item(`"accountId": "111122223333", "tags": {"a": 7}`), ":3:", "/tags"},
		{"another key", keyName, `{"KeyMetadata": {"KeyId": "k2"}}`, ":1:27: /KeyMetadata/KeyId", "key k2, and the file is taken for that of key k1"},
		{"another Region", keyName, `{"KeyMetadata": {"KeyId": "k1", "Arn": "arn:aws:kms:eu-west-1:111122223333:key/k1"}}`, "/KeyMetadata/Arn", "describe-key k1 in us-east-1"},
		{"keys of another account", "kms_list-keys_us-east-1.json", `{"Keys": [{"KeyId": "k1", "KeyArn": "arn:aws:kms:us-east-1:444455556666:key/k1"}]}`, "/Keys/0/KeyArn", "account 444455556666"},
		{"another partition", "kms_list-aliases_us-east-1.json", `{"Aliases": [{"AliasArn": "arn:aws-cn:kms:us-east-1:111122223333:alias/k1"}]}`, "/Aliases/0/AliasArn", "partition aws-cn"},
		{"an item that is none", "x.json", `{"configurationItems": [7]}`, "/configurationItems/0", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			i := newImporter(Options{Account: "111122223333", Partition: "aws"})
			err := i.read(test.file, []byte(test.text), nil)
			if err == nil {
				_, err = i.snapshot(t.Context())
			}
			if err == nil {
				if test.name == "bad bucket" {
					return
				}
				t.Fatal("it was taken")
			}
			if got := err.Error(); !strings.HasPrefix(got, test.file) || !strings.Contains(got, test.place) || !strings.Contains(got, test.problem) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestMapped: what a mapping says counts more than a name, and has to fit.
func TestMapped(t *testing.T) {
	arn := "arn:aws:kms:eu-west-1:111122223333:key/k1"
	i := newImporter(Options{CollectedAt: time.Unix(1, 0)})
	for _, d := range []Dump{
		{Operation: "kms get-key-policy", Resource: arn},
		{Operation: "aws kms list-grants", Region: "eu-west-1", Resource: "k1"},
	} {
		text := map[bool]string{true: `{"Version": "2012-10-17", "Statement": []}`, false: `{"Grants": []}`}[strings.Contains(d.Operation, "policy")]
		if err := i.read("out.json", []byte(text), &d); err != nil {
			t.Fatal(err)
		}
	}
	s, err := i.snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Keys) != 1 || s.Keys[0].ARN != arn || s.Keys[0].Policy.State != snapshot.OK || s.Keys[0].Grants.State != snapshot.OK || s.Keys[0].Metadata.State != snapshot.NotCollected {
		t.Errorf("got %+v", s.Keys)
	}
	for want, d := range map[string]Dump{
		`"kms encrypt" is no command`:                  {Operation: "kms encrypt"},
		"the key is in eu-west-1, not in us-east-1":    {Operation: "kms list-grants", Region: "us-east-1", Resource: arn},
		"s3api list-buckets has no Region":             {Operation: "s3api list-buckets", Region: "us-east-1"},
		`"bkt" is not what s3api head-object`:          {Operation: "s3api head-object", Resource: "bkt"},
		"this is about account 444455556666":           {Operation: "kms list-grants", Resource: strings.Replace(arn, "111122223333", "444455556666", 1)},
		"two answers leave open which one counts":      {Operation: "kms list-grants", Resource: arn},
		`"alias/x" is not the id or ARN of a key`:      {Operation: "kms list-grants", Region: "eu-west-1", Resource: "alias/x"},
		`"a/b" is not what s3api get-bucket-policy is`: {Operation: "s3api get-bucket-policy", Resource: "a/b"},
	} {
		if err := i.read("out.json", []byte(`{"Grants": []}`), &d); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %s", d, err, want)
		}
	}
}

// TestWhatCommandsSay: an error that the AWS CLI printed is AWS's answer; a file
// with nothing in it is none.
func TestWhatCommandsSay(t *testing.T) {
	says := func(code, operation string) string {
		return "\nAn error occurred (" + code + ") when calling the " + operation + " operation (reached max retries: 4): because\n"
	}
	i := newImporter(Options{Account: "111122223333", CollectedAt: time.Unix(1, 0)})
	for name, text := range map[string]string{
		"s3api_get-bucket-policy_bkt.txt":              says("NoSuchBucketPolicy", "GetBucketPolicy"),
		"s3api_get-bucket-encryption_bkt.json":         says("AccessDenied", "GetBucketEncryption"),
		"s3api_get-bucket-tagging_bkt.json":            " \n",
		"s3api_get-bucket-versioning_bkt.json":         "",
		"s3api_get-bucket-ownership-controls_bkt.json": says("SlowDown", "GetBucketOwnershipControls"),
		"s3api_get-bucket-location_bkt.json":           `{"LocationConstraint": null}`,
		"kms_list-keys_us-east-1.txt":                  says("AccessDeniedException", "ListKeys"),
	} {
		if err := i.read(name, []byte(text), nil); err != nil {
			t.Fatal(err)
		}
	}
	s, err := i.snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b := s.Buckets[0]
	if b.Policy.State != snapshot.Absent || b.Encryption.State != snapshot.Denied || b.Tags.State != snapshot.Failed || b.Tags.Code != "EmptyFile" ||
		b.Versioning.State != snapshot.Failed || b.Ownership.State != snapshot.Failed || b.PublicAccessBlock.State != snapshot.NotCollected {
		t.Errorf("got %+v", b)
	}
	if region, _ := b.Region.Get(); region != "us-east-1" {
		t.Errorf("the bucket is in %q", region)
	}
	if c, _ := s.Listed("kms:ListKeys", "us-east-1"); c.State != snapshot.Denied {
		t.Errorf("the listing is %+v", c)
	}
}

// TestNothing: without an account, or without anything, there is no snapshot.
func TestNothing(t *testing.T) {
	i := newImporter(Options{})
	if err := i.read("s3api_list-buckets.json", []byte(`{"Buckets": []}`), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := i.snapshot(t.Context()); err == nil || !strings.Contains(err.Error(), "--account") {
		t.Errorf("got %v", err)
	}
	if _, err := newImporter(Options{Account: "111122223333"}).snapshot(t.Context()); err == nil || !strings.Contains(err.Error(), "nothing about keys") {
		t.Errorf("got %v", err)
	}
}

// FuzzRead: whatever an input holds, it is refused or it makes a valid snapshot.
func FuzzRead(f *testing.F) {
	for name, text := range map[string]string{
		keyName:                            `{"KeyMetadata": {"KeyId": "k1", "CreationDate": 1.7e9, "KeyState": "Enabled", "KeyManager": "CUSTOMER"}}`,
		"s3api_get-bucket-policy_bkt.json": `{"Policy": "{\"Statement\":[]}"}`,
		"s3api_list-buckets.json":          `{"Buckets": [{"Name": "bkt"}], "NextToken": "x"}`,
		"x.json":                           `{"RoleDetailList": [{"Arn": "arn:aws:iam::111122223333:role/r", "RoleName": "r", "AssumeRolePolicyDocument": {"Statement": []}}]}`,
		"y.json":                           `{"configurationItems": [{"resourceType": "AWS::S3::Bucket", "arn": "arn:aws:s3:::bkt", "accountId": "111122223333", "configurationItemCaptureTime": "2026-01-01T00:00:00Z", "configuration": "{}", "supplementaryConfiguration": {"BucketPolicy": "{\"policyText\":\"{}\"}"}}]}`,
		"z.json":                           `{"configurationItems": [{"resourceType": "AWS::KMS::Key", "arn": "arn:aws:kms:us-east-1:111122223333:key/k1", "configurationItemCaptureTime": "2026-01-01T00:00:00Z", "configuration": {"keyState": "Enabled"}}]}`,
		"kms_list-grants_us-east-1_k1.x":   "An error occurred (X) when calling the ListGrants operation: y",
	} {
		f.Add(name, []byte(text))
	}
	f.Fuzz(func(t *testing.T, name string, text []byte) {
		i := newImporter(Options{Account: "111122223333", Partition: "aws", CollectedAt: time.Unix(1, 0)})
		if err := i.read(name, text, nil); err != nil {
			return
		}
		s, err := i.snapshot(t.Context())
		if err != nil {
			return
		}
		written, err := snapshot.Encode(s)
		if err != nil {
			t.Fatalf("%v of %q", err, text)
		}
		var wrong *snapshot.Error
		if _, err := snapshot.Decode("imported", written); errors.As(err, &wrong) {
			t.Fatalf("the snapshot is not valid: %v in %s", wrong, written)
		}
	})
}
