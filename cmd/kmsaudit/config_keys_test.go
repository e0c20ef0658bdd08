package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTwoKeysForOneBucket(t *testing.T) {
	file := filepath.Join(t.TempDir(), "kmsaudit.yaml")
	text := `version: 1
requirements:
  - {name: a, key: "arn:aws:kms:us-east-1:522814710681:key/1", buckets: [{name: data-bucket}]}
  - {name: b, key: "arn:aws:kms:us-east-1:522814710681:key/2", buckets: [{name: data-bucket}]}
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, stderr strings.Builder
	code := run(t.Context(), []string{"check", "../../testdata/reference/snapshot.json", "-c", file}, strings.NewReader(""), &out, &stderr, nil)
	if code != 2 || !strings.Contains(stderr.String(), file+":4:") || !strings.Contains(stderr.String(), "a bucket has one default key") {
		t.Errorf("exit %d: %s", code, stderr.String())
	}
}
