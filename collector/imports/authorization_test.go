package imports_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

const detailsFile = "iam_get-account-authorization-details.json"

// details are the authorization details of the world, as IAM's API gives them, and
// the snapshot that holds them.
func details(t *testing.T) (*snapshot.Snapshot, map[string]any) {
	t.Helper()
	s, files := recorded(t, world(t), collector.Options{})
	var tree map[string]any
	if err := json.Unmarshal([]byte(files[detailsFile]), &tree); err != nil {
		t.Fatal(err)
	}
	return s, tree
}

func text(t *testing.T, tree map[string]any) string {
	t.Helper()
	b, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// decoded has the documents as the AWS CLI prints them.
func decoded(t *testing.T, v any) any {
	t.Helper()
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if encoded, ok := member.(string); ok && strings.HasSuffix(name, "Document") {
				plain, err := url.PathUnescape(encoded)
				if err != nil {
					t.Fatal(err)
				}
				v[name] = jsontext.Value(plain)
				continue
			}
			v[name] = decoded(t, member)
		}
	case []any:
		for i := range v {
			v[i] = decoded(t, v[i])
		}
	}
	return v
}

// identities compares what is known of IAM.
func identities(t *testing.T, want, got *snapshot.Snapshot) {
	t.Helper()
	only := func(s *snapshot.Snapshot) *snapshot.Snapshot {
		c, _ := s.Listed("iam:GetAccountAuthorizationDetails", "")
		return &snapshot.Snapshot{
			Schema: snapshot.Schema, Account: s.Account, CollectedAt: day, Coverage: []snapshot.Coverage{c},
			Users: s.Users, Groups: s.Groups, Roles: s.Roles, ManagedPolicies: s.ManagedPolicies,
		}
	}
	same(t, only(want), only(got))
}

// TestAuthorizationDetails: as the API gives them, as the AWS CLI prints them, and
// in several pages, under any name.
func TestAuthorizationDetails(t *testing.T) {
	want, tree := details(t)
	raw := text(t, tree)
	identities(t, want, imported(t, map[string]string{"details.json": raw}))
	pages := func() map[string]string {
		page := func(keep string, more bool) string {
			_, tree := details(t)
			for _, list := range []string{"UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"} {
				if list != keep && !(keep == "UserDetailList" && list == "GroupDetailList") {
					tree[list] = []any{}
				}
			}
			tree["IsTruncated"], tree["Marker"] = more, keep
			if !more {
				delete(tree, "Marker")
			}
			return text(t, tree)
		}
		return map[string]string{"a.json": page("RoleDetailList", false), "b.json": page("UserDetailList", true), "c.json": page("Policies", true)}
	}
	identities(t, want, imported(t, pages()))

	plain, ok := decoded(t, tree).(map[string]any)
	if !ok {
		t.Fatal("no object")
	}
	for _, name := range []string{"IsTruncated", "ResponseMetadata"} {
		delete(plain, name)
	}
	identities(t, want, imported(t, map[string]string{"details.json": text(t, plain)}))
}

// TestAuthorizationDetailsInPart: what is a part of the account does not count as
// all of it.
func TestAuthorizationDetailsInPart(t *testing.T) {
	cases := map[string]func(map[string]any){
		"a page is missing":   func(tree map[string]any) { tree["IsTruncated"], tree["Marker"] = true, "more" },
		"--max-items":         func(tree map[string]any) { tree["NextToken"] = "eyJNYXJrZXIiOiBudWxsfQ==" },
		"--query":             func(tree map[string]any) { delete(tree, "GroupDetailList") },
		"--filter policies":   func(tree map[string]any) { tree["Policies"] = []any{} },
		"--filter groups out": func(tree map[string]any) { tree["GroupDetailList"] = []any{} },
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			want, tree := details(t)
			change(tree)
			s := imported(t, map[string]string{"details.json": text(t, tree)})
			c, i := s.Listed("iam:GetAccountAuthorizationDetails", "")
			if i < 0 || c.State != snapshot.NotCollected || c.Message == "" {
				t.Errorf("coverage is %+v", c)
			}
			if len(s.Roles) != len(want.Roles) || len(s.Users) != len(want.Users) {
				t.Error("what is there is not taken")
			}
			for _, p := range s.ManagedPolicies {
				if name == "--filter policies" && p.Document.State != snapshot.NotCollected {
					t.Errorf("%s is %s", p.ARN, p.Document.State)
				}
			}
		})
	}
}
