package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/drift"
)

const referenceKey = "arn:aws:kms:us-east-1:522814710681:key/cac96933-72ff-0000-0000-000000000000"

// changed writes new.json: snapshot.json with changes.
func changed(t *testing.T, changes ...func(*snapshot.Snapshot)) {
	t.Helper()
	f, err := snapshot.ReadFile("snapshot.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range changes {
		change(f.Snapshot)
	}
	if err := snapshot.WriteFile("new.json", f.Snapshot); err != nil {
		t.Fatal(err)
	}
}

// keyPolicy replaces the text of the key policy.
func keyPolicy(t *testing.T, s *snapshot.Snapshot, edit func(statements []string) []string) {
	t.Helper()
	doc, _ := s.Keys[0].Policy.Get()
	var policy struct{ Statement []json.RawMessage }
	decodeJSON(t, string(doc.JSON()), &policy)
	var list []string
	for _, one := range policy.Statement {
		list = append(list, string(one))
	}
	s.Keys[0].Policy = snapshot.ReadDocument("kms:GetKeyPolicy", `{"Version":"2012-10-17","Statement":[`+strings.Join(edit(list), ",")+`]}`)
}

func allows(who, action string) string {
	return `{"Sid":"added","Effect":"Allow","Principal":{"AWS":"` + who + `"},"Action":"` + action + `","Resource":"*"}`
}

// twoSnapshots leaves two snapshots that differ in many ways, and two folders: one
// account of them changed as the snapshots did, one came, one went, one is unread.
func twoSnapshots(t *testing.T) {
	t.Helper()
	alone(t)
	changed(t, func(s *snapshot.Snapshot) {
		keyPolicy(t, s, func(list []string) []string {
			return append(list, allows("arn:aws:iam::999999999999:role/a-role-with-a-name-that-is-rather-long-for-a-terminal", "kms:Decrypt"))
		})
		m, _ := s.Keys[0].Metadata.Get()
		m.State = "PendingDeletion"
		s.Keys[0].Metadata = snapshot.Of(m)
		s.Buckets[0].Encryption = snapshot.Reading[snapshot.Encryption]{State: snapshot.Denied, Operation: "s3:GetEncryptionConfiguration", Code: "AccessDenied"}
		s.Buckets[1].Tags = snapshot.Of(map[string]string{"Environment": "prod"})
		s.Roles[1].InlinePolicies = snapshot.Of([]snapshot.NamedPolicy{})
	})
	in := func(folder, file, account string) {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(folder, account+".json"), strings.ReplaceAll(read(t, file), "522814710681", account))
	}
	const one, two, three, four = "100000000001", "100000000002", "100000000003", "100000000004"
	in("old", "snapshot.json", one)
	in("new", "new.json", one)
	in("old", "snapshot.json", two)
	in("new", "snapshot.json", two)
	in("old", "snapshot.json", three)
	in("new", "snapshot.json", four)
}

func compareFiles(t *testing.T, args ...string) (*drift.Diff, answer) {
	t.Helper()
	got := call(t, append([]string{"diff", "snapshot.json", "new.json", "-f", "json"}, args...)...)
	d := &drift.Diff{}
	decodeJSON(t, got.stdout, d)
	return d, got
}

// TestDiff holds what a change comes to, and the exit code, to what it should be.
func TestDiff(t *testing.T) {
	const other = "arn:aws:iam::999999999999:root"
	metadata := func(state string) func(*snapshot.Snapshot) {
		return func(s *snapshot.Snapshot) {
			m, _ := s.Keys[0].Metadata.Get()
			m.State = state
			s.Keys[0].Metadata = snapshot.Of(m)
		}
	}
	edit := func(change func([]string) []string) func(*snapshot.Snapshot) {
		return func(s *snapshot.Snapshot) { keyPolicy(t, s, change) }
	}
	add := func(statement string) func(*snapshot.Snapshot) {
		return edit(func(list []string) []string { return append(list, statement) })
	}
	for _, tc := range []struct {
		name   string
		change func(*snapshot.Snapshot)
		args   []string
		code   int
		says   string
		holds  func(*drift.Diff) bool
	}{
		{name: "nothing", change: func(*snapshot.Snapshot) {}, holds: (*drift.Diff).Empty},
		{name: "roles in another order", change: func(s *snapshot.Snapshot) { slices.Reverse(s.Roles) }, holds: (*drift.Diff).Empty},
		{
			name: "a statement twice, and first", holds: (*drift.Diff).Empty,
			change: edit(func(list []string) []string {
				return append([]string{strings.Replace(list[0], "kms:*", "KMS:*", 1)}, list[1:]...)
			}),
		},
		{
			name: "somebody is let in", change: add(allows(other, "kms:Decrypt")), code: exitFindings, says: "1 group of principals gained access to keys",
			holds: func(d *drift.Diff) bool {
				a := d.Access
				return len(a) == 1 && a[0].Way == access.Gained && slices.Equal(a[0].Principals, []string{other}) && slices.Equal(a[0].Keys, []string{referenceKey}) &&
					slices.Equal(a[0].Actions, []string{"kms:Decrypt"}) && len(a[0].Because) == 1 && strings.Contains(a[0].Because[0].What, "(added) of the key policy came") && a[0].Because[0].Place.Line > 0
			},
		},
		{
			name: "what was let in already", change: add(allows("arn:aws:iam::522814710681:root", "kms:Decrypt")),
			holds: func(d *drift.Diff) bool { return len(d.Access) == 0 && len(d.Settings) == 1 }, args: []string{"--fail-on", "critical"},
		},
		{
			name: "the key is disabled", change: metadata("Disabled"), args: []string{"--fail-on", "critical"},
			holds: func(d *drift.Diff) bool {
				return len(d.Settings) == 1 && d.Settings[0] == drift.Setting{Resource: referenceKey, Name: "metadata.state", Was: "Enabled", Now: "Disabled"}
			},
		},
		{
			name: "the key policy is not read", code: exitIncomplete, says: "the comparison is incomplete",
			change: func(s *snapshot.Snapshot) {
				s.Keys[0].Policy = snapshot.Reading[snapshot.Document]{State: snapshot.Denied, Operation: "kms:GetKeyPolicy", Code: "AccessDenied"}
			},
			args: []string{"--fail-on", "critical"},
			holds: func(d *drift.Diff) bool {
				return d.Count(access.Gained)+d.Count(access.Lost) == 0 && d.Count(access.Unclear) > 0 && len(d.Unread) == 1 && len(d.Findings.Unjudged) > 0
			},
		},
		{
			name: "roles are not listed", code: exitIncomplete, says: "the comparison is incomplete",
			change: func(s *snapshot.Snapshot) {
				s.Roles = nil
				for i := range s.Coverage {
					if s.Coverage[i].Service == "iam" {
						s.Coverage[i].State = snapshot.Denied
					}
				}
			},
			args:  []string{"--fail-on", "critical"},
			holds: func(d *drift.Diff) bool { return d.Count(access.Lost) == 0 && len(d.Hidden) > 0 },
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			alone(t)
			changed(t, tc.change)
			d, got := compareFiles(t, tc.args...)
			if got.code != tc.code || !strings.Contains(got.stderr, tc.says) {
				t.Errorf("exit code %d, want %d; stderr %q", got.code, tc.code, got.stderr)
			}
			if !tc.holds(d) {
				t.Errorf("not as it should be:\n%s", got.stdout)
			}
			if (tc.code != exitOK) != (strings.Count(got.stderr, "\n") >= 2) {
				t.Errorf("exit code %d is not explained: %q", got.code, got.stderr)
			}
		})
	}
}

// TestDiffSchema holds comparisons to the schema that is published.
func TestDiffSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "rules", "drift", "diff.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	alone(t)
	changed(t, func(s *snapshot.Snapshot) {
		keyPolicy(t, s, func(list []string) []string { return append(list, allows("arn:aws:iam::999999999999:root", "kms:*")) })
		s.Buckets[0].Policy = snapshot.Reading[snapshot.Document]{State: snapshot.Failed}
	})
	got := call(t, "diff", "snapshot.json", "new.json", "-f", "json")
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(got.stdout))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Error(err)
	}
}

// TestDiffHostile holds names that try to steer a terminal or a page to being
// harmless.
func TestDiffHostile(t *testing.T) {
	alone(t)
	changed(t, func(s *snapshot.Snapshot) {
		keyPolicy(t, s, func(list []string) []string {
			return append(list, strings.Replace(allows("arn:aws:iam::999999999999:root", "kms:Decrypt"), "added", `<script>\u001b[2J\u202e|a\nb`, 1))
		})
		s.Buckets[0].Tags = snapshot.Of(map[string]string{"a\x1b]0;x\x07": "<img src=x>\u202e"})
	})
	for _, format := range []string{"table", "markdown"} {
		got := call(t, "diff", "snapshot.json", "new.json", "-f", format)
		for _, bad := range []string{"\x1b", "\x07", "\u202e"} {
			if strings.Contains(got.stdout, bad) {
				t.Errorf("%s holds %q:\n%s", format, bad, got.stdout)
			}
		}
		if format == "markdown" && (strings.Contains(strings.ReplaceAll(got.stdout, `\<`, ""), "<script") || strings.Contains(strings.ReplaceAll(got.stdout, `\<`, ""), "<img")) {
			t.Errorf("markdown holds HTML:\n%s", got.stdout)
		}
	}
}

// TestDiffUsage holds wrong usage to the exit code 2.
func TestDiffUsage(t *testing.T) {
	alone(t)
	write(t, "other.json", strings.ReplaceAll(read(t, "snapshot.json"), "522814710681", "111122223333"))
	for args, says := range map[string]string{
		"diff snapshot.json":                                             "needs the files of two snapshots",
		"diff snapshot.json other.json":                                  "compare snapshots of one account",
		"diff snapshot.json snapshot.json --action s3:No":                "is no action of KMS",
		"diff snapshot.json none.json":                                   "read snapshot none.json",
		"diff snapshot.json snapshot.json --width -1":                    "less than nothing",
		"diff snapshot.json snapshot.json -f sarif":                      "is not one of table, json, markdown",
		"diff snapshot.json snapshot.json --waivers none.yaml":           "none.yaml",
		"diff snapshot.json snapshot.json --fail-on bad --action kms:Ab": "bad",
	} {
		if got := call(t, strings.Fields(args)...); got.code != exitUsage || !strings.Contains(got.stderr, says) {
			t.Errorf("%s: exit code %d, stderr %q", args, got.code, got.stderr)
		}
	}
}
