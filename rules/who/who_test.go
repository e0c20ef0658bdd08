package who

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/chain"
)

const (
	theKey  = "arn:aws:kms:us-east-1:522814710681:key/cac96933-72ff-0000-0000-000000000000"
	theRole = "arn:aws:iam::522814710681:role/cmtr-4n6e9j62-iam-sewk-iam_role"
	admin   = "arn:aws:iam::522814710681:role/KeyAdmin"
	root    = "arn:aws:iam::522814710681:root"
	under   = "bucket-695267-2" // under theKey
	plain   = "bucket-695267-1"
)

// reference is the reference account, changed, and read from a file again.
func reference(t *testing.T, changes ...func(*snapshot.Snapshot)) *snapshot.File {
	t.Helper()
	f, err := snapshot.ReadFile("../../testdata/reference/snapshot.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range changes {
		change(f.Snapshot)
	}
	path := filepath.Join(t.TempDir(), f.Snapshot.Account.ID+".json")
	if err := snapshot.WriteFile(path, f.Snapshot); err != nil {
		t.Fatal(err)
	}
	if f, err = snapshot.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	return f
}

func document(statements ...string) snapshot.Reading[snapshot.Document] {
	text := `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
	return snapshot.ReadDocument("test", text)
}

func roleOf(s *snapshot.Snapshot, arn string) *snapshot.Role {
	return &s.Roles[slices.IndexFunc(s.Roles, func(r snapshot.Role) bool { return r.ARN == arn })]
}

// grantTo leaves a role nothing but the statements.
func grantTo(s *snapshot.Snapshot, arn string, statements ...string) {
	r := roleOf(s, arn)
	r.AttachedPolicies = snapshot.Of([]snapshot.PolicyRef{})
	r.InlinePolicies = snapshot.Of([]snapshot.NamedPolicy{{Name: "p", Document: document(statements...)}})
}

func trusts(s *snapshot.Snapshot, arn, statement string) {
	roleOf(s, arn).TrustPolicy = document(statement)
}

func disabled(s *snapshot.Snapshot) {
	m, _ := s.Keys[0].Metadata.Get()
	m.State = "Disabled"
	s.Keys[0].Metadata = snapshot.Of(m)
}

func can(t *testing.T, w *World, action, given string) *Can {
	t.Helper()
	answer, err := w.Can(action, given)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// told writes uses on a line each.
func told(list []Use) []string {
	var lines []string
	for _, u := range list {
		line := u.Who[strings.LastIndexAny(u.Who, ":/")+1:] + " " + u.Verdict.String() + " by " + strings.Join(u.Paths, ", ")
		if len(u.If) > 0 {
			line += " if " + strings.Join(u.If, " and ")
		}
		lines = append(lines, line)
	}
	return lines
}

func TestCan(t *testing.T) {
	w := New(reference(t))
	for _, tc := range []struct {
		action, given string
		key, resource string
		actions       []string
		want          []string
	}{
		{"kms:Decrypt", theKey, theKey, theKey, []string{"kms:Decrypt"}, []string{
			"KeyAdmin Allowed by delegation", "cmtr-4n6e9j62-iam-sewk-iam_role Allowed by delegation", "root Allowed by delegation",
		}},
		{"kms:putkeypolicy", "alias/confidential", theKey, theKey, []string{"kms:PutKeyPolicy"}, []string{"KeyAdmin Allowed by delegation", "root Allowed by delegation"}},
		{"kms:DisableKey*", under, theKey, theKey, []string{"kms:DisableKey", "kms:DisableKeyRotation"}, []string{"KeyAdmin Allowed by delegation", "root Allowed by delegation"}},
		{"s3:GetObject", under, theKey, "arn:aws:s3:::" + under + "/*", []string{"s3:GetObject", "kms:Decrypt"}, []string{
			"KeyAdmin Allowed by delegation, identity policy", "cmtr-4n6e9j62-iam-sewk-iam_role Allowed by delegation, identity policy", "root Allowed by delegation, identity policy",
		}},
		{"putobject", "arn:aws:s3:::" + under + "/a/b", theKey, "arn:aws:s3:::" + under + "/a/b", []string{"s3:PutObject", "kms:GenerateDataKey"}, []string{
			"KeyAdmin Allowed by delegation, identity policy", "cmtr-4n6e9j62-iam-sewk-iam_role Allowed by delegation, identity policy", "root Allowed by delegation, identity policy",
		}},
		{"s3:GetObject", "s3://" + plain + "/*", "", "arn:aws:s3:::" + plain + "/*", []string{"s3:GetObject"}, []string{
			"KeyAdmin Allowed by identity policy", "cmtr-4n6e9j62-iam-sewk-iam_role Allowed by identity policy", "root Allowed by identity policy",
		}},
		{"s3:PutEncryptionConfiguration", plain, "", "arn:aws:s3:::" + plain, []string{"s3:PutEncryptionConfiguration"}, []string{
			"KeyAdmin Allowed by identity policy", "root Allowed by identity policy",
		}},
	} {
		answer := can(t, w, tc.action, tc.given)
		if answer.Key != tc.key || answer.Resource != tc.resource || !slices.Equal(answer.Actions, tc.actions) {
			t.Errorf("%s %s: %q on %q, key %q", tc.action, tc.given, answer.Actions, answer.Resource, answer.Key)
		}
		if got := told(answer.Holders); !slices.Equal(got, tc.want) || len(answer.Unread) > 0 {
			t.Errorf("%s %s: got %q, want %q; unread %v", tc.action, tc.given, got, tc.want, answer.Unread)
		}
		for _, h := range answer.Holders {
			for _, s := range h.By {
				if s.Place.Line == 0 {
					t.Errorf("%s %s: no line for %s", tc.action, tc.given, s.What)
				}
			}
			if h.Who != root && len(h.By) == 0 {
				t.Errorf("%s %s: nothing gives it to %s", tc.action, tc.given, h.Who)
			}
		}
	}
}

// TestCanTakeovers holds the ways in which somebody could give itself access to
// their statements, those of S3 among them.
func TestCanTakeovers(t *testing.T) {
	w := New(reference(t, func(s *snapshot.Snapshot) {
		grantTo(s, theRole, `{"Sid":"Write","Effect":"Allow","Action":["s3:PutBucketPolicy","kms:Decrypt"],"Resource":"*"}`)
	}))
	answer := can(t, w, "s3:GetObject", under)
	if len(answer.Takeovers) != 1 {
		t.Fatalf("takeovers %+v", answer.Takeovers)
	}
	taker := answer.Takeovers[0]
	if taker.Who != theRole || taker.Verdict != access.Allowed || len(taker.Steps) != 1 || !slices.Equal(taker.Steps[0].Actions, []string{"s3:PutBucketPolicy"}) {
		t.Errorf("got %+v", taker)
	}
	if s := taker.Steps[0]; s.On != "arn:aws:s3:::"+under || len(s.Allowed) != 1 || !strings.Contains(s.Allowed[0].What, "Write") || s.Allowed[0].Place.Line == 0 {
		t.Errorf("the step is %+v", s)
	}
	if left := can(t, w, "kms:Decrypt", under).Takeovers; len(left) != 0 {
		t.Errorf("who can decrypt already takes over: %+v", left)
	}
}

func TestCanConditions(t *testing.T) {
	w := New(reference(t, disabled, func(s *snapshot.Snapshot) {
		grantTo(s, theRole, `{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"s3:x-amz-server-side-encryption":"aws:kms"}}}`,
			`{"Effect":"Allow","Action":"kms:*","Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}}`)
	}))
	answer := can(t, w, "s3:PutObject", under)
	if answer.State != "Disabled" {
		t.Errorf("the key is %q", answer.State)
	}
	for _, h := range answer.Holders {
		if h.Who != theRole {
			continue
		}
		if h.Verdict != access.Depends || len(h.If) != 1 || !strings.Contains(h.If[0], "x-amz-server-side-encryption") {
			t.Errorf("it hangs on %q", h.If)
		}
		if len(h.Requests) != 2 || h.Requests[0].Verdict != access.Depends || h.Requests[1].Verdict != access.Allowed {
			t.Errorf("requests %+v", h.Requests)
		}
		return
	}
	t.Error("the role is not told")
}

// TestCanUnread holds what was not read to being told.
func TestCanUnread(t *testing.T) {
	for name, change := range map[string]func(*snapshot.Snapshot){
		"bucket policy": func(s *snapshot.Snapshot) {
			s.Buckets[1].Policy = snapshot.Reading[snapshot.Document]{State: snapshot.Denied}
		},
		"encryption": func(s *snapshot.Snapshot) {
			s.Buckets[1].Encryption = snapshot.Reading[snapshot.Encryption]{State: snapshot.Failed}
		},
		"key policy": func(s *snapshot.Snapshot) {
			s.Keys[0].Policy = snapshot.Reading[snapshot.Document]{State: snapshot.Denied}
		},
	} {
		answer := can(t, New(reference(t, change)), "s3:GetObject", under)
		if len(answer.Holders)+len(answer.Takeovers) > 0 || len(answer.Unread) != 1 || answer.Unread[0].Place.Line == 0 {
			t.Errorf("%s: %d holders, unread %+v", name, len(answer.Holders), answer.Unread)
		}
	}
	w := New(reference(t, func(s *snapshot.Snapshot) {
		roleOf(s, theRole).InlinePolicies = snapshot.Reading[[]snapshot.NamedPolicy]{State: snapshot.Denied}
	}))
	for _, action := range []string{"kms:Decrypt", "s3:GetObject"} {
		answer := can(t, w, action, under)
		if len(answer.Unread) == 0 {
			t.Errorf("%s: the role's policies are not told: %q", action, told(answer.Holders))
		}
	}
}

// TestTwoAccounts settles the other side of what crosses accounts.
func TestTwoAccounts(t *testing.T) {
	const partner, visitor = "111122223333", "arn:aws:iam::111122223333:role/visitor"
	open := func(s *snapshot.Snapshot) {
		s.Keys[0].Policy = document(`{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::522814710681:root","arn:aws:iam::111122223333:root"]},"Action":"kms:*","Resource":"*"}`)
		s.Buckets[1].Policy = document(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::` + under + `/*"}`)
	}
	theirs := func(s *snapshot.Snapshot) {
		s.Account.ID = partner
		s.Keys, s.Aliases, s.Buckets, s.Users, s.Groups = nil, nil, nil, nil, nil
		s.Roles = s.Roles[:1]
		s.Roles[0].ARN, s.Roles[0].Name = visitor, "visitor"
		grantTo(s, visitor, `{"Effect":"Allow","Action":["s3:GetObject","kms:Decrypt"],"Resource":"*"}`)
	}
	ours := reference(t, open)
	alone := told(can(t, New(ours), "s3:GetObject", under).Holders)
	both := can(t, New(ours, reference(t, theirs)), "s3:GetObject", under)
	if len(both.Snapshots) != 2 {
		t.Errorf("snapshots %+v", both.Snapshots)
	}
	found := false
	for _, h := range both.Holders {
		if h.Who == visitor {
			found = slices.Equal(h.Paths, []string{"cross-account"}) && slices.ContainsFunc(h.By, func(s Statement) bool { return strings.Contains(s.Place.File, partner) })
		}
	}
	if !found || slices.ContainsFunc(alone, func(line string) bool { return strings.HasPrefix(line, "visitor") }) {
		t.Errorf("alone %q, together %q", alone, told(both.Holders))
	}
	what, err := New(ours, reference(t, theirs)).What(visitor)
	if err != nil || len(what.Keys) != 1 || len(what.Buckets) != 1 {
		t.Errorf("what-can: %+v, %v", what, err)
	}
}

func TestWhat(t *testing.T) {
	w := New(reference(t))
	for _, name := range []string{theRole, "cmtr-4n6e9j62-iam-sewk-iam_role", "role/cmtr-4n6e9j62-iam-sewk-iam_role"} {
		answer, err := w.What(name)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{
			plain + " Allowed by s3", plain + " Allowed by s3", under + " Allowed by s3, kms", under + " Allowed by s3, kms",
		}
		if got := told(answer.Buckets); answer.Principal != theRole || !slices.Equal(got, want) {
			t.Errorf("%s: buckets %q", name, got)
		}
		if len(answer.Keys) != 1 || answer.Keys[0].Who != theKey || answer.Keys[0].State != "Enabled" || !slices.Contains(answer.Keys[0].Actions, "kms:Decrypt") {
			t.Errorf("%s: keys %+v", name, answer.Keys)
		}
	}
}

// TestNames holds names that are not there to errors that say so.
func TestNames(t *testing.T) {
	w := New(reference(t))
	for _, tc := range []struct{ action, given, says string }{
		{"kms:Decrypt", "alias/none", "no key, alias or bucket alias/none"},
		{"kms:Nothing", theKey, "is no action of KMS on keys"},
		{"kms:Decrypt", plain, "does not encrypt with a key of KMS"},
		{"s3:Nothing", under, "is no action of S3"},
		{"s3:GetObject", "none", "no bucket none"},
		{"s3:GetObject", theKey, "is not the ARN of a bucket or object"},
		{"s3:GetObject", "a/b", "is not the name or ARN of a bucket"},
		{"s3:ListBucket", "s3://" + under + "/x", "leave out /x"},
		{"s3:ListAllMyBuckets", under, "neither on buckets nor on objects"},
		{"CreateSession", under, "directory buckets"},
	} {
		if _, err := w.Can(tc.action, tc.given); err == nil || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s %s: %v", tc.action, tc.given, err)
		}
	}
	if _, err := w.What("nobody"); err == nil || !strings.Contains(err.Error(), "no principal nobody") {
		t.Errorf("what-can nobody: %v", err)
	}
	unlisted := New(reference(t, func(s *snapshot.Snapshot) { s.Coverage = nil }))
	for _, ask := range []func() error{
		func() error { _, err := unlisted.Can("kms:Decrypt", "alias/none"); return err },
		func() error { _, err := unlisted.Can("s3:GetObject", "none"); return err },
		func() error { _, err := unlisted.What("nobody"); return err },
	} {
		var missing *chain.Missing
		if err := ask(); !errors.As(err, &missing) || missing.Unread == "" {
			t.Errorf("a listing was not read: %v", err)
		}
	}
}
