package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/awsfake"
	"github.com/kmsaudit/kmsaudit/collector/organization"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

const (
	hubAccount  = "999999999999"
	firstMember = "111111111111"
	otherMember = "222222222222"
)

// serveEstate lets an organization of two members stand in for AWS.
func serveEstate(t *testing.T) *awsfake.Estate {
	t.Helper()
	member := func(id string) *awsfake.World {
		return &awsfake.World{
			T: t, Account: id, Caller: "arn:aws:sts::" + id + ":assumed-role/audit/kmsaudit", Regions: []string{"us-east-1"},
			Organization: &awsfake.Organization{ID: "o-1", Management: hubAccount},
			Keys:         []awsfake.Key{{ID: "k1", Region: "us-east-1"}}, Buckets: []awsfake.Bucket{{Name: "bucket-" + id, Region: "us-east-1"}},
		}
	}
	e := &awsfake.Estate{
		Hub: &awsfake.World{
			T: t, Account: hubAccount, Caller: "arn:aws:sts::" + hubAccount + ":assumed-role/Hub/nightly", Regions: []string{"us-east-1"},
			Directory: &awsfake.Directory{ID: "o-1", Management: hubAccount, Root: awsfake.Unit{
				ID: "r-root", Accounts: []awsfake.DirectoryAccount{{ID: hubAccount}, {ID: firstMember, Name: "first"}, {ID: otherMember, Tags: map[string]string{"audit": "off"}}},
			}},
		},
		Members: map[string]*awsfake.World{firstMember: member(firstMember), otherMember: member(otherMember)},
		Role:    "audit", ExternalID: "nightly",
	}
	server := e.Serve()
	t.Cleanup(server.Close)
	awsEnvironment(t, server.URL)
	return e
}

// TestCollectOrg collects an organization, goes on with it, and narrows it.
func TestCollectOrg(t *testing.T) {
	e := serveEstate(t)
	t.Chdir(t.TempDir())
	role := []string{"--role-name", "audit", "--external-id", "nightly"}
	e.Locked = map[string]bool{otherMember: true}
	got := call(t, append([]string{"collect", "--org", "-o", "all"}, role...)...)
	if got.code != exitIncomplete || !strings.Contains(got.stderr, "all: 2 complete, 1 not read of 3 accounts") ||
		!strings.Contains(got.stderr, "account "+otherMember+": sts:AssumeRole: AccessDenied") || !strings.Contains(got.stderr, "kmsaudit collect --resume all") {
		t.Errorf("got %+v", got)
	}
	e.Locked = nil
	if got := call(t, append([]string{"collect", "--org", "-o", "all"}, role...)...); got.code != exitUsage || !strings.Contains(got.stderr, "--resume all") {
		t.Errorf("got %+v", got)
	}
	got = call(t, append([]string{"collect", "--org", "--resume", "all"}, role...)...)
	if got.code != exitOK || !strings.Contains(got.stderr, "all: 3 complete of 3 accounts") {
		t.Errorf("got %+v", got)
	}
	m, err := organization.ReadManifest("all")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range m.Accounts {
		if file, err := snapshot.ReadFile(filepath.Join("all", entry.File)); err != nil || file.SHA256 != entry.SHA256 || !strings.HasSuffix(entry.File, ".json.gz") {
			t.Errorf("%s: %v", entry.ID, err)
		}
	}
	if n := e.Members[firstMember].Count("kms", "ListKeys"); n != 1 {
		t.Errorf("a complete account was read %d times", n)
	}
	got = call(t, append([]string{"collect", "--org", "--skip", "tag:audit=off", "-o", "some", "--plain"}, role...)...)
	if got.code != exitOK || !strings.Contains(got.stderr, "some: 2 complete, 1 skipped of 3 accounts") {
		t.Errorf("got %+v", got)
	}
	write(t, "list.txt", firstMember+" first\n")
	got = call(t, append([]string{"collect", "--accounts", "list.txt", "-o", "listed"}, role...)...)
	if got.code != exitIncomplete || !strings.Contains(got.stderr, "listed: 1 with gaps of 1 account") { // nobody read the chain for it
		t.Errorf("got %+v", got)
	}
	got = call(t, append([]string{"collect", "--org", "--accounts", "list.txt", "-o", "both"}, role...)...)
	if got.code != exitOK || !strings.Contains(got.stderr, "both: 1 complete, 2 skipped of 3 accounts") {
		t.Errorf("got %+v", got)
	}
}

// TestCollectOrgUsage: what does not go together is told before AWS is asked.
func TestCollectOrgUsage(t *testing.T) {
	e := serveEstate(t)
	t.Chdir(t.TempDir())
	write(t, "empty.txt", "# nobody\n")
	for _, tc := range []struct {
		args []string
		want string
	}{
		{[]string{"--include", firstMember}, "are for --org or --accounts"},
		{[]string{"--org", "--skip", "prod"}, `--skip: "prod" is neither an account`},
		{[]string{"--accounts", "empty.txt", "--skip", firstMember}, "--include and --skip need --org"},
		{[]string{"--accounts", "empty.txt"}, "empty.txt: there is no account in it"},
		{[]string{"--accounts", "nothing.txt"}, "read accounts nothing.txt: no such file"},
		{[]string{"--org", "--role-name", "a b"}, `--role-name: "a b"`},
		{[]string{"--org", "--workers", "0"}, "--workers has to be at least 1"},
		{[]string{"--resume", "x"}, "--resume x: no such file"},
		{[]string{"--resume", "."}, "--resume .: this is a folder, which --org or --accounts go on with"},
		{[]string{"--org", "--resume", "x", "-o", "y"}, "--resume goes on in x, and -o names y"},
		{[]string{"--org", "--skip", "ou-root-nowhere0"}, "no account of the organization o-1 is below ou-root-nowhere0"},
		{[]string{"--org", "--include", "123456789012"}, "account 123456789012 is not in the organization o-1"},
	} {
		if got := call(t, slices.Concat([]string{"collect"}, tc.args)...); got.code != exitUsage || !strings.Contains(got.stderr, tc.want) {
			t.Errorf("%v: %+v, want %s", tc.args, got, tc.want)
		}
	}
	e.Hub.Directory = nil
	if got := call(t, "collect", "--org"); got.code != exitFailure || !strings.Contains(got.stderr, "--accounts takes a list instead") {
		t.Errorf("got %+v", got)
	}
}
