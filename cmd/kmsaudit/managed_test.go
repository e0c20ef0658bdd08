package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// TestMotoManagedPolicies audits an account that has all of AWS's managed policies, as
// moto ships them: as AWS's, each with a role of its own, and as the account's own. No
// rule fails, nothing is unknown, and one policy allows everything.
func TestMotoManagedPolicies(t *testing.T) {
	server := os.Getenv("KMSAUDIT_MOTO_SERVER")
	if server == "" {
		t.Skip("there is no moto: set KMSAUDIT_MOTO_SERVER to its program (pip install -r .ci/moto/requirements.txt)")
	}
	python := exec.CommandContext(t.Context(), filepath.Join(filepath.Dir(server), "python"), "-c",
		"from moto.iam.aws_managed_policies import aws_managed_policies_data as d; print(d)")
	text, err := python.Output()
	if err != nil {
		t.Fatal(err)
	}
	var policies map[string]struct {
		Path     string
		Document json.RawMessage
	}
	if err := json.Unmarshal(bytes.TrimSpace(text), &policies); err != nil {
		t.Fatal(err)
	}
	if len(policies) < 1000 {
		t.Fatalf("moto has %d managed policies only", len(policies))
	}
	fromRoot(t)
	file, err := snapshot.ReadFile("testdata/accounts/good/snapshot.json")
	if err != nil {
		t.Fatal(err)
	}
	s := file.Snapshot
	template := s.Roles[slices.IndexFunc(s.Roles, func(r snapshot.Role) bool { return r.Name == "App" })]
	template.Tags = snapshot.Of(map[string]string{})
	for i, name := range slices.Sorted(maps.Keys(policies)) {
		policy := policies[name]
		document := snapshot.ReadDocument("iam:GetAccountAuthorizationDetails", string(policy.Document))
		arn := "arn:aws:iam::aws:policy" + policy.Path + name
		role := template
		role.Name, role.ID = fmt.Sprintf("role-%04d", i), fmt.Sprintf("AROAEXAMPLE%010d", i)
		role.ARN = "arn:aws:iam::" + s.Account.ID + ":role/" + role.Name
		role.AttachedPolicies = snapshot.Of([]snapshot.PolicyRef{{ARN: arn, Name: name}})
		s.Roles = append(s.Roles, role)
		s.ManagedPolicies = append(s.ManagedPolicies,
			snapshot.ManagedPolicy{ARN: arn, Name: name, Version: "v1", Document: document},
			snapshot.ManagedPolicy{ARN: "arn:aws:iam::" + s.Account.ID + ":policy/own-" + name, Name: "own-" + name, Version: "v1", Document: document})
	}
	s.Sort()
	path := filepath.Join(t.TempDir(), "snapshot.json")
	if err := snapshot.WriteFile(path, s); err != nil {
		t.Fatal(err)
	}
	got := call(t, "check", path, "-c", "testdata/accounts/good/kmsaudit.yaml", "-f", "json", "--fail-on", "none")
	if got.code != exitOK {
		t.Fatalf("check ends with %d: %s", got.code, got.stderr)
	}
	r := results(t, got.stdout)
	for _, u := range r.Unknown {
		t.Errorf("%s is unknown on %s: %s", u.Rule, u.Resource, u.Why)
	}
	var everything []string
	for _, f := range r.Findings {
		if f.Rule == "IAM-011" {
			everything = append(everything, f.Resource)
		}
	}
	if want := []string{"arn:aws:iam::" + s.Account.ID + ":policy/own-AdministratorAccess"}; !slices.Equal(everything, want) {
		t.Errorf("IAM-011 tells %v, not %v", everything, want)
	}
}
