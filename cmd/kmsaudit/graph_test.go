package main

import (
	"strings"
	"testing"
	"unicode"
)

// TestGraph holds the picture of the reference account to goldens.
func TestGraph(t *testing.T) {
	fromRoot(t)
	for _, format := range []string{"svg", "mermaid", "dot"} {
		args := []string{"graph", referenceSnapshot, "-c", referenceConfig, "--as-of", day, "-f", format}
		got := call(t, args...)
		if got.code != exitOK || got.stderr != "" {
			t.Errorf("%s: exit code %d, stderr %q", format, got.code, got.stderr)
		}
		golden(t, "cmd/kmsaudit/testdata/graph."+format, got.stdout)
		if again := call(t, args...); again.stdout != got.stdout {
			t.Errorf("%s: a second run gives other bytes", format)
		}
	}
}

// TestGraphFocus draws around resources, and around what denies.
func TestGraphFocus(t *testing.T) {
	alone(t)
	text := read(t, "snapshot.json")
	write(t, "denied.json", replaced(t, text, `"kms:GenerateDataKey*",`, ""))
	for _, tc := range []struct {
		args, with, without string
	}{
		{"snapshot.json --bucket bucket-695267-1", "bucket-695267-1", "bucket-695267-2"},
		{"snapshot.json --principal role/KeyAdmin", "KeyAdmin", "iam_role"},
		{"snapshot.json --key alias/confidential", "bucket-695267-2", "bucket-695267-1"},
		{"denied.json", "denied#58; GenerateDataKey", "no such text"},
	} {
		got := call(t, append([]string{"graph", "-c", "reference.yaml", "-f", "mermaid"}, strings.Fields(tc.args)...)...)
		if got.code != exitOK || !strings.Contains(got.stdout, "<b>"+tc.with) && !strings.Contains(got.stdout, tc.with) || strings.Contains(got.stdout, "<b>"+tc.without) {
			t.Errorf("%s: %+v", tc.args, got)
		}
	}
}

func TestGraphErrors(t *testing.T) {
	alone(t)
	for args, want := range map[string]int{
		"snapshot.json --key no-such":             exitUsage,
		"snapshot.json --key bucket-695267-1":     exitUsage,
		"snapshot.json --bucket role/KeyAdmin":    exitUsage,
		"snapshot.json -f png":                    exitUsage,
		"no-such.json":                            exitUsage,
		"snapshot.json --as-of yesterday":         exitUsage,
		"snapshot.json --principal role/KeyAdmin": exitOK,
	} {
		if got := call(t, append([]string{"graph"}, strings.Fields(args)...)...); got.code != want {
			t.Errorf("%s: exit code %d, want %d: %s", args, got.code, want, got.stderr)
		}
	}
}

// TestGraphUnread draws what was not read as not known, and never as right.
func TestGraphUnread(t *testing.T) {
	alone(t)
	text := read(t, "snapshot.json")
	before, keys, _ := strings.Cut(text, `"keys": [`)
	head, rest, _ := strings.Cut(keys, `"policy": {`)
	_, tail, found := strings.Cut(rest, `"grants": {`)
	if !found {
		t.Fatal("the snapshot has no key policy")
	}
	write(t, "blind.json", before+`"keys": [`+head+`"policy": {"state": "denied", "code": "AccessDenied", "operation": "kms:GetKeyPolicy"}, "grants": {`+tail)
	got := call(t, "graph", "blind.json", "-f", "mermaid")
	if !strings.Contains(got.stdout, "<b>nobody knows who</b>") || !strings.Contains(got.stdout, ":::unknown") {
		t.Errorf("%+v", got)
	}
	page := call(t, "check", "blind.json", "--fail-on", "none", "-f", "html")
	if !strings.Contains(page.stdout, "nobody knows who") {
		t.Error("the page does not say that nobody knows who may use the key")
	}
}

func TestGraphHostile(t *testing.T) {
	alone(t)
	text := replaced(t, read(t, "snapshot.json"), "bucket-695267-2", `b\u001b[31m\u202e|<script>alert(1)</script>\"];\n--> x`)
	write(t, "hostile.json", replaced(t, text, "alias/confidential", `alias/c\u009b1m\u202e<img src=x>`))
	for _, format := range []string{"svg", "mermaid", "dot"} {
		got := call(t, "graph", "hostile.json", "-c", "reference.yaml", "-f", format)
		for _, r := range got.stdout + got.stderr {
			if r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)) {
				t.Errorf("%s: %U is in the output", format, r)
				break
			}
		}
		if format != "dot" && (strings.Contains(got.stdout, "<script") || strings.Contains(got.stdout, "<img")) {
			t.Errorf("%s: a name became markup", format)
		}
	}
}

// TestHTMLReference holds what the page says of the reference account.
func TestHTMLReference(t *testing.T) {
	fromRoot(t)
	got := call(t, "check", referenceSnapshot, "-c", referenceConfig, "--as-of", day, "--fail-on", "none", "-f", "html")
	if got.code != exitOK {
		t.Fatalf("%+v", got.stderr)
	}
	for _, want := range []string{"alias/confidential", "bucket-695267-1", `class="l meant"`, "The statement in its policy", "Who can decrypt what", `<table class="heat">`, "kms:Decrypt"} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("%q is not in the page", want)
		}
	}
	for _, statement := range []string{"/roles/", "/keys/"} {
		if !strings.Contains(got.stdout, "<dt>pointer</dt><dd>"+statement) {
			t.Errorf("no pointer into %s", statement)
		}
	}
}
