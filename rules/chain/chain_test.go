package chain

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

const (
	account = "522814710681"
	theKey  = "arn:aws:kms:us-east-1:" + account + ":key/cac96933-72ff-0000-0000-000000000000"
	theRole = "arn:aws:iam::" + account + ":role/cmtr-4n6e9j62-iam-sewk-iam_role"
	object2 = "arn:aws:s3:::bucket-695267-2/confidential_credentials.csv"
)

func intent() facts.Intent {
	return facts.Intent{
		Requirements: []facts.Requirement{{
			Name: "confidential", Principals: []string{theRole}, Key: theKey, Actions: []string{"kms:Decrypt", "kms:GenerateDataKey*"},
			Buckets: []facts.RequiredBucket{{
				Name: "bucket-695267-2", Operations: []string{"PutObject", "GetObject"}, Objects: []string{"confidential_credentials.csv"},
			}},
		}},
	}
}

// world is the reference account with some of its text replaced.
func world(t *testing.T, want facts.Intent, replace ...string) *World {
	t.Helper()
	raw, err := os.ReadFile("../../testdata/reference/snapshot.json")
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(text, replace[i]) {
			t.Fatalf("%q is not in the snapshot", replace[i])
		}
		text = strings.Replace(text, replace[i], replace[i+1], 1)
	}
	path := filepath.Join(t.TempDir(), "snapshot.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := snapshot.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return New(file, want, nil)
}

func explain(t *testing.T, w *World, resource string) *Chain {
	t.Helper()
	r, err := w.Find(resource)
	if err != nil {
		t.Fatal(err)
	}
	return w.Explain(r, &report.Results{})
}

// has tells whether a link of the kind has a line in the state that holds the
// text, in itself or in its reason.
func has(c *Chain, kind string, state State, text string) bool {
	return slices.ContainsFunc(c.Links, func(l Link) bool {
		return l.Kind == kind && slices.ContainsFunc(l.Lines, func(line Line) bool {
			return line.State == state && strings.Contains(line.Text+"|"+line.Reason+"|"+strings.Join(line.Mends, "|"), text)
		})
	})
}

// drawn is a chain's paths in one line each.
func drawn(c *Chain) []string {
	var paths []string
	for _, p := range c.Paths {
		var steps []string
		for _, s := range p.Steps {
			steps = append(steps, strings.Join(s.Requests, "+")+"> "+s.Name+" ("+s.Note+")")
		}
		paths = append(paths, strings.Join(steps, " "))
	}
	return paths
}

// policyDenied replaces the key policy by a refusal.
func policyDenied(t *testing.T) []string {
	t.Helper()
	raw, err := os.ReadFile("../../testdata/reference/snapshot.json")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(raw), `"origin": "AWS_KMS"`)
	from := strings.Index(rest, `"policy": {`)
	to := strings.Index(rest, `"grants": {`)
	return []string{rest[from:to], `"policy": {"state": "denied", "operation": "kms:GetKeyPolicy", "code": "AccessDeniedException"}, `}
}

func TestVariants(t *testing.T) {
	const refused = "AWS refused kms:GetKeyPolicy (AccessDeniedException)"
	const keyGiven = `"algorithm": "aws:kms",
              "key": "` + theKey + `"`
	type want struct {
		kind  string
		state State
		text  string
	}
	for _, tc := range []struct {
		name, resource string
		none           bool // no configuration
		replace        []string
		want           []want
		path           string // a part of the first path
		incomplete     int
	}{
		{
			name: "key", resource: "alias/confidential", path: "kms:GenerateDataKey+kms:Decrypt> cac96933-72ff-0000-0000-000000000000 (Enabled)",
			want: []want{
				{"key", OK, "Enabled"},
				{"key", OK, "rotation: off"},
				{"key", OK, "alias/confidential"},
				{"key_policy", OK, "Allow the account: kms:*; the account's IAM policies decide who"},
				{"grants", Absent, "no grants"},
				{"users", Allowed, "kms:Decrypt, kms:Encrypt, kms:GenerateDataKey by role KeyAdmin (delegation)"},
				{"default_of", OK, "bucket bucket-695267-2"},
				{"objects", OK, "s3://bucket-695267-2/confidential_credentials.csv"},
				{"required_actions", Allowed, "kms:Decrypt, kms:GenerateDataKey"},
				{"requirements", OK, "requirement confidential"},
			},
		},
		{
			name: "key policy refused", resource: theKey, replace: policyDenied(t), incomplete: 1,
			path: "kms:GenerateDataKey unknown+kms:Decrypt unknown>",
			want: []want{{"key_policy", Unknown, refused}, {"users", Unknown, refused}, {"required_actions", Unknown, refused}},
		},
		{
			name: "role, key policy refused", resource: theRole, replace: policyDenied(t),
			want: []want{{"operations", Unknown, refused}, {"usable_keys", Unknown, refused}},
		},
		{
			name: "disabled", resource: "bucket-695267-2", replace: []string{`"state": "Enabled"`, `"state": "Disabled"`}, path: "(Disabled)",
			want: []want{{"key", Denied, "Disabled: KMS refuses to use it"}, {"default_encryption", Denied, "S3 cannot use it: the key is disabled"}, {"objects", Denied, "cannot be read"}},
		},
		{
			name: "the default's key is missing", resource: "bucket-695267-2",
			replace: []string{keyGiven, `"algorithm": "aws:kms", "key": "arn:aws:kms:us-east-1:` + account + `:key/00000000-0000-0000-0000-000000000000"`},
			want: []want{
				{"default_encryption", Denied, "S3 cannot use it: the key does not exist"},
				{"key", Absent, "it does not exist"},
				{"operations", Denied, "does not exist"},
			},
			path: "kms:GenerateDataKey denied",
		},
		{
			name: "the default is an alias", resource: "bucket-695267-2", replace: []string{keyGiven, `"algorithm": "aws:kms", "key": "alias/confidential"`},
			want: []want{{"default_encryption", OK, "names its key by the alias alias/confidential, which stands for " + theKey}, {"operations", Allowed, "kms:GenerateDataKey"}},
		},
		{
			name: "the default names no key", resource: "bucket-695267-2", none: true, replace: []string{keyGiven, `"algorithm": "aws:kms"`},
			want: []want{{"default_encryption", OK, "aws/s3"}, {"key", Absent, "AWS makes and manages it"}}, path: "aws/s3 (managed by AWS)",
		},
		{
			name: "upload denied", resource: theRole, replace: []string{`"kms:GenerateDataKey*",` + "\n", ""}, path: "kms:GenerateDataKey denied+kms:Decrypt>",
			want: []want{
				{"operations", Denied, "PutObject, its KMS half"},
				{"operations", Denied, "add a statement to an identity policy of the principal"},
				{"operations", Allowed, "GetObject, its KMS half"},
				{"required_actions", Denied, "no Allow in"},
			},
		},
		{
			name: "bucket encryption refused", resource: "bucket-695267-1", incomplete: 1,
			replace: []string{`"state": "ok",
        "value": {
          "rules": [
            {
              "algorithm": "AES256",
              "bucket_key": false,
              "blocked_types": [
                "NONE"
              ]
            }
          ]
        }`, `"state": "denied", "operation": "s3:GetEncryptionConfiguration", "code": "AccessDenied"`},
			want: []want{{"default_encryption", Unknown, "AWS refused s3:GetEncryptionConfiguration (AccessDenied)"}}, path: "(default not known)",
		},
		{
			name: "object", resource: "s3://bucket-695267-2/confidential_credentials.csv", path: "confidential_credentials.csv (under the key)",
			want: []want{{"object", OK, "by a requirement"}, {"operations", Allowed, "GetObject, its KMS half"}},
		},
		{
			name: "a copy", resource: "s3://bucket-695267-1/confidential_credentials.csv", path: "(AES256, not under the key)",
			want: []want{{"object", OK, "in another bucket"}},
		},
		{
			name: "without a configuration", resource: theKey, none: true, path: "3 principals",
			want: []want{{"users", Allowed, "role cmtr"}},
		},
		{
			name: "administrator", resource: "role/KeyAdmin", none: true, path: "kms:Decrypt+kms:Encrypt+kms:GenerateDataKey> cac96933",
			want: []want{{"policies", OK, "managed policy AdministratorAccess, statement 1: Allow: * on *; that is every key there is"}, {"trust", OK, "Allow the account: sts:AssumeRole"}},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			meant := intent()
			if tc.none {
				meant = facts.Intent{}
			}
			c := explain(t, world(t, meant, tc.replace...), tc.resource)
			for _, w := range tc.want {
				if !has(c, w.kind, w.state, w.text) {
					t.Errorf("no line %v in %+v", w, c.Links)
				}
			}
			if !strings.Contains(strings.Join(drawn(c), "\n"), tc.path) {
				t.Errorf("paths are %q", drawn(c))
			}
			if len(c.Incomplete) != tc.incomplete {
				t.Errorf("incomplete: %q", c.Incomplete)
			}
			for _, l := range c.Links {
				for _, line := range l.Lines {
					if (line.State == Unknown) != (line.Reason != "") {
						t.Errorf("%s: %+v", l.Title, line)
					}
					for _, p := range line.Places {
						if p.Pointer != "" && p.Line == 0 {
							t.Errorf("%s: no line for %s", l.Title, p.Pointer)
						}
					}
				}
			}
		})
	}
}

func TestFind(t *testing.T) {
	iam := `"operation": "iam:GetAccountAuthorizationDetails",
      "state": "ok"`
	for _, tc := range []struct {
		name, text string
		replace    []string
		arn        string // "" for an error
		says       string
		unread     bool
	}{
		{name: "id", text: "cac96933-72ff-0000-0000-000000000000", arn: theKey},
		{name: "alias ARN", text: "arn:aws:kms:us-east-1:" + account + ":alias/confidential", arn: theKey},
		{name: "bucket", text: "bucket-695267-2", arn: "arn:aws:s3:::bucket-695267-2"},
		{name: "bucket URL", text: "s3://bucket-695267-2/", arn: "arn:aws:s3:::bucket-695267-2"},
		{name: "object ARN", text: object2, arn: object2},
		{name: "role id", text: "AROAEXAMPLEIAMSEWK000", arn: theRole},
		{name: "session", text: "arn:aws:sts::" + account + ":assumed-role/cmtr-4n6e9j62-iam-sewk-iam_role/i-1", arn: theRole},
		{name: "nothing", text: "", says: "is empty"},
		{name: "typo", text: "KeyAdmim", says: "no key, bucket, role or user KeyAdmim"},
		{name: "other account", text: "arn:aws:kms:us-east-1:111122223333:key/x", says: "is of account 111122223333"},
		{name: "other service", text: "arn:aws:sns:us-east-1:" + account + ":x", says: "is not the ARN of"},
		{name: "another Region", text: "arn:aws:kms:eu-west-1:" + account + ":key/x", says: "whether there is one is not known", unread: true},
		{name: "object nobody asked for", text: "s3://bucket-695267-2/x", says: "nobody asked for it", unread: true},
		{name: "bucket listing is complete", text: "arn:aws:s3:::nobody", says: "no bucket"},
		{name: "roles unread", text: "nobody", replace: []string{iam, strings.Replace(iam, `"ok"`, `"denied", "code": "AccessDenied"`, 1)}, says: "AWS refused iam:GetAccountAuthorizationDetails (AccessDenied)", unread: true},
		{name: "roles unread, a key is asked for", text: "key/nobody", replace: []string{iam, strings.Replace(iam, `"ok"`, `"denied"`, 1)}, says: "no key nobody"},
		{name: "twice", text: "bucket-695267-2", replace: []string{`"name": "KeyAdmin"`, `"name": "bucket-695267-2"`}, says: "is the name of 2 resources: arn:aws:s3:::bucket-695267-2, arn:aws:iam"},
		{name: "told apart", text: "bucket/bucket-695267-2", replace: []string{`"name": "KeyAdmin"`, `"name": "bucket-695267-2"`}, arn: "arn:aws:s3:::bucket-695267-2"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, err := world(t, facts.Intent{}, tc.replace...).Find(tc.text)
			if tc.arn != "" {
				if err != nil || r.ARN != tc.arn {
					t.Fatalf("got %+v, %v", r, err)
				}
				return
			}
			var missing *Missing
			if err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Fatalf("got %+v, %v", r, err)
			}
			if unread := errors.As(err, &missing) && missing.Unread != ""; unread != tc.unread {
				t.Errorf("unread is %v: %v", unread, err)
			}
		})
	}
}

// TestNamed holds what is not there to saying who names it.
func TestNamed(t *testing.T) {
	meant := intent()
	meant.Requirements[0].Key = strings.Replace(theKey, "cac9", "dddd", 1)
	_, err := world(t, meant).Find(meant.Requirements[0].Key)
	var missing *Missing
	if !errors.As(err, &missing) || !slices.Equal(missing.Names, []string{"the requirement confidential"}) {
		t.Errorf("got %+v", err)
	}
}
