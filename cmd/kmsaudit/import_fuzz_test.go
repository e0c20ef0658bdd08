package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzMapping: a mapping is read, or refused with the file's name, whatever it holds.
func FuzzMapping(f *testing.F) {
	for _, seed := range []string{
		"version: 1\nfiles:\n  - file: policy.json\n    operation: kms:GetKeyPolicy\n    resource: arn:aws:kms:us-east-1:111122223333:key/1\n",
		"version: 2\n", "files: 1", "version: 1\nfiles: [{file: ../x, operation: s3:GetBucketPolicy}]", "&a [*a]", "\x00", "version: 1\nfiles:\n- &x {file: a}\n- *x\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "mapping.yaml")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := (&importOptions{mapping: path}).mapped(); err != nil && !strings.Contains(err.Error(), "mapping.yaml") {
			t.Errorf("the error does not name the file: %v", err)
		}
	})
}
