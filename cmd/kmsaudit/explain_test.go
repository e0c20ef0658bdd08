package main

import (
	"strings"
	"testing"
	"unicode"

	"github.com/kmsaudit/kmsaudit/rules/chain"
)

// explained are the resources of the reference account that goldens show, by the
// name of the golden.
var explained = map[string]string{
	"key":    "alias/confidential",
	"bucket": "bucket-695267-2",
	"role":   "cmtr-4n6e9j62-iam-sewk-iam_role",
	"object": "s3://bucket-695267-1/confidential_credentials.csv",
}

// TestExplain holds what is told about the reference account to goldens, at the
// width of a terminal and in a pipe.
func TestExplain(t *testing.T) {
	fromRoot(t)
	for kind, resource := range explained {
		for layout, more := range map[string][]string{"80": {"--width", "80"}, "pipe": nil} {
			t.Run(kind+"-"+layout, func(t *testing.T) {
				args := append([]string{"explain", referenceSnapshot, "-c", referenceConfig, "--as-of", day, resource}, more...)
				got := call(t, args...)
				if got.code != exitOK || got.stderr != "" {
					t.Errorf("exit code %d, stderr %q", got.code, got.stderr)
				}
				golden(t, "cmd/kmsaudit/testdata/explain-"+kind+"-"+layout+".txt", got.stdout)
				if again := call(t, args...); again.stdout != got.stdout {
					t.Error("a second run gives other bytes")
				}
				for _, line := range strings.Split(got.stdout, "\n") {
					if layout == "80" && columnsOf(line) > 80 && !strings.HasPrefix(line, "      ") { // commands are left whole
						t.Errorf("the line is too long: %s", line)
					}
					if layout == "pipe" && strings.ContainsFunc(line, func(r rune) bool { return r > unicode.MaxASCII }) {
						t.Errorf("in a pipe the line is not plain: %s", line)
					}
				}
			})
		}
	}
}

// TestExplainJSON holds the JSON form to its names.
func TestExplainJSON(t *testing.T) {
	alone(t)
	for kind, resource := range explained {
		got := call(t, "explain", "snapshot.json", "-c", "reference.yaml", "-f", "json", resource)
		var members map[string]any
		decodeJSON(t, got.stdout, &members)
		for _, name := range []string{"schema", "snapshot", "resource", "kind", "name", "paths", "links", "findings", "unknown", "assumptions", "incomplete"} {
			if members[name] == nil {
				t.Errorf("%s: %s is missing or null", kind, name)
			}
		}
		var c chain.Chain
		decodeJSON(t, got.stdout, &c)
		if c.Schema != "kmsaudit.explain/v1" || c.Kind != kind || len(c.Paths) == 0 {
			t.Errorf("got %+v", c)
		}
	}
}

// TestExplainExit holds the ways in which explain can end to their exit codes.
func TestExplainExit(t *testing.T) {
	listed := `"operation": "s3:ListAllMyBuckets",
      "state": "ok"`
	for _, tc := range []struct {
		name, old, new, args string
		code                 int
		says                 string
	}{
		{name: "answered", args: "bucket-695267-1"},
		{name: "a typo", args: "bucket-695267-3", code: exitUsage, says: "did you mean bucket-695267-1?"},
		{name: "a part of a name", args: "confidential", code: exitUsage, says: "did you mean alias/confidential?"},
		{name: "no resource", code: exitUsage, says: "needs the file of a snapshot and a resource"},
		{name: "two names", old: `"name": "KeyAdmin"`, new: `"name": "bucket-695267-1"`, args: "bucket-695267-1", code: exitUsage, says: "2 resources: arn:aws:s3:::bucket-695267-1, arn:aws:iam"},
		{name: "listing not read", old: listed, new: strings.Replace(listed, `"ok"`, `"denied", "code": "AccessDenied"`, 1), args: "nobody", code: exitIncomplete, says: "AWS refused s3:ListAllMyBuckets (AccessDenied)"},
		{name: "nobody asked", args: "s3://bucket-695267-1/other", code: exitIncomplete, says: "nobody asked for it"},
		{name: "format", args: "bucket-695267-1 -f table", code: exitUsage, says: "is not one of text, json"},
		{name: "width", args: "bucket-695267-1 --width -1", code: exitUsage, says: "less than nothing"},
		{name: "day", args: "bucket-695267-1 --as-of today", code: exitUsage, says: "YYYY-MM-DD"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			alone(t)
			if tc.old != "" {
				write(t, "snapshot.json", replaced(t, read(t, "snapshot.json"), tc.old, tc.new))
			}
			got := call(t, append([]string{"explain", "snapshot.json"}, strings.Fields(tc.args)...)...)
			if got.code != tc.code || !strings.Contains(got.stderr, tc.says) {
				t.Errorf("exit code %d, want %d; stderr %q", got.code, tc.code, got.stderr)
			}
		})
	}
}

// TestExplainHostile holds names that try to steer a terminal to being harmless.
func TestExplainHostile(t *testing.T) {
	const name = `bucket-695267-2\u001b[31m\u202e|<script>\u0007\n\u2066`
	alone(t)
	text := replaced(t, read(t, "snapshot.json"), "bucket-695267-2", name)
	text = replaced(t, text, "Enable IAM User Permissions", `a\u001b[2J\u2028b`)
	text = replaced(t, text, "KMSAccessPolicy", `p\u001b]0;title\u0007`)
	text = replaced(t, text, "alias/confidential", `alias/c\u009b1m\u202e`)
	write(t, "hostile.json", replaced(t, text, "confidential_credentials.csv", `x\u001b[1m\u202e.csv`))
	bucket := "bucket-695267-2\x1b[31m\u202e|<script>\a\n\u2066"
	for _, resource := range []string{
		bucket, "s3://" + bucket + "/x\x1b[1m\u202e.csv", "cac96933-72ff-0000-0000-000000000000",
		"cmtr-4n6e9j62-iam-sewk-iam_role", "\x1b[31m\u202e", "arn:\x1b[31m", "alias/\x1b[31m",
	} {
		for _, more := range [][]string{nil, {"--width", "60"}, {"-f", "json"}, {"-c", "reference.yaml", "--ascii"}} {
			got := call(t, append([]string{"explain", "hostile.json", resource}, more...)...)
			for _, r := range got.stdout + got.stderr {
				if r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)) {
					t.Errorf("%q %q: %U is in the output", resource, more, r)
					break
				}
			}
			if strings.HasPrefix(resource, "bucket") && got.code != exitOK {
				t.Errorf("%q: %+v", resource, got.stderr)
			}
		}
	}
}

// TestExplainColours holds colours to adding nothing but colours.
func TestExplainColours(t *testing.T) {
	alone(t)
	plain := call(t, "explain", "snapshot.json", "alias/confidential", "--width", "80").stdout
	painted := call(t, "explain", "snapshot.json", "alias/confidential", "--width", "80", "--color", "always").stdout
	for _, look := range looks {
		painted = strings.ReplaceAll(painted, "\x1b["+look+"m", "")
	}
	painted = strings.NewReplacer("\x1b[0m", "", "\x1b[1m", "").Replace(painted)
	if painted != plain {
		t.Error("colours change the text")
	}
	if strings.Contains(call(t, "explain", "snapshot.json", "alias/confidential", "--width", "80", "--ascii").stdout, "─") {
		t.Error("--ascii draws with other letters")
	}
}

// TestREADMEExplain holds the beginning of the answer that README shows to what
// the command prints on a terminal of 80 columns. UPDATE=1 refreshes it.
func TestREADMEExplain(t *testing.T) {
	fromRoot(t)
	got := call(t, "explain", referenceSnapshot, "-c", referenceConfig, "--width", "80", "bucket-695267-2").stdout
	begins, _, _ := strings.Cut(got, "\n\nDefault encryption")
	readme := read(t, "README.md")
	const fence = "it begins:\n\n```text\n"
	before, rest, found := strings.Cut(readme, fence)
	shown, after, closed := strings.Cut(rest, "```\n")
	if !found || !closed {
		t.Fatal("README does not show how an answer begins")
	}
	if shown != begins+"\n" {
		golden(t, "README.md", before+fence+begins+"\n```\n"+after)
	}
}
