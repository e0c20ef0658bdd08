package main

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules"
)

// undecidable are rules that no snapshot with one account in one state can show a
// finding of beside all the others, with the reason. There are none today.
func undecidable() map[string]string { return map[string]string{} }

// account checks one of testdata/accounts with all rules and its configuration.
func account(t *testing.T, name string) *report.Results {
	t.Helper()
	dir := "testdata/accounts/" + name
	got := call(t, "check", dir+"/snapshot.json", "-c", dir+"/kmsaudit.yaml", "-f", "json", "--fail-on", "none", "--as-of", day)
	if got.code != exitOK {
		t.Fatalf("check ends with %d: %s", got.code, got.stderr)
	}
	r := results(t, got.stdout)
	if len(r.Summary.NeedsIntent) > 0 {
		t.Errorf("%s/kmsaudit.yaml does not say what rules need: %v", dir, r.Summary.NeedsIntent)
	}
	return r
}

func builtin(t *testing.T) []string {
	t.Helper()
	catalogue, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, rule := range catalogue.Rules() {
		ids = append(ids, rule.ID)
	}
	return ids
}

// TestGoodAccount: nothing is wrong with an account that is set up as AWS's pages on
// best practices say, and all of it is known.
func TestGoodAccount(t *testing.T) {
	fromRoot(t)
	r := account(t, "good")
	for _, f := range r.Findings {
		if f.Severity >= report.Low {
			t.Errorf("%s: %s on %s", f.Rule, f.Msg, f.Resource)
		}
	}
	for _, u := range r.Unknown {
		t.Errorf("%s: unknown on %s: %s", u.Rule, u.Resource, u.Why)
	}
	if len(r.Gaps) > 0 || r.Summary.Passed < 100 {
		t.Errorf("%d subjects passed, gaps %+v", r.Summary.Passed, r.Gaps)
	}
}

// TestBadAccount: every rule finds something wrong with it.
func TestBadAccount(t *testing.T) {
	fromRoot(t)
	r := account(t, "bad")
	var found []string
	for _, f := range r.Findings {
		found = append(found, f.Rule)
	}
	not := undecidable()
	for _, id := range builtin(t) {
		if reason, excepted := not[id]; slices.Contains(found, id) == excepted {
			t.Errorf("%s: a finding in bad/snapshot.json: %v; excepted: %v %s", id, !excepted, excepted, reason)
		}
	}
}

// TestUnreadableAccount: where everything was refused, no rule finds anything, none
// passes, and each says that it does not know.
func TestUnreadableAccount(t *testing.T) {
	fromRoot(t)
	r := account(t, "unreadable")
	if r.Summary.Passed != 0 || len(r.Findings) != 0 {
		t.Errorf("%d subjects passed, findings %+v", r.Summary.Passed, r.Findings)
	}
	var unknown []string
	for _, u := range r.Unknown {
		unknown = append(unknown, u.Rule)
	}
	for _, id := range builtin(t) {
		if !slices.Contains(unknown, id) {
			t.Errorf("%s does not say that it does not know", id)
		}
	}
	if got := call(t, "check", "testdata/accounts/unreadable/snapshot.json"); got.code != exitIncomplete {
		t.Errorf("check ends with %d, want %d", got.code, exitIncomplete)
	}
}

// TestAccountsAreAsCollected: the files are what collect writes, to the byte, and meet
// the schema.
func TestAccountsAreAsCollected(t *testing.T) {
	fromRoot(t)
	compiler := jsonschema.NewCompiler()
	var schema any
	decodeJSON(t, read(t, "collector/snapshot/schema.json"), &schema)
	if err := compiler.AddResource("snapshot.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled := compiler.MustCompile("snapshot.json")
	folders, err := os.ReadDir("testdata/accounts")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		path := "testdata/accounts/" + folder.Name() + "/snapshot.json"
		file, err := snapshot.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file.Snapshot.Sort()
		text, err := snapshot.Encode(file.Snapshot)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(text, []byte(read(t, path))) {
			t.Errorf("%s is not as collect would write it", path)
		}
		var value any
		if err := json.Unmarshal(text, &value); err != nil {
			t.Fatal(err)
		}
		if err := compiled.Validate(value); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}
