package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsaudit/kmsaudit/report"
)

// The reference account, as seen from the root of the repository.
const (
	referenceSnapshot = "testdata/reference/snapshot.json"
	referenceConfig   = "testdata/reference/kmsaudit.yaml"
	day               = "2026-11-23"
)

// answer is what a run gave.
type answer struct {
	code           int
	stdout, stderr string
}

// call runs the program. A name=value before the command is its environment.
func call(t *testing.T, args ...string) answer {
	t.Helper()
	return callWith(t.Context(), t, args...)
}

func callWith(ctx context.Context, t *testing.T, args ...string) answer {
	t.Helper()
	var env []string
	for len(args) > 0 && strings.HasPrefix(args[0], envPrefix) {
		env, args = append(env, args[0]), args[1:]
	}
	var stdout, stderr bytes.Buffer
	code := run(ctx, args, strings.NewReader(""), &stdout, &stderr, env)
	for line := range strings.Lines(stderr.String()) {
		if !strings.HasPrefix(line, "kmsaudit: ") && !strings.Contains(stderr.String(), "Usage:") {
			t.Errorf("stderr has a line of another form: %q", line)
		}
	}
	return answer{code, stdout.String(), stderr.String()}
}

// fromRoot runs the test in the root of the repository.
func fromRoot(t *testing.T) {
	t.Helper()
	t.Chdir(filepath.Join("..", ".."))
}

// alone runs the test in a folder of its own, with the reference account in it.
func alone(t *testing.T) {
	t.Helper()
	snapshot, config := read(t, "../../"+referenceSnapshot), read(t, "../../"+referenceConfig)
	t.Chdir(t.TempDir())
	write(t, "snapshot.json", snapshot)
	write(t, "reference.yaml", config)
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// replaced is text with one thing in it replaced, which has to be there.
func replaced(t *testing.T, text, old, replacement string) string {
	t.Helper()
	if !strings.Contains(text, old) {
		t.Fatalf("%q is not in the text", old)
	}
	return strings.ReplaceAll(text, old, replacement)
}

// golden compares text with a file. UPDATE=1 writes the file.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if os.Getenv("UPDATE") != "" {
		write(t, path, got)
		return
	}
	if diff := cmp.Diff(read(t, path), got); diff != "" {
		t.Errorf("%s is not what the program writes; UPDATE=1 refreshes it (-file +program):\n%s", path, diff)
	}
}

// results reads the results of a run with -f json.
func results(t *testing.T, text string) *report.Results {
	t.Helper()
	r, err := report.ReadJSON(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return r
}

// rulesOf lists the ids of the rules with findings and of those with unknowns, as
// far as they are among those given.
func rulesOf(r *report.Results, among []string) (found, unknown []string) {
	found, unknown = []string{}, []string{}
	for _, f := range r.Findings {
		if slices.Contains(among, f.Rule) {
			found = append(found, f.Rule)
		}
	}
	for _, u := range r.Unknown {
		if slices.Contains(among, u.Rule) {
			unknown = append(unknown, u.Rule)
		}
	}
	slices.Sort(found)
	slices.Sort(unknown)
	return found, slices.Compact(unknown)
}

func decodeJSON(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
}
