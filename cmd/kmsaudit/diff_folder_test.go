package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/drift"
)

// entries is the part of a manifest that the tests change.
type entries = map[string]map[string]any

// twoFolders collects an organization, and leaves it as old and as new.
func twoFolders(t *testing.T) {
	t.Helper()
	organizationFolder(t, false)
	for _, name := range []string{"old", "new"} {
		if err := os.CopyFS(name, os.DirFS("all")); err != nil {
			t.Fatal(err)
		}
	}
}

// inManifest changes the accounts of a manifest; nil takes one away.
func inManifest(t *testing.T, folder string, change func(entries)) {
	t.Helper()
	path := filepath.Join(folder, "manifest.json")
	var m map[string]any
	decodeJSON(t, read(t, path), &m)
	of := entries{}
	var ids []string
	for _, one := range m["accounts"].([]any) {
		e := one.(map[string]any)
		ids = append(ids, e["id"].(string))
		of[e["id"].(string)] = e
	}
	change(of)
	list := []any{}
	for _, id := range ids {
		if of[id] != nil {
			list = append(list, of[id])
		}
	}
	m["accounts"] = list
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, string(text))
}

// without takes the snapshot of an account away, as a status that the manifest has.
func without(t *testing.T, folder, account, status string) {
	t.Helper()
	if err := os.Remove(filepath.Join(folder, account+".json")); err != nil {
		t.Fatal(err)
	}
	inManifest(t, folder, func(of entries) {
		e := of[account]
		for _, name := range []string{"file", "sha256", "collected_at", "gaps", "names"} {
			delete(e, name)
		}
		switch e["status"] = status; status {
		case "failed":
			e["failure"] = map[string]any{"operation": "sts:AssumeRole", "state": "denied", "code": "AccessDenied"}
		case "inactive":
			e["state"] = "SUSPENDED"
		case "":
			of[account] = nil
		}
	})
}

// edited changes a snapshot of a folder, and what the manifest says of it.
func edited(t *testing.T, folder, account string, change func(*snapshot.Snapshot)) {
	t.Helper()
	path := filepath.Join(folder, account+".json")
	f, err := snapshot.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	change(f.Snapshot)
	if err := snapshot.WriteFile(path, f.Snapshot); err != nil {
		t.Fatal(err)
	}
	if f, err = snapshot.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	inManifest(t, folder, func(of entries) { of[account]["sha256"] = f.SHA256 })
}

func compareFolders(t *testing.T, old, now string, args ...string) (*drift.Accounts, answer) {
	t.Helper()
	got := call(t, append([]string{"diff", old, now, "-f", "json"}, args...)...)
	all := &drift.Accounts{}
	decodeJSON(t, got.stdout, all)
	return all, got
}

func waysOf(all *drift.Accounts) map[string]drift.Way {
	ways := map[string]drift.Way{}
	for _, one := range all.Accounts {
		ways[one.ID] = one.Way
	}
	return ways
}

func diffOf(t *testing.T, all *drift.Accounts, account string) *drift.Diff {
	t.Helper()
	for _, one := range all.Accounts {
		if one.ID == account {
			return one.Diff
		}
	}
	t.Fatalf("account %s is not told of", account)
	return nil
}

// TestDiffFolders: every account is compared with what it was; what is not there is
// told as what it is, and never as resolved.
func TestDiffFolders(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "rules", "drift", "accounts.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	loose := func(s *snapshot.Snapshot) {
		keyPolicy(t, s, func(list []string) []string {
			return append(list, allows("arn:aws:iam::999999999999:root", "kms:Decrypt"))
		})
	}
	for _, tc := range []struct {
		name   string
		change func(t *testing.T)
		way    drift.Way // of otherMember
		code   int
		says   string
		holds  func(*drift.Diff) bool
	}{
		{name: "nothing", way: drift.Compared, code: exitOK, holds: (*drift.Diff).Empty},
		{
			name: "cannot be assumed any more", change: func(t *testing.T) { without(t, "new", otherMember, "failed") }, way: drift.Unread, code: exitIncomplete,
			says: "the comparison is incomplete", holds: func(d *drift.Diff) bool { return len(d.Findings.Unjudged) > 0 && len(d.Hidden) == 1 },
		},
		{
			name: "left out now", change: func(t *testing.T) { without(t, "new", otherMember, "skipped") }, way: drift.Unread, code: exitIncomplete,
			holds: func(d *drift.Diff) bool {
				return len(d.Findings.Unjudged) > 0 && d.Old.SHA256 != "" && d.New.SHA256 == ""
			},
		},
		{
			name: "the file is gone, and there is no manifest", way: drift.Unread, code: exitIncomplete,
			change: func(t *testing.T) {
				without(t, "new", otherMember, "")
				unmanifested(t, "old")
				unmanifested(t, "new")
			},
			holds: func(d *drift.Diff) bool { return len(d.Findings.Unjudged) > 0 },
		},
		{
			name: "has left the organization", change: func(t *testing.T) { without(t, "new", otherMember, "") }, way: drift.Went, code: exitOK,
			holds: func(d *drift.Diff) bool { return d.Empty() && !d.Incomplete() },
		},
		{
			name: "is closed", change: func(t *testing.T) { without(t, "new", otherMember, "inactive") }, way: drift.Went, code: exitOK,
			holds: func(d *drift.Diff) bool { return d.Empty() && !d.Incomplete() },
		},
		{
			name: "came", change: func(t *testing.T) { without(t, "old", otherMember, "") }, way: drift.Came, code: exitFindings, says: "new or worse",
			holds: func(d *drift.Diff) bool { return len(d.Findings.New) > 0 && d.Old.SHA256 == "" && d.New.SHA256 != "" },
		},
		{
			name: "could not be read then", change: func(t *testing.T) { without(t, "old", otherMember, "failed") }, way: drift.Read, code: exitIncomplete,
			holds: func(d *drift.Diff) bool { return len(d.Findings.Unsure) > 0 && len(d.Findings.New) == 0 },
		},
		{
			name: "was never read", way: drift.Hid, code: exitIncomplete,
			change: func(t *testing.T) {
				without(t, "old", otherMember, "failed")
				without(t, "new", otherMember, "pending")
			},
			holds: func(d *drift.Diff) bool { return d.Empty() && len(d.Hidden) == 1 },
		},
		{
			name: "is worse", change: func(t *testing.T) { edited(t, "new", otherMember, loose) }, way: drift.Compared, code: exitFindings, says: "new or worse",
			holds: func(d *drift.Diff) bool { return len(d.Findings.New) > 0 && d.Count(access.Gained) == 1 },
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			twoFolders(t)
			if tc.change != nil {
				tc.change(t)
			}
			all, got := compareFolders(t, "old", "new")
			if got.code != tc.code || !strings.Contains(got.stderr, tc.says) || (tc.code == exitOK) != (got.stderr == "") {
				t.Errorf("exit code %d, want %d; stderr %q", got.code, tc.code, got.stderr)
			}
			want := map[string]drift.Way{firstMember: drift.Compared, otherMember: tc.way, hubAccount: drift.Compared}
			if diff := cmp.Diff(want, waysOf(all)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, one := range all.Accounts {
				if one.ID != otherMember && one.Differs() || len(one.Diff.Findings.Resolved) > 0 {
					t.Errorf("account %s: %+v", one.ID, one.Diff)
				}
			}
			if d := diffOf(t, all, otherMember); !tc.holds(d) {
				t.Errorf("not as it should be: %+v", d)
			}
			text := call(t, "diff", "old", "new").stdout + call(t, "diff", "old", "new", "-f", "markdown").stdout
			if told := strings.Count(text, otherMember) > 0; told != (tc.name != "nothing") {
				t.Errorf("the account is told of: %v\n%s", told, text)
			}
			validDiff(t, schema, got.stdout)
		})
	}
}

// validDiff holds a comparison of folders to the schema that is published.
func validDiff(t *testing.T, schema *jsonschema.Schema, text string) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Error(err)
	}
}

func unmanifested(t *testing.T, folder string) {
	t.Helper()
	if err := os.Remove(filepath.Join(folder, "manifest.json")); err != nil {
		t.Fatal(err)
	}
}

// TestDiffFoldersAcross: access that one account gives to another is found where the
// key is.
func TestDiffFoldersAcross(t *testing.T) {
	twoFolders(t)
	edited(t, "new", firstMember, func(s *snapshot.Snapshot) {
		keyPolicy(t, s, func(list []string) []string {
			return append(list, allows("arn:aws:iam::"+otherMember+":root", "kms:Decrypt"))
		})
	})
	all, got := compareFolders(t, "old", "new")
	if d := diffOf(t, all, firstMember); got.code != exitFindings || d.Count(access.Gained) != 1 || !strings.Contains(got.stderr, "1 group of principals gained access") {
		t.Errorf("exit code %d, stderr %q, access %+v", got.code, got.stderr, d.Access)
	}
	if d := diffOf(t, all, otherMember); !d.Empty() {
		t.Errorf("the other account changed: %+v", d)
	}
}

// TestDiffFoldersRefused: folders that are not what was collected are not compared.
func TestDiffFoldersRefused(t *testing.T) {
	for says, change := range map[string]func(t *testing.T){
		"one of old and new is a folder": func(t *testing.T) {
			if err := os.RemoveAll("new"); err != nil {
				t.Fatal(err)
			}
			write(t, "new", "{}")
		},
		"is not the file that its manifest knows": func(t *testing.T) {
			write(t, "new/"+firstMember+".json", read(t, "new/"+firstMember+".json")+"\n")
		},
		"is not in the manifest": func(t *testing.T) { write(t, "new/more.json", "{}") },
		"are both snapshots of account " + firstMember: func(t *testing.T) {
			unmanifested(t, "new")
			write(t, "new/again.json", read(t, "new/"+firstMember+".json"))
		},
		"holds no snapshot": func(t *testing.T) {
			for _, account := range []string{firstMember, otherMember, hubAccount} {
				without(t, "new", account, "")
			}
			unmanifested(t, "new")
		},
		"read snapshot new: no such file": func(t *testing.T) {
			if err := os.RemoveAll("new"); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(says, func(t *testing.T) {
			twoFolders(t)
			change(t)
			if got := call(t, "diff", "old", "new"); got.code != exitUsage || !strings.Contains(got.stderr, says) || got.stdout != "" {
				t.Errorf("%+v", got)
			}
		})
	}
}

// TestDiffFoldersUnlisted: where the organization was not listed, there may be other
// accounts, and one that is missing has not gone.
func TestDiffFoldersUnlisted(t *testing.T) {
	twoFolders(t)
	without(t, "new", otherMember, "")
	path := "new/manifest.json"
	var m map[string]any
	decodeJSON(t, read(t, path), &m)
	m["unlisted"] = []any{map[string]any{"operation": "organizations:ListAccountsForParent", "state": "denied", "code": "AccessDenied"}}
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, string(text))
	all, got := compareFolders(t, "old", "new")
	if got.code != exitIncomplete || waysOf(all)[otherMember] != drift.Unread || len(all.Hidden) != 1 {
		t.Errorf("exit code %d, ways %v, hidden %+v", got.code, waysOf(all), all.Hidden)
	}
	if text := call(t, "diff", "old", "new").stdout; !strings.Contains(text, "there may be accounts that nobody listed") {
		t.Errorf("it is not told:\n%s", text)
	}
}

// TestMemoryLeft reads what Linux says of memory.
func TestMemoryLeft(t *testing.T) {
	files := map[string]string{}
	read := func(path string) ([]byte, error) {
		text, ok := files[path]
		if !ok {
			return nil, os.ErrNotExist
		}
		return []byte(text), nil
	}
	for _, tc := range []struct {
		meminfo, limit, used string
		left                 int64
		known                bool
	}{
		{},
		{meminfo: "MemTotal:       100 kB\nMemAvailable:    50 kB\n", left: 50 << 10, known: true},
		{meminfo: "MemAvailable:    50 kB\n", limit: "max\n", used: "7\n", left: 50 << 10, known: true},
		{meminfo: "MemAvailable:    50 kB\n", limit: "1000\n", used: "400\n", left: 600, known: true},
		{meminfo: "nonsense", limit: "1000\n", used: "1400\n", left: 0, known: true},
	} {
		files = map[string]string{"/proc/meminfo": tc.meminfo, "/sys/fs/cgroup/memory.max": tc.limit, "/sys/fs/cgroup/memory.current": tc.used}
		if left, known := memoryLeft(read); left != tc.left || known != tc.known {
			t.Errorf("%+v: got %d, %v", tc, left, known)
		}
	}
	if !roomy(1) || roomy(1<<50) {
		t.Error("a byte has no room, or a petabyte has")
	}
}
