package collector_test

import (
	"bytes"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/awsfake"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// asked names what a request asks, as the files of testdata/aws are named.
func asked(r *http.Request) string {
	if service, operation, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok {
		name := map[string]string{
			"TrentService": "kms", "AWSOrganizationsV20161128": "organizations", "CloudTrail_20131101": "cloudtrail",
			"Logs_20140328": "logs", "AWSEvents": "events",
		}[service] + "." + operation
		if body, err := io.ReadAll(r.Body); err == nil && operation == "DescribeKey" && bytes.Contains(body, []byte("0987dcba")) {
			name += "-imported"
		}
		return name
	}
	if err := r.ParseForm(); err == nil && r.PostForm.Get("Action") != "" {
		return map[string]string{"2010-05-08": "iam", "2011-06-15": "sts"}[r.PostForm.Get("Version")] + "." + r.PostForm.Get("Action")
	}
	query := r.URL.Query()
	for parameter, operation := range map[string]string{
		"encryption": "GetBucketEncryption", "policy": "GetBucketPolicy", "publicAccessBlock": "GetPublicAccessBlock",
		"ownershipControls": "GetBucketOwnershipControls", "acl": "GetBucketAcl", "tagging": "GetBucketTagging", "versioning": "GetBucketVersioning",
		"replication": "GetBucketReplication", "logging": "GetBucketLogging", "inventory": "ListBucketInventoryConfigurations",
	} {
		if query.Has(parameter) && r.URL.Path == "/amzn-s3-demo-bucket" {
			return "s3." + operation
		}
	}
	switch {
	case r.Method == http.MethodHead:
		return "s3.HeadObject"
	case strings.HasSuffix(r.URL.Path, "/operation/DescribeAlarms"):
		return "cloudwatch.DescribeAlarms"
	case r.URL.Path == "/analyzer":
		return "access-analyzer.ListAnalyzers"
	case r.URL.Path == "/listRegions":
		return "account.ListRegions"
	case r.URL.Path == "/":
		return "s3.ListBuckets"
	}
	return r.Method + " " + r.URL.RequestURI()
}

// canned serves the files of testdata/aws over a loopback address, and points
// the SDK there by the environment.
func canned(t *testing.T) *sync.Map {
	t.Helper()
	used := &sync.Map{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := asked(r)
		used.Store(name, true)
		text, err := os.ReadFile(filepath.Join("..", "testdata", "aws", name+".http"))
		if err != nil {
			t.Errorf("%v", err)
			return
		}
		head, body, _ := bytes.Cut(text, []byte("\n\n"))
		status, headers, _ := strings.Cut(string(head), "\n")
		for line := range strings.Lines(headers) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			w.Header().Set(name, value)
		}
		w.WriteHeader(map[string]int{"200": 200, "400": 400, "404": 404}[strings.Fields(status)[1]])
		body = bytes.TrimSpace(body)
		if w.Header().Get("Content-Type") == "application/cbor" { // which is written in hexadecimal
			if body, err = hex.DecodeString(string(bytes.Join(bytes.Fields(body), nil))); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, _ = w.Write(body) // the client may be gone
	}))
	t.Cleanup(server.Close)
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	return used
}

func TestWire(t *testing.T) {
	used := canned(t)
	cfg, err := collector.LoadConfig(t.Context(), collector.Access{Region: "eu-central-1"})
	if err != nil {
		t.Fatal(err)
	}
	s, err := collector.Collect(t.Context(), cfg, collector.Options{
		Objects: map[string][]string{"amzn-s3-demo-bucket": {"a key"}}, LastUsage: true, ToolVersion: "test", Now: func() time.Time { return day },
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := snapshot.Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("..", "testdata", "aws", "snapshot.json")
	if os.Getenv("UPDATE") == "1" {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("the answers are read otherwise (-file +now); UPDATE=1 writes it:\n%s", diff)
	}
	files, err := filepath.Glob(filepath.Join("..", "testdata", "aws", "*.http"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if _, ok := used.Load(strings.TrimSuffix(filepath.Base(file), ".http")); !ok {
			t.Errorf("nothing asked for %s", file)
		}
	}
}

// TestServed: the stand-in says over a network what it says without one.
func TestServed(t *testing.T) {
	w := awsfake.Reference()
	w.T = t
	server := w.Serve()
	defer server.Close()
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	cfg, err := collector.LoadConfig(t.Context(), collector.Access{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := collector.Collect(t.Context(), cfg, referenceOptions())
	if err != nil {
		t.Fatal(err)
	}
	got, err := snapshot.Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join("..", "testdata", "reference", "snapshot.json"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("another snapshot (-file +served):\n%s", diff)
	}
}

// TestServedFaults: connections that break for real.
func TestServedFaults(t *testing.T) {
	w := awsfake.Reference()
	w.T = t
	key := w.KeyARN(awsfake.ReferenceRegion, awsfake.ReferenceKey)
	w.Faults = []*awsfake.Fault{
		{Service: "kms", Operation: "GetKeyPolicy", Times: 1, Effect: awsfake.Reset()},
		{Service: "kms", Operation: "ListGrants", Resource: key, Times: 1, Effect: awsfake.Broken()},
		{Service: "kms", Operation: "ListResourceTags", Times: 1, Effect: awsfake.Trickle(50 * time.Millisecond)},
		{Service: "kms", Operation: "DescribeKey", Times: 1, Effect: awsfake.Throttle(10 * time.Millisecond)},
	}
	server := w.Serve()
	defer server.Close()
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	cfg, err := collector.LoadConfig(t.Context(), collector.Access{})
	if err != nil {
		t.Fatal(err)
	}
	if s, err := collector.Collect(t.Context(), cfg, referenceOptions()); err != nil || !collector.Complete(s) {
		t.Errorf("%v, gaps %+v", err, collector.Gaps(s))
	}
}

// TestLoadConfig: a bundle of certificates in the environment does not stop the
// configuration from loading, and what is asked for gets in.
func TestLoadConfig(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	bundle := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(bundle, pemOf(server.Certificate().Raw), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CA_BUNDLE", bundle)
	cfg, err := collector.LoadConfig(t.Context(), collector.Access{Region: "eu-west-1"})
	if err != nil || cfg.Region != "eu-west-1" {
		t.Errorf("region %q, %v", cfg.Region, err)
	}
	t.Setenv("AWS_REGION", "")
	if cfg, err := collector.LoadConfig(t.Context(), collector.Access{}); err != nil || cfg.Region != "us-east-1" {
		t.Errorf("region %q, %v", cfg.Region, err)
	}
	for _, access := range []collector.Access{{Region: "nowhere.example"}, {Profile: "nobody"}} {
		if _, err := collector.LoadConfig(t.Context(), access); err == nil {
			t.Errorf("%+v was taken", access)
		}
	}
}

// TestAssumedRole: the role is assumed with the external id, outside the list of
// calls that the collector itself may make.
func TestAssumedRole(t *testing.T) {
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		asked = append(asked, strings.Join([]string{r.PostForm.Get("Action"), r.PostForm.Get("RoleArn"), r.PostForm.Get("ExternalId"), r.PostForm.Get("RoleSessionName")}, " "))
		_, _ = w.Write([]byte(`<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>` +
			`<AccessKeyId>AKIDROLE</AccessKeyId><SecretAccessKey>x</SecretAccessKey><SessionToken>y</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>` +
			`</Credentials></AssumeRoleResult></AssumeRoleResponse>`))
	}))
	defer server.Close()
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	cfg, err := collector.LoadConfig(t.Context(), collector.Access{RoleARN: "arn:aws:iam::111122223333:role/audit", ExternalID: "secret"})
	if err != nil || len(asked) > 0 {
		t.Fatalf("%v, asked %v", err, asked)
	}
	credentials, err := cfg.Credentials.Retrieve(t.Context())
	if err != nil || credentials.AccessKeyID != "AKIDROLE" {
		t.Errorf("%v", err)
	}
	if want := []string{"AssumeRole arn:aws:iam::111122223333:role/audit secret kmsaudit"}; !slices.Equal(asked, want) {
		t.Errorf("asked %v", asked)
	}
}
