package snapshot_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// TestExcerpt: what the names name is there with what binds it, and nothing else.
func TestExcerpt(t *testing.T) {
	const account = "arn:aws:iam::111122223333:"
	refs := func(names ...string) snapshot.Reading[[]snapshot.PolicyRef] {
		list := []snapshot.PolicyRef{}
		for _, name := range names {
			list = append(list, snapshot.PolicyRef{ARN: account + "policy/" + name})
		}
		return snapshot.Of(list)
	}
	s := &snapshot.Snapshot{
		Account:  snapshot.Account{ID: "111122223333", Partition: "aws"},
		Coverage: []snapshot.Coverage{{Operation: "kms:ListKeys"}},
		Users: []snapshot.User{
			{ARN: account + "user/ann", Groups: snapshot.Of([]string{"staff"}), AttachedPolicies: refs("a")},
			{ARN: account + "user/bob", Groups: snapshot.Of([]string{"other"}), AttachedPolicies: refs("b")},
		},
		Groups: []snapshot.Group{{ARN: account + "group/other", Name: "other"}, {ARN: account + "group/staff", Name: "staff", AttachedPolicies: refs("g")}},
		Roles: []snapshot.Role{
			{ARN: account + "role/app", Name: "app", Boundary: snapshot.Of(snapshot.PolicyRef{ARN: account + "policy/edge"})},
			{ARN: account + "role/deep/etl", Name: "etl", AttachedPolicies: refs("e")},
			{ARN: account + "role/idle", Name: "idle", AttachedPolicies: refs("i")},
		},
		Aliases: []snapshot.Alias{
			{ARN: "arn:aws:kms:us-east-1:111122223333:alias/one", Region: "us-east-1", TargetKey: "k1"},
			{ARN: "arn:aws:kms:us-east-1:111122223333:alias/two", Region: "us-east-1", TargetKey: "k2"},
		},
		Keys: []snapshot.Key{
			{ARN: "arn:aws:kms:eu-west-1:111122223333:key/k1", Region: "eu-west-1", ID: "k1"},
			{ARN: "arn:aws:kms:us-east-1:111122223333:key/k1", Region: "us-east-1", ID: "k1"},
			{ARN: "arn:aws:kms:us-east-1:111122223333:key/k2", Region: "us-east-1", ID: "k2"},
			{ARN: "arn:aws:kms:us-east-1:111122223333:key/k3", Region: "us-east-1", ID: "k3"},
		},
		Buckets: []snapshot.Bucket{{Name: "b"}},
	}
	for _, name := range []string{"a", "b", "e", "edge", "g", "i"} {
		s.ManagedPolicies = append(s.ManagedPolicies, snapshot.ManagedPolicy{ARN: account + "policy/" + name, Name: name})
	}
	e := s.Excerpt([]string{
		account + "root", account + "user/ann", account + "role/app", "arn:aws:sts::111122223333:assumed-role/etl/session", account + "role/gone",
		"arn:aws:kms:us-east-1:111122223333:alias/one", "arn:aws:kms:us-east-1:111122223333:key/k3", "arn:aws:sts::111122223333:federated-user/idle",
	})
	var got []string
	for _, u := range e.Users {
		got = append(got, u.ARN)
	}
	for _, g := range e.Groups {
		got = append(got, g.ARN)
	}
	for _, r := range e.Roles {
		got = append(got, r.ARN)
	}
	for _, p := range e.ManagedPolicies {
		got = append(got, p.Name)
	}
	for _, k := range e.Keys {
		got = append(got, k.ARN)
	}
	want := []string{
		account + "user/ann", account + "group/staff", account + "role/app", account + "role/deep/etl", "a", "e", "edge", "g",
		"arn:aws:kms:us-east-1:111122223333:key/k1", "arn:aws:kms:us-east-1:111122223333:key/k3",
	}
	if diff := cmp.Diff(want, got); diff != "" || len(e.Buckets) != 0 || len(e.Coverage) != 1 || len(e.Aliases) != 1 {
		t.Errorf("(-want +got):\n%s", diff)
	}
	names := snapshot.NamesOf("111122223333", []string{account + "root", "x", "arn:aws:kms:us-east-1:444455556666:key/k"})
	if !slices.Equal(names, []string{account + "root"}) {
		t.Errorf("names %v", names)
	}
}
