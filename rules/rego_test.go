package rules

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

const conftestNames = "a name that conftest takes for a set of denials"

// TestSourceLint refuses what neither the schema nor blinding is sure to catch.
func TestSourceLint(t *testing.T) {
	lints := map[string]*regexp.Regexp{
		"not over a reading: bind it first": regexp.MustCompile(`\bnot [a-z]\.[a-z_]+\.`),
		"a resource as an argument":         regexp.MustCompile(`[a-z_]+\([kbo]\)`),
		"a computed index into unread":      regexp.MustCompile(`unread\[`),
		conftestNames:                       regexp.MustCompile(`(?m)^(deny_|warn_|violation_)`),
		"default":                           regexp.MustCompile(`(?m)^default `),
	}
	for name, source := range builtinSource().Files {
		for what, lint := range lints {
			// conftest looks at the names in tests as well.
			if strings.HasSuffix(name, "_test.rego") && what != conftestNames {
				continue
			}
			if found := lint.FindString(string(source)); found != "" {
				t.Errorf("%s: %s: %q", name, what, found)
			}
		}
	}
}

// TestLint holds the built-in rules to what users' rules are held to.
func TestLint(t *testing.T) {
	modules, err := builtinModules()
	if err != nil {
		t.Fatal(err)
	}
	for _, module := range modules {
		for _, problem := range lint(module) {
			t.Error(problem)
		}
	}
}

const goodRule = `# METADATA
# title: T
# description: D
# custom: {id: KEY-999, name: kms-key-test, severity: low, remediation: R, reads: [kms:GetKeyRotationStatus], params: {min: 1}}
package kmsaudit.key.test

subjects contains k.arn if some k in input.keys

deny contains {"resource": k.arn, "place": k.place, "msg": "m", "evidence": {}} if {
	some k in input.keys
	k.rotation.status == "off"
}

unknown contains {"resource": k.arn, "why": k.unread.rotation} if some k in input.keys
`

// TestRefusedRules changes a good rule into ones that could deceive.
func TestRefusedRules(t *testing.T) {
	tests := []struct{ name, old, new, problem string }{
		{"good", "", "", ""},
		{"network", `"m"`, `http.send({"url": "http://127.0.0.1", "method": "get"}).body`, "undefined function http.send"},
		{"environment", `"m"`, `opa.runtime().env.HOME`, "undefined function opa.runtime"},
		{"clock", `"m"`, `sprintf("%d", [time.now_ns()])`, "undefined function time.now_ns"},
		{"misspelt reading", "k.rotation.status", "k.rotatoin.status", "undefined ref: k.rotatoin"},
		{"misspelt field", "k.rotation.status", "k.rotation.state", "undefined ref"},
		{"misspelt parameter", `"m"`, `input.params["KEY-999"].max`, "undefined ref"},
		{"no unknown", "unknown contains", "unknowns contains", "the set unknown is missing"},
		{"forgotten unread", "k.unread.rotation", "k.unread.metadata", "never asks for unread.rotation"},
		{"bad id", "KEY-999", "key9", "does not look like"},
		{"bad severity", "severity: low", "severity: bad", "is not one of info"},
		{"unknown annotation", "remediation: R", "remediation: R, colour: red", "unknown field"},
		{"other package", "package kmsaudit.key.test", "package kmsaudit.key.other", "the package has to be"},
		{"no metadata", "# METADATA", "# nothing", "no METADATA"},
		{"unused import", "subjects contains", "import data.kmsaudit.lib.x\n\nsubjects contains", "unused"},
		{"syntax", "subjects contains", "subjects contain", "parse key/test/test.rego"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			source := strings.Replace(goodRule, test.old, test.new, 1)
			if test.name != "good" && source == goodRule {
				t.Fatal("the rule is as good as before")
			}
			c, err := Load(fstest.MapFS{"key/test/test.rego": {Data: []byte(source)}})
			if err == nil {
				_, err = c.Compile(t.Context(), nil)
			}
			if test.problem == "" && err != nil || test.problem != "" && (err == nil || !strings.Contains(err.Error(), test.problem)) {
				t.Errorf("got %v, want …%s…", err, test.problem)
			}
		})
	}
}

// TestFloor gives a rule that forgets a state: the engine keeps it from passing.
func TestFloor(t *testing.T) {
	source := strings.Replace(goodRule, `k.unread.rotation} if some k in input.keys`,
		"k.unread.rotation} if {\n\tsome k in input.keys\n\tk.unread.rotation.state == \"denied\"\n}", 1)
	c, err := Load(fstest.MapFS{"key/test/test.rego": {Data: []byte(source)}})
	if err != nil {
		t.Fatal(err)
	}
	e := compiled(t, c)
	o := judge(t, e, complete(t, c, Example{Facts: map[string]any{"keys": []any{map[string]any{
		"arn": "k", "region": "r", "place": "/k",
		"unread": map[string]any{"rotation": map[string]any{"state": "failed", "operation": "o", "code": "c"}},
	}}}}))
	if len(o.Passed) != 0 || len(o.Unknown) != 1 || !o.Unknown[0].Defect {
		t.Errorf("got %+v", o.Outcome)
	}
}

// TestErrorsEndTheRun makes a built-in fail: no result must ever look like a pass.
func TestErrorsEndTheRun(t *testing.T) {
	source := strings.Replace(goodRule, `"evidence": {}}`, `"evidence": {"n": to_number(k.arn)}}`, 1)
	c, err := Load(fstest.MapFS{"key/test/test.rego": {Data: []byte(source)}})
	if err != nil {
		t.Fatal(err)
	}
	e := compiled(t, c)
	document := documentOf(t, complete(t, c, Example{Facts: map[string]any{"keys": []any{map[string]any{
		"arn": "k", "region": "r", "place": "/k", "unread": map[string]any{},
		"rotation": map[string]any{"place": "/r", "status": "off", "period_days": 0},
	}}}}))
	if _, _, err := e.Evaluate(t.Context(), document, Settings{}); err == nil {
		t.Error("an error of a built-in was swallowed")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := e.Evaluate(ctx, document, Settings{}); err == nil {
		t.Error("a cancelled evaluation gave a result")
	}
}
