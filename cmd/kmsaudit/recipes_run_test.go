package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/kmsaudit/kmsaudit/collector/awsfake"
)

// night is a folder to run a recipe in, beside a made-up AWS of which something is
// denied, so that every collection has gaps.
type night struct {
	world *awsfake.World
	shell string // the command to run, with what makes it stop at failures
	env   []string
}

func newNight(t *testing.T, shell string) *night {
	t.Helper()
	if _, err := exec.LookPath(strings.Fields(shell)[0]); err != nil {
		t.Skipf("no %s here", shell)
	}
	recipes, err := filepath.Abs("recipes")
	if err != nil {
		t.Fatal(err)
	}
	world := recorded()
	world.Faults = []*awsfake.Fault{{Operation: "GetBucketEncryption", Effect: awsfake.Denied()}}
	serve(t, world)
	t.Chdir(t.TempDir())
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"bin", "work"} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(self, "bin/kmsaudit"); err != nil { // TestMain makes it the program
		t.Fatal(err)
	}
	write(t, "kmsaudit.yaml", "version: 1\n")
	write(t, "work/kmsaudit.yaml", "version: 1\n")
	bin, err := filepath.Abs("bin")
	if err != nil {
		t.Fatal(err)
	}
	return &night{world, shell, append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "RECIPES="+recipes, "GITHUB_STEP_SUMMARY=summary.md", "AWS_TOKEN=none")}
}

// run runs a script in the folder work.
func (n *night) run(t *testing.T, script string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	shell := strings.Fields(n.shell)
	cmd := exec.CommandContext(t.Context(), shell[0], append(append(shell[1:], "-c", script, "recipe"), args...)...)
	var out, errs strings.Builder
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = "work", n.env, &out, &errs
	err := cmd.Run()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// letIn gives another account access to the key of the world.
func (n *night) letIn() {
	n.world.Change(func() {
		n.world.Keys[0].Policy = `{"Version":"2012-10-17","Statement":[` + allows("arn:aws:iam::522814710681:root", "kms:*") + "," +
			strings.Replace(allows("arn:aws:iam::999999999999:root", "kms:Decrypt"), "added", "others", 1) + "]}"
	})
}

func holds(t *testing.T, path string, texts ...string) {
	t.Helper()
	text := read(t, path)
	for _, want := range texts {
		if !strings.Contains(text, want) {
			t.Errorf("%s does not hold %q:\n%s", path, want, text)
		}
	}
}

// TestNightly runs nightly.sh for three nights: gaps are judged, and access that
// another account was given is told.
func TestNightly(t *testing.T) {
	n := newNight(t, "sh")
	const script = `exec sh "$RECIPES/nightly.sh" "$PWD/nights" "$PWD/kmsaudit.yaml"`
	today := time.Now().UTC().Format(time.DateOnly)
	code, stdout, stderr := n.run(t, script)
	if code != exitIncomplete || !strings.Contains(stderr, "not read: s3:GetEncryptionConfiguration") || !strings.Contains(stdout, "s3:GetEncryptionConfiguration") {
		t.Fatalf("the first night: exit code %d, stderr %s\n%s", code, stderr, stdout)
	}
	if exists("work/nights/changed.md") {
		t.Error("the first night has something to compare with")
	}
	next := func(day string) {
		t.Helper()
		if err := os.Rename("work/nights/snapshot-"+today+".json.gz", "work/nights/snapshot-"+day+".json.gz"); err != nil {
			t.Fatal(err)
		}
	}
	next("2026-01-01")
	if code, _, stderr = n.run(t, script); code != exitIncomplete {
		t.Errorf("nothing changed: exit code %d, stderr %s", code, stderr)
	}
	holds(t, "work/nights/latest.md", "Drift of account", "s3:GetEncryptionConfiguration")
	next("2026-01-02")
	n.letIn()
	if code, stdout, stderr = n.run(t, script); code != exitFindings {
		t.Errorf("somebody was let in: exit code %d, stderr %s", code, stderr)
	}
	holds(t, "work/nights/latest.md", "Access gained: 1", "999999999999")
	if !strings.Contains(stdout, "Access gained: 1") || !exists("work/nights/results-"+today+".json") || !exists("work/nights/snapshot-2026-01-01.json.gz") {
		t.Errorf("the third night: %s", stdout)
	}
	// What is older than it is to be kept goes.
	old := time.Now().AddDate(0, 0, -40)
	if err := os.Chtimes("work/nights/snapshot-2026-01-01.json.gz", old, old); err != nil {
		t.Fatal(err)
	}
	n.run(t, script)
	if exists("work/nights/snapshot-2026-01-01.json.gz") || !exists("work/nights/snapshot-2026-01-02.json.gz") {
		t.Error("the wrong snapshots are kept")
	}
	// Without an answer of AWS there is nothing to judge, and yesterday's report stays.
	n.world.Change(func() { n.world.Faults = []*awsfake.Fault{{Effect: awsfake.Denied()}} })
	if code, _, stderr = n.run(t, script); code != exitFailure {
		t.Errorf("nothing answers: exit code %d, stderr %s", code, stderr)
	}
}

// scriptOf takes the shell of a CI recipe that runs kmsaudit: installation and tokens
// are those of the service.
func scriptOf(t *testing.T, path string) string {
	t.Helper()
	var recipe struct {
		Jobs struct {
			Audit struct{ Steps []struct{ Run string } }
		}
		Kmsaudit struct{ Script []string }
	}
	if err := yaml.Unmarshal([]byte(read(t, path)), &recipe); err != nil {
		t.Fatal(err)
	}
	lines := recipe.Kmsaudit.Script
	for _, step := range recipe.Jobs.Audit.Steps {
		lines = append(lines, step.Run)
	}
	var script []string
	for _, line := range lines {
		if strings.Contains(line, "kmsaudit ") || strings.Contains(line, "mv snapshot.json") {
			script = append(script, "("+line+"\n)") // GitHub runs each step in a shell of its own
		}
	}
	if len(script) < 3 {
		t.Fatalf("%s has %d commands", path, len(script))
	}
	return strings.Join(script, "\n")
}

// TestPipelines runs what the recipes for GitHub and GitLab run, for two nights, in
// the shells that these use.
func TestPipelines(t *testing.T) {
	for name, tt := range map[string]struct {
		shell, drift string
		reports      []string
	}{
		"github.yml": {"bash --noprofile --norc -e -o pipefail", "summary.md", []string{"kmsaudit.sarif", "kmsaudit.html"}},
		"gitlab.yml": {"sh -e", "", []string{"kmsaudit.xml", "kmsaudit.html"}},
	} {
		t.Run(name, func(t *testing.T) {
			script := scriptOf(t, "recipes/"+name)
			n := newNight(t, tt.shell)
			code, stdout, stderr := n.run(t, script)
			if code != exitIncomplete || !exists("work/snapshot.json") {
				t.Fatalf("the first night: exit code %d, stderr %s\n%s", code, stderr, stdout)
			}
			for _, path := range tt.reports {
				holds(t, "work/"+path, "s3:GetEncryptionConfiguration")
			}
			n.letIn()
			code, stdout, stderr = n.run(t, script)
			if code != exitFindings {
				t.Errorf("the second night: exit code %d, stderr %s", code, stderr)
			}
			told := stdout
			if tt.drift != "" {
				told = read(t, "work/"+tt.drift)
			}
			if !strings.Contains(told, "Access gained: 1") {
				t.Errorf("what changed is not told:\n%s", told)
			}
			for _, path := range tt.reports {
				holds(t, "work/"+path, "POL-003")
			}
		})
	}
}

// TestPreCommitHook runs the hook on snapshots that are committed.
func TestPreCommitHook(t *testing.T) {
	var hooks []struct{ ID, Entry, Files string }
	if err := yaml.Unmarshal([]byte(read(t, "../../.pre-commit-hooks.yaml")), &hooks); err != nil {
		t.Fatal(err)
	}
	n := newNight(t, "sh")
	if code, _, stderr := n.run(t, "kmsaudit collect -o snapshot.json"); code != exitIncomplete {
		t.Fatal(stderr)
	}
	for _, hook := range hooks {
		code, stdout, stderr := n.run(t, hook.Entry+` "$@"`, "snapshot.json")
		if code != exitIncomplete || stdout == "" {
			t.Errorf("%s: exit code %d, stderr %s", hook.ID, code, stderr)
		}
	}
	if len(hooks) == 0 {
		t.Error("there is no hook")
	}
}
