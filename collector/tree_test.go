package collector_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/awsfake"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

const management = "999999999999"

// hub is a management account above two levels of units.
func hub(t *testing.T) *awsfake.World {
	t.Helper()
	var many []awsfake.DirectoryAccount
	for i := range 45 {
		many = append(many, awsfake.DirectoryAccount{ID: fmt.Sprintf("2%011d", i), Name: fmt.Sprintf("many-%d", i), Tags: map[string]string{"n": strconv.Itoa(i % 2)}})
	}
	everywhere := []string{"r-1", "ou-a", "ou-b", "ou-aa", management, "111122223333", "444455556666"}
	for _, a := range many {
		everywhere = append(everywhere, a.ID)
	}
	kind := "SERVICE_CONTROL_POLICY"
	return &awsfake.World{
		T: t, Account: management, Caller: "arn:aws:sts::" + management + ":assumed-role/Hub/nightly", Regions: []string{"us-east-1"},
		Directory: &awsfake.Directory{
			ID: "o-1", Management: management, Types: []string{kind},
			Root: awsfake.Unit{
				ID: "r-1", Accounts: []awsfake.DirectoryAccount{{ID: management, Name: "management"}},
				Units: []awsfake.Unit{
					{ID: "ou-a", Name: "workloads", Units: []awsfake.Unit{{ID: "ou-aa", Name: "prod", Accounts: many}}, Accounts: []awsfake.DirectoryAccount{{ID: "111122223333", Name: "one", Old: true}}},
					{ID: "ou-b", Name: "sandbox", Accounts: []awsfake.DirectoryAccount{{ID: "444455556666", Name: "gone", State: "SUSPENDED"}}},
				},
			},
			Policies: []awsfake.DirectoryPolicy{
				{OrgPolicy: awsfake.OrgPolicy{ID: "p-full", Name: "FullAWSAccess", Content: allow("*")}, Type: kind, On: everywhere},
				{OrgPolicy: awsfake.OrgPolicy{ID: "p-guard", Name: "guard", Content: strings.Replace(allow("kms:*"), "Allow", "Deny", 1)}, Type: kind, On: []string{"ou-a"}},
				{OrgPolicy: awsfake.OrgPolicy{ID: "p-unused", Name: "unused", Content: allow("*")}, Type: kind},
			},
		},
	}
}

func TestTree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := hub(t)
		tree, err := collector.ReadTree(t.Context(), w.Config(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(tree.Members) != 48 || len(tree.Gaps) > 0 || tree.ManagementAccount != management {
			t.Fatalf("%d members, gaps %+v", len(tree.Members), tree.Gaps)
		}
		members := map[string]collector.Member{}
		for _, m := range tree.Members {
			members[m.ID] = m
		}
		want := map[string]collector.Member{
			management:     {ID: management, Name: "management", State: "ACTIVE", Parents: []string{"r-1"}},
			"111122223333": {ID: "111122223333", Name: "one", State: "ACTIVE", Parents: []string{"r-1", "ou-a"}},
			"444455556666": {ID: "444455556666", Name: "gone", State: "SUSPENDED", Parents: []string{"r-1", "ou-b"}},
			"200000000044": {ID: "200000000044", Name: "many-44", State: "ACTIVE", Parents: []string{"r-1", "ou-a", "ou-aa"}},
		}
		for id, m := range want {
			if diff := cmp.Diff(m, members[id]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", id, diff)
			}
		}
		o, _ := tree.Organization("200000000044").Get()
		levels, _ := o.Chain.Get()
		var got []string
		for _, level := range levels {
			policies, _ := level.ServiceControlPolicies.Get()
			line := level.Type + " " + level.ID + " " + level.Name + ":"
			for _, p := range policies {
				line += " " + p.Name + "/" + p.Document.State.String()
			}
			got = append(got, line+" "+level.ResourceControlPolicies.State.String())
		}
		if diff := cmp.Diff([]string{
			"root r-1 Root: FullAWSAccess/ok absent", "organizational_unit ou-a workloads: FullAWSAccess/ok guard/ok absent",
			"organizational_unit ou-aa prod: FullAWSAccess/ok absent", "account 200000000044 many-44: FullAWSAccess/ok absent",
		}, got); diff != "" {
			t.Errorf("the chain (-want +got):\n%s", diff)
		}
		if o, _ := tree.Organization("123456789012").Get(); o.Chain.State != snapshot.Failed {
			t.Errorf("an account that is not there has the chain %+v", o.Chain)
		}
		tags, gaps := tree.Tags(t.Context(), []string{"200000000001", "444455556666"})
		if len(gaps) > 0 || tags["200000000001"]["n"] != "1" || tags["444455556666"] == nil {
			t.Errorf("tags %v, gaps %v", tags, gaps)
		}
		// One call for each unit and kind of listing, and for each page more: three pages
		// of accounts, three of targets.
		counts := map[string]int{}
		for call, n := range w.Calls() {
			counts[call.Operation] += n
			if n != 1 {
				t.Errorf("%+v was asked %d times", call, n)
			}
		}
		if diff := cmp.Diff(map[string]int{
			"GetCallerIdentity": 1, "DescribeOrganization": 1, "ListRoots": 1, "ListOrganizationalUnitsForParent": 4, "ListAccountsForParent": 6,
			"ListPolicies": 1, "ListTargetsForPolicy": 5, "DescribePolicy": 2, "ListTagsForResource": 2,
		}, counts); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
		used := map[string]bool{}
		for call := range w.Calls() {
			if action, _ := collector.ActionOf(call.Service, call.Operation); action != "sts:GetCallerIdentity" {
				used[action] = true
			}
		}
		var allowed []string
		for _, p := range collector.TreePermissions(true) {
			allowed = append(allowed, p.Action)
		}
		if diff := cmp.Diff(slices.Sorted(maps.Keys(used)), allowed); diff != "" {
			t.Errorf("permissions (-used +allowed):\n%s", diff)
		}
	})
}

// TestTreeFaults: what could not be read is not known, and nothing else is lost.
func TestTreeFaults(t *testing.T) {
	chain := func(tree *collector.Tree, account string) []string {
		o, _ := tree.Organization(account).Get()
		levels, _ := o.Chain.Get()
		states := []string{o.Chain.State.String()}
		for _, level := range levels {
			states = append(states, level.ServiceControlPolicies.State.String())
		}
		return states
	}
	tests := []struct {
		name  string
		fault awsfake.Fault
		then  func(t *testing.T, tree *collector.Tree, err error)
	}{
		{"no permission", awsfake.Fault{Operation: "ListRoots", Effect: awsfake.Denied()}, func(t *testing.T, _ *collector.Tree, err error) {
			if err == nil || !strings.Contains(err.Error(), "organizations:ListRoots: AccessDeniedException") {
				t.Errorf("got %v", err)
			}
		}},
		{"no organization", awsfake.Fault{Operation: "DescribeOrganization", Effect: awsfake.Error(400, "AWSOrganizationsNotInUseException")}, func(t *testing.T, _ *collector.Tree, err error) {
			if err == nil || !strings.Contains(err.Error(), "AWSOrganizationsNotInUseException") {
				t.Errorf("got %v", err)
			}
		}},
		{"a unit", awsfake.Fault{Operation: "ListAccountsForParent", Resource: "ou-aa", After: 1, Effect: awsfake.Denied()}, func(t *testing.T, tree *collector.Tree, _ error) {
			if len(tree.Members) != 23 || len(tree.Gaps) != 1 || tree.Gaps[0].Resource != "ou-aa" {
				t.Errorf("%d members, gaps %+v", len(tree.Members), tree.Gaps)
			}
		}},
		{"units", awsfake.Fault{Operation: "ListOrganizationalUnitsForParent", Resource: "r-1", Effect: awsfake.SameMarker()}, func(t *testing.T, tree *collector.Tree, _ error) {
			if len(tree.Gaps) != 1 || tree.Gaps[0].Code != "RepeatedMarker" {
				t.Errorf("gaps %+v", tree.Gaps)
			}
		}},
		{"where a policy hangs", awsfake.Fault{Operation: "ListTargetsForPolicy", Resource: "p-guard", Effect: awsfake.Denied()}, func(t *testing.T, tree *collector.Tree, _ error) {
			if got := chain(tree, "111122223333"); !slices.Equal(got, []string{"ok", "denied", "denied", "denied"}) {
				t.Errorf("the chain is %v", got)
			}
		}},
		{"the policies", awsfake.Fault{Operation: "ListPolicies", Effect: awsfake.HTML(500)}, func(t *testing.T, tree *collector.Tree, _ error) {
			if got := chain(tree, management); !slices.Equal(got, []string{"ok", "failed", "failed"}) {
				t.Errorf("the chain is %v", got)
			}
		}},
		{"a document", awsfake.Fault{Operation: "DescribePolicy", Resource: "p-guard", Effect: awsfake.Denied()}, func(t *testing.T, tree *collector.Tree, _ error) {
			o, _ := tree.Organization("111122223333").Get()
			policies, _ := (*o.Chain.Value)[1].ServiceControlPolicies.Get()
			if len(policies) != 2 || policies[0].Document.State != snapshot.OK || policies[1].Document.State != snapshot.Denied {
				t.Errorf("policies %+v", policies)
			}
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := hub(t)
				w.Faults = []*awsfake.Fault{&test.fault}
				tree, err := collector.ReadTree(t.Context(), w.Config(), nil)
				if err != nil && tree != nil || err == nil && tree == nil {
					t.Fatalf("%v, %v", tree, err)
				}
				if err != nil && !strings.HasPrefix(test.name, "no ") {
					t.Fatal(err)
				}
				test.then(t, tree, err)
			})
		})
	}
}
