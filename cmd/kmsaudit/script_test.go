package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	if slices.Equal(os.Args[1:], []string{"rules", confined}) {
		main() // a command that runs in the test's own process has its sandbox here
	}
	testscript.Main(m, map[string]func(){"kmsaudit": main})
}

// TestScripts runs testdata/scripts. UPDATE=1 refreshes what they compare with.
func TestScripts(t *testing.T) {
	reference, err := filepath.Abs("../../testdata/reference")
	if err != nil {
		t.Fatal(err)
	}
	recipes, err := filepath.Abs("recipes")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/scripts",
		UpdateScripts:       os.Getenv("UPDATE") != "",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			for name, value := range map[string]string{
				"AWS_EC2_METADATA_DISABLED": "true", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "not-a-secret",
				"AWS_REGION": "us-east-1", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
				"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_MAX_ATTEMPTS": "1", "REFERENCE": reference, "RECIPES": recipes,
			} {
				e.Setenv(name, value)
			}
			return nil
		},
	})
}
