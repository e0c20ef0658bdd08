package organization

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/awsfake"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

const (
	management = "999999999999"
	one, two   = "111111111111", "222222222222"
	gone       = "333333333333"
	full       = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
)

// account is a member with a key that another account may use, and a bucket.
func account(t *testing.T, id string) *awsfake.World {
	t.Helper()
	other := map[string]string{one: two, two: one}[id]
	return &awsfake.World{
		T: t, Account: id, Caller: "arn:aws:sts::" + id + ":assumed-role/audit/kmsaudit", Regions: []string{"us-east-1"},
		Organization: &awsfake.Organization{ID: "o-1", Management: management},
		Keys:         []awsfake.Key{{ID: "k1", Region: "us-east-1", Policy: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::` + id + `:root","` + other + `","arn:aws:iam::` + other + `:role/app"]},"Action":"kms:*","Resource":"*"}]}`}},
		Buckets:      []awsfake.Bucket{{Name: "bucket-" + id, Region: "us-east-1", Encryption: []awsfake.EncryptionRule{{Algorithm: "aws:kms", Key: "arn:aws:kms:us-east-1:" + other + ":key/k1"}}}},
	}
}

// estate is a management account and three members, one of them suspended.
func estate(t *testing.T) *awsfake.Estate {
	t.Helper()
	kind := "SERVICE_CONTROL_POLICY"
	return &awsfake.Estate{
		Hub: &awsfake.World{
			T: t, Account: management, Caller: "arn:aws:sts::" + management + ":assumed-role/Hub/nightly", Regions: []string{"us-east-1"},
			Directory: &awsfake.Directory{
				ID: "o-1", Management: management, Types: []string{kind},
				Root: awsfake.Unit{
					ID: "r-root", Accounts: []awsfake.DirectoryAccount{{ID: management, Name: "management"}},
					Units: []awsfake.Unit{
						{ID: "ou-root-workload", Name: "workloads", Accounts: []awsfake.DirectoryAccount{{ID: one, Name: "one", Tags: map[string]string{"env": "prod"}}}},
						{ID: "ou-root-sandboxes", Name: "sandboxes", Accounts: []awsfake.DirectoryAccount{{ID: two, Name: "two"}, {ID: gone, Name: "gone", State: "SUSPENDED"}}},
					},
				},
				Policies: []awsfake.DirectoryPolicy{{OrgPolicy: awsfake.OrgPolicy{ID: "p-full", Name: "full", Content: full}, Type: kind, On: []string{"r-root", "ou-root-workload", "ou-root-sandboxes", management, one, two, gone}}},
			},
		},
		Members: map[string]*awsfake.World{one: account(t, one), two: account(t, two)},
		Role:    "audit", ExternalID: "nightly",
	}
}

// collect runs a plan over an estate. change may be nil.
func collect(ctx context.Context, t *testing.T, e *awsfake.Estate, folder string, change func(*Plan)) (*Manifest, error) {
	t.Helper()
	cfg := e.Config()
	tree, err := collector.ReadTree(ctx, cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	plan := Plan{
		Folder: folder, Tree: tree, Caller: tree.Caller, Role: "audit", ExternalID: "nightly", Workers: 2, Plain: true,
		Options: func(string) collector.Options { return collector.Options{ToolVersion: "test"} },
	}
	if change != nil {
		change(&plan)
	}
	return Collect(ctx, cfg, plan)
}

// told is what a manifest says of each account.
func told(m *Manifest) map[string]string {
	got := map[string]string{}
	for _, e := range m.Accounts {
		got[e.ID] = string(e.Status)
		if e.Failure != nil {
			got[e.ID] += " " + e.Failure.Operation + " " + e.Failure.Code
		}
	}
	return got
}

func same(t *testing.T, want, got map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCollect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, folder := estate(t), t.TempDir()
		m, err := collect(t.Context(), t, e, folder, nil)
		if err != nil {
			t.Fatal(err)
		}
		same(t, map[string]string{management: "complete", one: "complete", two: "complete", gone: "inactive"}, told(m))
		again, err := ReadManifest(folder)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m, again); diff != "" {
			t.Errorf("the manifest is read otherwise (-written +read):\n%s", diff)
		}
		for _, entry := range again.Accounts {
			if entry.Status == Inactive {
				continue
			}
			file, err := snapshot.ReadFile(filepath.Join(folder, entry.File))
			if err != nil || file.SHA256 != entry.SHA256 || file.Snapshot.Account.ID != entry.ID {
				t.Errorf("%s: %v", entry.ID, err)
				continue
			}
			// Members cannot ask for their chain; the hub did.
			o, _ := file.Snapshot.Organization.Get()
			if o.Chain.State != snapshot.OK {
				t.Errorf("%s: the chain is %s", entry.ID, o.Chain.State)
			}
			info, err := os.Stat(filepath.Join(folder, entry.File))
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: mode %v, %v", entry.ID, info.Mode(), err)
			}
		}
		if diff := cmp.Diff([]string{"arn:aws:iam::" + two + ":role/app", "arn:aws:iam::" + two + ":root", "arn:aws:kms:us-east-1:" + two + ":key/k1"}, m.Accounts[0].Names); diff != "" {
			t.Errorf("names (-want +got):\n%s", diff)
		}
		if n := e.Members[one].Count("organizations", "DescribeOrganization"); n != 0 {
			t.Errorf("a member was asked %d times for what the hub knows", n)
		}
	})
}

// TestOneFails: what fails in one account costs no other anything, and is told.
func TestOneFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := estate(t)
		e.Locked = map[string]bool{one: true, management: true}
		e.Members[two].Faults = []*awsfake.Fault{{Service: "kms", Operation: "GetKeyPolicy", Effect: awsfake.Denied()}}
		m, err := collect(t.Context(), t, e, t.TempDir(), nil)
		if err != nil {
			t.Fatal(err)
		}
		// The hub reads its own account without the role.
		same(t, map[string]string{management: "complete", one: "failed sts:AssumeRole AccessDenied", two: "gaps", gone: "inactive"}, told(m))
		if m.Accounts[0].Failure.State != "denied" || m.Accounts[1].Gaps != 1 {
			t.Errorf("%+v", m.Accounts)
		}

		e = estate(t)
		e.Members[one].Faults = []*awsfake.Fault{{Effect: awsfake.Denied()}}
		e.Members[two].Account = "444444444444" // a network that mixes up its answers
		m, err = collect(t.Context(), t, e, t.TempDir(), nil)
		if err != nil {
			t.Fatal(err)
		}
		same(t, map[string]string{management: "complete", one: "failed collect NothingRead", two: "failed sts:AssumeRole AnotherAccount", gone: "inactive"}, told(m))
	})
}

// TestResume: what is complete is kept if it is intact, everything else is asked
// for again, and nobody writes over a collection by accident.
func TestResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, folder := estate(t), t.TempDir()
		e.Locked = map[string]bool{two: true}
		before, err := collect(t.Context(), t, e, folder, nil)
		if err != nil {
			t.Fatal(err)
		}
		same(t, map[string]string{management: "complete", one: "complete", two: "failed sts:AssumeRole AccessDenied", gone: "inactive"}, told(before))
		if _, err := collect(t.Context(), t, e, folder, nil); !errors.Is(err, ErrTaken) {
			t.Errorf("got %v", err)
		}
		again := func(p *Plan) { p.Resume = true }
		e = estate(t)
		m, err := collect(t.Context(), t, e, folder, again)
		if err != nil {
			t.Fatal(err)
		}
		same(t, map[string]string{management: "complete", one: "complete", two: "complete", gone: "inactive"}, told(m))
		if e.Members[one].Count("kms", "ListKeys") != 0 || e.Members[two].Count("kms", "ListKeys") != 1 {
			t.Error("what is complete was asked for again, or the rest was not")
		}
		if m.Accounts[0].SHA256 != before.Accounts[0].SHA256 || !slices.Equal(m.Accounts[0].Names, before.Accounts[0].Names) || !m.StartedAt.Equal(before.StartedAt) {
			t.Errorf("another entry: %+v", m.Accounts[0])
		}
		if err := os.WriteFile(filepath.Join(folder, one+".json"), []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
		e = estate(t)
		if m, err = collect(t.Context(), t, e, folder, again); err != nil || e.Members[one].Count("kms", "ListKeys") != 1 || m.Accounts[0].Status != Complete {
			t.Errorf("a file that was changed is kept: %v", err)
		}
		e = estate(t)
		if m, err = collect(t.Context(), t, e, folder, func(p *Plan) { p.Resume, p.Plain = true, false }); err != nil || m.Accounts[0].File != one+".json" {
			t.Errorf("%v: %+v", err, m.Accounts[0])
		}
	})
}

// TestResumeGaps: of an account with gaps only what is missing is asked, and what
// there is stays while nothing more can be read.
func TestResumeGaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, folder := estate(t), t.TempDir()
		e.Members[one].Faults = []*awsfake.Fault{{Service: "kms", Operation: "GetKeyPolicy", Effect: awsfake.Denied()}}
		before, err := collect(t.Context(), t, e, folder, nil)
		if err != nil || before.Accounts[0].Status != WithGaps {
			t.Fatalf("%v: %+v", err, before.Accounts[0])
		}
		again := func(p *Plan) { p.Resume = true }
		e = estate(t)
		e.Locked = map[string]bool{one: true}
		m, err := collect(t.Context(), t, e, folder, again)
		if err != nil || m.Accounts[0].SHA256 != before.Accounts[0].SHA256 || m.Accounts[0].Status != WithGaps || m.Accounts[0].Failure.Operation != "sts:AssumeRole" {
			t.Errorf("what there is, is lost: %v: %+v", err, m.Accounts[0])
		}
		ctx, cancel := context.WithCancel(t.Context())
		stopped := func(p *Plan) { p.Resume, p.Progress = true, func(Progress) { cancel() } }
		if m, err = collect(ctx, t, estate(t), folder, stopped); err != nil || m.Accounts[0].SHA256 != before.Accounts[0].SHA256 {
			t.Errorf("what there is, is lost: %v: %+v", err, m.Accounts[0])
		}
		e = estate(t)
		if m, err = collect(t.Context(), t, e, folder, again); err != nil || m.Accounts[0].Status != Complete || m.Accounts[0].Failure != nil {
			t.Errorf("%v: %+v", err, m.Accounts[0])
		}
		if e.Members[one].Count("kms", "GetKeyPolicy") == 0 || e.Members[one].Count("kms", "ListKeys") != 0 {
			t.Error("the policy was not asked for, or what was answered was")
		}
	})
}

// TestInterruptedRun: a run that is stopped leaves a manifest that says what was
// not begun, and can be gone on with.
func TestInterruptedRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, folder := estate(t), t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		m, err := collect(ctx, t, e, folder, func(p *Plan) {
			p.Workers = 1
			p.Progress = func(now Progress) {
				if now.Ended == 1 {
					cancel()
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		same(t, map[string]string{one: "complete", two: "pending", management: "pending", gone: "inactive"}, told(m))
		m, err = collect(t.Context(), t, estate(t), folder, func(p *Plan) { p.Resume = true })
		if err != nil {
			t.Fatal(err)
		}
		same(t, map[string]string{management: "complete", one: "complete", two: "complete", gone: "inactive"}, told(m))

		e = estate(t)
		e.Members[one].Faults = []*awsfake.Fault{{Service: "kms", Operation: "GetKeyPolicy", Effect: awsfake.Hang()}}
		ctx, cancel = context.WithCancel(t.Context())
		m, err = collect(ctx, t, e, t.TempDir(), func(p *Plan) {
			p.Options = func(string) collector.Options {
				return collector.Options{Progress: func(now collector.Progress) {
					if now.Operation == "kms:DescribeKey" {
						cancel()
					}
				}}
			}
			p.Workers = 1
		})
		if err != nil || m.Accounts[0].Status != Interrupted || m.Accounts[0].File == "" {
			t.Errorf("%v: %+v", err, m.Accounts[0])
		}
	})
}

func TestSelection(t *testing.T) {
	parse := func(texts ...string) (list []Selector) {
		for _, text := range texts {
			one, err := ParseSelector(text)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, one)
		}
		return list
	}
	tests := []struct {
		name          string
		include, skip []Selector
		accounts      []Account
		want          map[string]string
	}{
		{"a unit", parse("ou-root-workload"), nil, nil, map[string]string{management: "skipped", one: "complete", two: "skipped"}},
		{"not a unit", nil, parse("ou-root-sandboxes"), nil, map[string]string{management: "complete", one: "complete", two: "skipped"}},
		{"skip goes before", parse("r-root"), parse(one), nil, map[string]string{management: "complete", one: "skipped", two: "complete"}},
		{"a tag", parse("tag:env=prod", two), nil, nil, map[string]string{management: "skipped", one: "complete", two: "complete"}},
		{"not a tag", nil, parse("tag:env=prod"), nil, map[string]string{management: "complete", one: "skipped", two: "complete"}},
		{"a list", nil, parse(two), []Account{{ID: one}, {ID: two}, {ID: "555555555555"}}, map[string]string{
			management: "skipped", one: "complete", two: "skipped", "555555555555": "failed sts:AssumeRole AccessDenied",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m, err := collect(t.Context(), t, estate(t), t.TempDir(), func(p *Plan) {
					p.Selection, p.Accounts = Selection{test.include, test.skip}, test.accounts
					if err := p.Selection.Check(p.Tree); err != nil {
						t.Error(err)
					}
				})
				if err != nil {
					t.Fatal(err)
				}
				test.want[gone] = "inactive"
				same(t, test.want, told(m))
			})
		})
	}
	for _, bad := range []string{"", "11111111111", "tag:x", "tag:=x", "ou-1", "prod"} {
		if _, err := ParseSelector(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

// TestSelectionUnknown: an account whose tags are not known is neither skipped nor
// collected, and told; a unit that is not there is a mistake.
func TestSelectionUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := estate(t)
		e.Hub.Faults = []*awsfake.Fault{{Operation: "ListTagsForResource", Resource: one, Effect: awsfake.Denied()}}
		prod, err := ParseSelector("tag:env=prod")
		if err != nil {
			t.Fatal(err)
		}
		m, err := collect(t.Context(), t, e, t.TempDir(), func(p *Plan) {
			p.Selection.Skip = []Selector{prod}
			for _, text := range []string{"ou-root-nowhere0", "555555555555"} {
				none, err := ParseSelector(text)
				if err == nil {
					err = Selection{Skip: []Selector{none}}.Check(p.Tree)
				}
				if err == nil || !strings.Contains(err.Error(), text) {
					t.Errorf("%s: %v", text, err)
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		same(t, map[string]string{management: "complete", one: "failed organizations:ListTagsForResource AccessDeniedException", two: "complete", gone: "inactive"}, told(m))
	})
}

func TestParseAccounts(t *testing.T) {
	want := []Account{{ID: one, Name: "the first"}, {ID: two}}
	got, err := ParseAccounts("a", []byte("# ours\n"+one+", the first\n\n "+two+" # and so on\n"))
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	got, err = ParseAccounts("a", []byte(`{"Accounts": [{"Id": "`+one+`", "Name": "the first", "Email": "x", "Status": "ACTIVE"}]}`))
	if diff := cmp.Diff([]Account{{one, "the first", "ACTIVE"}}, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for text, want := range map[string]string{
		"": "no account", "12\n": `a:1: "12"`, one + "\n" + one: "a:2: account " + one + " stands twice, first in line 1",
		`{"Accounts": [], "NextToken": "x"}`: "--max-items", `{"Accounts": [{"Id": 7}]}`: "a:1:22: /Accounts/0/Id", `{"Accounts": [{"Id": "x"}]}`: "/Accounts/0", `{}`: "no account",
	} {
		if _, err := ParseAccounts("a", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

// TestManifestIsForeign: a manifest is read like any other input.
func TestManifestIsForeign(t *testing.T) {
	entry := func(more string) string {
		return fmt.Sprintf(`{"schema": "kmsaudit.manifest/v1", "accounts": [{"id": %q, %s}]}`, one, more)
	}
	hash := strings.Repeat("a", 64)
	for text, want := range map[string]string{
		`{"schema": "kmsaudit.manifest/v2"}`:          `/schema: schema "kmsaudit.manifest/v2"`,
		`{"schema": `:                                 "ends early",
		entry(`"status": "fine"`):                     `"fine" is not one of`,
		entry(`"status": "complete"`):                 "has a file and its checksum",
		entry(`"status": "failed", "file": "x.json"`): "has a file and its checksum",
		entry(`"status": "complete", "file": "../` + one + `.json", "sha256": "` + hash + `"`): "the file of account",
		entry(`"status": "complete", "file": "` + two + `.json", "sha256": "` + hash + `"`):    "the file of account",
		entry(`"status": "complete", "file": "` + one + `.json", "sha256": "x"`):               "64 digits",
		entry(`"status": "pending"}, {"id": "` + one + `", "status": "pending"`):               "/accounts/1: the account stands twice",
		entry(`"status": "pending", "more": 1`):                                                "does not know the field",
		`{"schema": "kmsaudit.manifest/v1", "accounts": [{"id": "x", "status": "pending"}]}`:   "12 digits",
	} {
		if _, err := decodeManifest("m", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}
