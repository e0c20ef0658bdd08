package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// organizationFolder collects an organization of which one account is locked.
func organizationFolder(t *testing.T, locked bool) {
	t.Helper()
	e := serveEstate(t)
	t.Chdir(t.TempDir())
	if locked {
		e.Locked = map[string]bool{otherMember: true}
	}
	call(t, "collect", "--org", "--role-name", "audit", "--external-id", "nightly", "-o", "all", "--plain")
}

// TestCheckFolder: a folder is judged as its files are, one at a time; what was not
// collected is no pass.
func TestCheckFolder(t *testing.T) {
	organizationFolder(t, false)
	whole := call(t, "check", "all", "--as-of", day, "-f", "json", "--fail-on", "none")
	files := call(t, "check", "all/"+firstMember+".json", "all/"+otherMember+".json", "all/"+hubAccount+".json", "--as-of", day, "-f", "json", "--fail-on", "none")
	if whole.code != exitOK {
		t.Fatalf("%+v", whole)
	}
	if diff := cmp.Diff(files.stdout, whole.stdout); diff != "" {
		t.Errorf("a folder is judged otherwise than its files (-files +folder):\n%s", diff)
	}
	if n := len(results(t, whole.stdout).Snapshots); n != 3 {
		t.Errorf("%d snapshots", n)
	}
	var parts []string
	for _, part := range []string{"1/2", "2/2"} {
		name := strings.ReplaceAll(part, "/", "-") + ".json"
		if got := call(t, "check", "all", "--as-of", day, "--shard", part, "-f", "json="+name, "--fail-on", "none"); got.code != exitOK {
			t.Fatalf("%+v", got)
		}
		parts = append(parts, name)
	}
	merged := call(t, append([]string{"report", "merge", "-f", "json", "--fail-on", "none"}, parts...)...)
	if diff := cmp.Diff(whole.stdout, merged.stdout); diff != "" || merged.code != exitOK {
		t.Errorf("%s\nthe parts together are not the whole (-whole +merged):\n%s", merged.stderr, diff)
	}
	gated, mergedGate := call(t, "check", "all", "--as-of", day, "--fail-on", "low"), call(t, append([]string{"report", "merge", "--fail-on", "low"}, parts...)...)
	if gated.code != mergedGate.code || gated.code == exitOK {
		t.Errorf("exit codes %d and %d", gated.code, mergedGate.code)
	}
	if got := call(t, "report", "merge", parts[0], parts[0]); got.code != exitUsage || !strings.Contains(got.stderr, "is judged twice") {
		t.Errorf("got %+v", got)
	}
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	held := call(t, "check", "all", "--as-of", day, "-f", "json", "--fail-on", "none")
	if held.code != exitOK || held.stdout != whole.stdout || !strings.Contains(held.stderr, "held in memory") || !strings.Contains(held.stderr, "TMPDIR names another folder") {
		t.Errorf("without a place for temporary files: exit code %d, %s", held.code, held.stderr)
	}
}

// TestCheckFolderWhole: a folder that is not what was collected does not pass.
func TestCheckFolderWhole(t *testing.T) {
	organizationFolder(t, true)
	got := call(t, "check", "all", "--fail-on", "critical")
	if got.code != exitIncomplete {
		t.Errorf("an account that was not collected: %+v", got)
	}
	text := call(t, "check", "all", "--fail-on", "none", "-f", "json").stdout
	found := false
	for _, gap := range results(t, text).Gaps {
		found = found || gap.Account == otherMember && gap.Operation == "sts:AssumeRole" && gap.State == "denied" && gap.Listing && len(gap.Rules) > 0
	}
	if !found {
		t.Error("the account that was not collected is no gap")
	}
	write(t, "all/"+otherMember+".json", "{}")
	if got := call(t, "check", "all"); got.code != exitUsage || !strings.Contains(got.stderr, "is not in the manifest") {
		t.Errorf("a file too many: %+v", got)
	}
	if err := os.Remove(filepath.Join("all", otherMember+".json")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("all", firstMember+".json")
	write(t, path, strings.Replace(read(t, path), `"Enabled"`, `"Disabled"`, 1))
	if got := call(t, "check", "all"); got.code != exitUsage || !strings.Contains(got.stderr, "was changed since it was collected") {
		t.Errorf("a file that was changed: %+v", got)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if got := call(t, "check", "all"); got.code != exitUsage || !strings.Contains(got.stderr, "no such file") {
		t.Errorf("a file that is gone: %+v", got)
	}
	for _, bad := range []string{"0/2", "3/2", "1", "a/b", "1/2x"} {
		if got := call(t, "check", "all", "--shard", bad); got.code != exitUsage || !strings.Contains(got.stderr, "a part such as 1/4") {
			t.Errorf("--shard %s: %+v", bad, got)
		}
	}
}

// TestShardsAgainstBaseline: shards that are held against a baseline, and merged, come
// to what the folder comes to; and what was found in an account that cannot be read
// any more is not resolved.
func TestShardsAgainstBaseline(t *testing.T) {
	organizationFolder(t, false)
	if got := call(t, "check", "all", "--as-of", day, "-f", "json=old.json", "--fail-on", "none"); got.code != exitOK {
		t.Fatalf("%+v", got)
	}
	without(t, "all", otherMember, "failed")
	edited(t, "all", firstMember, func(s *snapshot.Snapshot) {
		keyPolicy(t, s, func(list []string) []string {
			return append(list, allows("arn:aws:iam::999999999999:root", "kms:Decrypt"))
		})
	})
	held := []string{"--as-of", day, "--baseline", "old.json"}
	whole := call(t, append([]string{"check", "all", "-f", "json", "--fail-on", "none"}, held...)...)
	for _, part := range []string{"1/2", "2/2"} {
		if got := call(t, append([]string{"check", "all", "--shard", part, "-f", "json=" + part[:1] + ".json", "--fail-on", "none"}, held...)...); got.code != exitOK {
			t.Fatalf("%+v", got)
		}
	}
	merged := call(t, "report", "merge", "1.json", "2.json", "-f", "json", "--fail-on", "none")
	if diff := cmp.Diff(whole.stdout, merged.stdout); diff != "" {
		t.Errorf("%s\nthe parts together are not the whole (-whole +merged):\n%s", merged.stderr, diff)
	}
	b := results(t, merged.stdout).Baseline
	if b == nil || b.New == 0 || b.Unchanged == 0 || len(b.Resolved) > 0 || len(b.Unjudged) == 0 {
		t.Fatalf("the baseline is %+v", b)
	}
	for _, f := range b.Unjudged {
		if f.Account != otherMember {
			t.Errorf("unjudged: %s of account %s", f.Rule, f.Account)
		}
	}
	gates := map[string]int{"high": exitFindings, "critical": exitIncomplete}
	for failOn, code := range gates {
		if got := call(t, "report", "merge", "1.json", "2.json", "--fail-on", failOn); got.code != code {
			t.Errorf("--fail-on %s: %+v", failOn, got)
		}
		if got := call(t, append([]string{"check", "all", "--fail-on", failOn}, held...)...); got.code != code {
			t.Errorf("check --fail-on %s: %+v", failOn, got)
		}
	}
	// Held against a baseline only when they are merged, it is the same.
	for _, part := range []string{"1/2", "2/2"} {
		call(t, "check", "all", "--shard", part, "-f", "json=plain-"+part[:1]+".json", "--fail-on", "none", "--as-of", day)
	}
	late := call(t, "report", "merge", "plain-1.json", "plain-2.json", "--baseline", "old.json", "-f", "json", "--fail-on", "none")
	if diff := cmp.Diff(whole.stdout, late.stdout); diff != "" {
		t.Errorf("held late (-whole +merged):\n%s", diff)
	}
	for _, args := range [][]string{{"1.json", "plain-2.json"}, {"plain-1.json", "--fail-on-new"}, {"1.json", "2.json", "--baseline", "none.json"}} {
		if got := call(t, append([]string{"report", "merge"}, args...)...); got.code != exitUsage {
			t.Errorf("%v: %+v", args, got)
		}
	}
}
