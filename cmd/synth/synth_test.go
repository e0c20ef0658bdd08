package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/organization"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// made runs synth and returns what it writes to stdout.
func made(t *testing.T, args ...string) []byte {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(args, &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	return stdout.Bytes()
}

func TestEqualFlagsGiveEqualBytes(t *testing.T) {
	args := []string{"--roles", "30", "--keys", "10", "--buckets", "20", "--seed", "3"}
	first := made(t, args...)
	if !bytes.Equal(first, made(t, args...)) {
		t.Error("equal flags gave different bytes")
	}
	if bytes.Equal(first, made(t, append(args, "--seed", "4")...)) {
		t.Error("another seed gave the same bytes")
	}
}

func TestTheSnapshotIsOne(t *testing.T) {
	text := made(t, "--roles", "300", "--keys", "300", "--buckets", "600", "--unread", "0.02")
	s, err := snapshot.Decode("synth", text)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Roles) != 300 || len(s.Keys) != 300 || len(s.Buckets) != 600 || len(s.Users) == 0 || len(s.Groups) == 0 || len(s.ManagedPolicies) < 30 {
		t.Errorf("%d roles, %d keys, %d buckets, %d users, %d groups, %d policies",
			len(s.Roles), len(s.Keys), len(s.Buckets), len(s.Users), len(s.Groups), len(s.ManagedPolicies))
	}
	again, err := snapshot.Encode(s)
	if err != nil || !bytes.Equal(again, text) {
		t.Errorf("written again, it is another one (%v)", err)
	}
	for _, state := range []string{"ok", "absent", "unsupported", "denied", "failed", "not_collected", "gone"} {
		if !bytes.Contains(text, []byte(`"state": "`+state+`"`)) {
			t.Errorf("no reading is %s", state)
		}
	}
	for _, what := range []string{
		`"Effect": "Deny"`, `"NotAction"`, `"NotResource"`, `"Condition"`, `"Principal": "*"`, neighbors[0], `"grantee"`, `policy/boundary`,
		`arn:aws:iam::aws:policy/AdministratorAccess`, `"aws:SecureTransport"`, `"s3:x-amz-server-side-encryption"`, `"PendingDeletion"`,
		`alias/aws/`, `"customer_algorithm"`, `"declared-0000.csv"`, `"manager": "AWS"`, `logging.s3.amazonaws.com`,
	} {
		if !bytes.Contains(text, []byte(what)) {
			t.Errorf("there is no %s", what)
		}
	}
}

func TestNothingIsUnreadUnlessAsked(t *testing.T) {
	text := made(t, "--unread", "0")
	if found := regexp.MustCompile(`"state": "(denied|failed|gone)"`).Find(text); found != nil {
		t.Errorf("there is %s", found)
	}
}

func TestTheConfigurationNamesWhatThereIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kmsaudit.yaml")
	text := string(made(t, "--roles", "60", "--requirements", "3", "--config", path))
	config, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(config), "- name: need-"); n != 3 {
		t.Errorf("%d requirements, want 3", n)
	}
	for _, arn := range regexp.MustCompile(`arn:aws:(iam|kms)[^\s"']+`).FindAllString(string(config), -1) {
		if !strings.Contains(text, `"arn": "`+arn+`"`) {
			t.Errorf("the snapshot has no %s", arn)
		}
	}
}

func TestWrongUsage(t *testing.T) {
	for _, args := range [][]string{
		{"--roles", "0"},
		{"--unread", "2"},
		{"--requirements", "-2"},
		{"more"},
		{"--no-such-flag"},
		{"bench", "--sizes", "many"},
		{"bench", "--repeats", "0"},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(args, &stdout, &stderr); code != 2 || stdout.Len() > 0 || stderr.Len() == 0 {
			t.Errorf("%q: exit code %d, stdout %d bytes, stderr %q", args, code, stdout.Len(), stderr.String())
		}
	}
}

// Asking who can use a key leaves nobody out whom asking one by one finds.
func TestWhoCanFindsEverybody(t *testing.T) {
	p := plan{roles: 80, keys: 25, buckets: 20, requirements: 2, unread: 0.02, seed: 11}
	s := newWorld(p).snapshot()
	account := access.New(s)
	actions := []string{"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"}
	found := 0
	for _, k := range s.Keys {
		if !k.Policy.State.Answer() {
			continue
		}
		holders, _ := account.WhoCan(k.ARN, actions, access.MustNotBeAble)
		can := map[string]bool{}
		for _, h := range holders {
			for action := range h.By {
				can[h.Principal.ARN+" "+action] = true
			}
		}
		for _, role := range s.Roles {
			for _, action := range actions {
				d := account.Decide(access.Question{Principal: role.ARN, Action: action, Resource: k.ARN, Stance: access.MustNotBeAble, Context: access.NewContext()})
				if d.Verdict == access.Allowed || d.Verdict == access.Depends {
					found++
					if !can[role.ARN+" "+action] {
						t.Errorf("%s %s on %s is %s, and who-can does not list it", role.ARN, action, k.ARN, d.Verdict)
					}
				}
			}
		}
	}
	if found == 0 {
		t.Error("nobody can do anything")
	}
}

func TestFindingsAreCompared(t *testing.T) {
	ours := found{{"a", "x", "m"}: true, {"a", "y", "m"}: true}
	runs := map[string]bool{"a": true}
	if err := ours.same("opa", found{{"a", "x", "m"}: true, {"a", "y", "m"}: true, {"c", "y", "m"}: true}, runs); err != nil {
		t.Errorf("rules that do not run are compared: %v", err)
	}
	if err := ours.same("opa", found{{"a", "x", "m"}: true}, runs); err == nil || !strings.Contains(err.Error(), "only kmsaudit finds a | y | m") {
		t.Errorf("a finding that opa lacks: %v", err)
	}
}

// TestOrganization: the folder of an organization is one that check takes whole,
// and equal flags give equal bytes.
func TestOrganization(t *testing.T) {
	var sums [2]string
	for i := range sums {
		folder := filepath.Join(t.TempDir(), "org")
		if code := run([]string{"-accounts", "3", "-folder", folder, "-roles", "5", "-keys", "3", "-buckets", "3"}, io.Discard, os.Stderr); code != 0 {
			t.Fatalf("exit code %d", code)
		}
		m, err := organization.ReadManifest(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range m.Accounts {
			file, err := snapshot.ReadFile(filepath.Join(folder, e.File))
			if err != nil || file.SHA256 != e.SHA256 || file.Snapshot.Account.ID != e.ID {
				t.Errorf("%s: %v", e.ID, err)
			}
			sums[i] += e.SHA256
		}
	}
	if sums[0] != sums[1] || len(sums[0]) != 3*64 {
		t.Error("equal flags gave other bytes")
	}
	if code := run([]string{"-accounts", "3"}, io.Discard, io.Discard); code != 2 {
		t.Errorf("without a folder: exit code %d", code)
	}
}
