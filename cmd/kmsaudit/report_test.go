package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/spf13/cobra"
)

// TestReference holds the report on the reference account to goldens: at the
// width of a terminal and in a pipe.
func TestReference(t *testing.T) {
	for name, args := range map[string][]string{
		"reference-80.txt":   {"--width", "80"},
		"reference-pipe.txt": nil,
		"reference-120.txt":  {"--width", "120"},
		"reference-200.txt":  {"--width", "200"},
	} {
		t.Run(name, func(t *testing.T) {
			fromRoot(t)
			args = append([]string{"check", "--fail-on", "none", referenceSnapshot, "-c", referenceConfig, "--as-of", day}, args...)
			got := call(t, args...)
			if got.code != exitOK || got.stderr != "" {
				t.Errorf("exit code %d, stderr %q", got.code, got.stderr)
			}
			golden(t, "cmd/kmsaudit/testdata/"+name, got.stdout)
		})
	}
}

// TestSameBytes holds every format to giving the same bytes for the same day.
func TestSameBytes(t *testing.T) {
	fromRoot(t)
	var first []string
	for range 2 {
		dir := t.TempDir()
		args := []string{"check", "--fail-on", "none", referenceSnapshot, "-c", referenceConfig, "--as-of", day}
		for _, f := range formats() {
			args = append(args, "-f", f.name+"="+filepath.Join(dir, f.name))
		}
		if got := call(t, args...); got.code != exitOK || got.stdout+got.stderr != "" {
			t.Fatalf("got %+v", got)
		}
		for i, f := range formats() {
			text := read(t, filepath.Join(dir, f.name))
			switch {
			case len(first) <= i:
				first = append(first, text)
			case first[i] != text:
				t.Errorf("%s: a second run gives other bytes", f.name)
			}
		}
	}
}

// TestREADME holds the report that README shows to what its command prints on a
// terminal of 80 columns, as of the day that README shows. UPDATE=1 refreshes it.
func TestREADME(t *testing.T) {
	fromRoot(t)
	readme := read(t, "README.md")
	const command = "go run ./cmd/kmsaudit "
	_, rest, found := strings.Cut(readme, command)
	line, _, _ := strings.Cut(rest, "\n")
	if !found || line != "check --fail-on none testdata/reference/snapshot.json -c testdata/reference/kmsaudit.yaml" {
		t.Fatalf("README begins with another command: %q", line)
	}
	const fence = "```text\n"
	before, rest, found := strings.Cut(readme, fence)
	shown, after, closed := strings.Cut(rest, "```\n")
	if !found || !closed {
		t.Fatal("README has no block of text")
	}
	got := call(t, append(strings.Fields(line), "--as-of", day, "--width", "80")...)
	if got.code != exitOK || got.stderr != "" {
		t.Fatalf("got %+v", got)
	}
	if shown != got.stdout {
		golden(t, "README.md", before+fence+got.stdout+"```\n"+after)
	}
}

// TestREADMEPermissions holds the policy that README shows to the one that
// iam-policy prints. UPDATE=1 refreshes it.
func TestREADMEPermissions(t *testing.T) {
	const fence = "```json\n"
	t.Chdir("../..")
	got := call(t, "iam-policy")
	before, rest, _ := strings.Cut(read(t, "README.md"), fence)
	_, after, _ := strings.Cut(rest, "```\n")
	golden(t, "README.md", before+fence+got.stdout+"```\n"+after)
}

// TestREADMEConfig holds the configuration that README explains to being one.
func TestREADMEConfig(t *testing.T) {
	_, rest, _ := strings.Cut(read(t, "../../README.md"), "```yaml\nversion: 1\n")
	text, _, _ := strings.Cut(rest, "```\n")
	if _, err := parseConfig("README.md", []byte("version: 1\n"+text), catalogue(t)); err != nil {
		t.Error(err)
	}
}

// TestHostile holds names that try to steer a terminal, hide or break out of a
// format to being harmless in every output.
func TestHostile(t *testing.T) {
	const name = `bucket-695267-1\u001b[31m\u202e|<script>\u0007\n\u2066\u200b`
	alone(t)
	text := replaced(t, read(t, "snapshot.json"), "bucket-695267-1", name)
	text = replaced(t, text, "confidential_credentials.csv", `x\u001b]0;title\u0007\u202e.csv`)
	write(t, "hostile.json", replaced(t, text, "kmsaudit-collector", `a\u001b[2J\u2028\u0085b`))
	runs := [][]string{
		{"check", "hostile.json", "--fail-on", "low", "-c", "reference.yaml"},
		{"check", "hostile.json", "--width", "80"},
		{"check", "hostile.json", "--vertical", "--all"},
		{"facts", "hostile.json", "-c", "reference.yaml"},
		{"check", "hostile.json", "evil\x1b[31m\u202e.json"},
		{"check", "hostile.json", "-c", "evil\x1b[31m\u202e.yaml"},
		{"check", "hostile.json", "-f", "\x1b[31m\u202e"},
		{"check", "hostile.json", "--fail-on", "\x1b[31m\u202e"},
		{"rules", "show", "\x1b[31m\u202e"},
		{"\x1b[31m\u202e"},
		{"check", "--\x1b[31m\u202e"},
	}
	for _, f := range formats() {
		runs = append(runs, []string{"check", "hostile.json", "-c", "reference.yaml", "-f", f.name, "--all"})
	}
	for _, format := range []string{"svg", "mermaid", "dot"} {
		runs = append(runs, []string{"graph", "hostile.json", "-c", "reference.yaml", "-f", format})
	}
	if err := os.Mkdir("folder", 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, "folder/a\x1b[31m\u202e\n.json", read(t, "hostile.json"))
	write(t, "hostile.yaml", "version: 1\nwaivers:\n  - {rule: S3-001, resource: \"a\\e[31m\\u202E\\n*\", reason: \"r\\e]0;x\\a\\u2028\", owner: \"o\\t\\u200B\", expires: 2030-01-01, ticket: \"\\e\"}\n")
	for _, format := range []string{"table", "json", "markdown"} {
		runs = append(runs, []string{"diff", "snapshot.json", "hostile.json", "-f", format, "--all"}, []string{"diff", "folder", "folder", "-f", format, "--all"})
	}
	for _, format := range []string{"table", "json"} {
		runs = append(runs,
			[]string{"waivers", "list", "--waivers", "hostile.yaml", "-f", format}, []string{"waivers", "lint", "--waivers", "hostile.yaml"},
			[]string{"check", "hostile.json", "--framework", "fsbp", "-f", format})
	}
	for _, answer := range []string{"text", "json"} {
		runs = append(runs, []string{"explain", "hostile.json", "-c", "reference.yaml", referenceKey, "-f", answer})
	}
	for _, answer := range []string{"table", "json"} {
		runs = append(runs,
			[]string{"who-can", "kms:Decrypt", referenceKey, "hostile.json", "-f", answer}, []string{"what-can", "role/KeyAdmin", "hostile.json", "-f", answer},
			[]string{"why", "--principal", "role/KeyAdmin", "--operation", "kms:Decrypt", "--resource", referenceKey, "hostile.json", "-f", answer})
	}
	for _, args := range runs {
		got := call(t, args...)
		if args[0] == "graph" && got.code != exitOK || strings.Contains(got.stderr, "is not one of") && !strings.Contains(args[len(args)-1], "\x1b") {
			t.Errorf("%q: %+v", args, got)
		}
		for _, r := range got.stdout + got.stderr {
			if r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)) {
				t.Errorf("%q: %U is in the output", args, r)
				break
			}
		}
		if strings.Contains(got.stdout+got.stderr, "\nkmsaudit-") {
			t.Errorf("%q: a name breaks the line", args)
		}
	}
}

// TestCommands holds every command to saying what it is for and showing how.
func TestCommands(t *testing.T) {
	root := (&app{stdout: new(strings.Builder), stderr: new(strings.Builder)}).root()
	all := allCommands(root)
	for _, c := range all {
		if c.Short == "" || c.Long == "" || c.Example == "" {
			t.Errorf("%s lacks Short, Long or Example", c.CommandPath())
		}
		if strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: Short ends in a full stop", c.CommandPath())
		}
	}
	for _, name := range []string{"check", "collect", "facts", "rules", "list", "show", "version", "completion"} {
		if !slices.ContainsFunc(all, func(c *cobra.Command) bool { return c.Name() == name }) {
			t.Errorf("%s is missing", name)
		}
	}
	for _, c := range all {
		args := slices.Concat(strings.Fields(c.CommandPath())[1:], []string{"--help"})
		got := call(t, args...)
		if got.code != exitOK || got.stderr != "" || !strings.Contains(got.stdout, "Examples:") {
			t.Errorf("%q: %+v", args, got)
		}
		for line := range strings.Lines(c.Long) {
			if len(line) > 81 && c.Parent() != nil && c.Parent().Name() != "completion" {
				t.Errorf("%s: the line is too long: %s", c.CommandPath(), line)
			}
		}
	}
}

// TestRulesShow holds the explanation of every rule to being complete and narrow.
func TestRulesShow(t *testing.T) {
	var list []struct {
		ID, Title, Remediation string
		Params                 map[string]any
	}
	decodeJSON(t, call(t, "rules", "list", "-f", "json").stdout, &list)
	if len(list) < 9 {
		t.Fatalf("only %d rules", len(list))
	}
	for _, rule := range list {
		got := call(t, "rules", "show", rule.ID)
		for _, want := range []string{
			rule.ID + "  " + rule.Title + "\n", "\nWhat and why\n", "\nHow to mend it\n", "\nWhat it reads\n", "\nWith the AWS CLI", "\nWith Terraform", "\nBy a statement",
			"\nAn example that fails\n", "\n  It says: ", "\nAn example that passes\n", "\nAn example that it cannot judge\n",
		} {
			if !strings.Contains(got.stdout, want) {
				t.Errorf("%s: %q is missing", rule.ID, want)
			}
		}
		_, body, _ := strings.Cut(got.stdout, "\n")
		for line := range strings.Lines(body) {
			copied := strings.HasPrefix(line, "    ") // what is there to copy keeps its lines
			if len([]rune(line)) > 81 && strings.Count(line, " ") > 5 && !copied {
				t.Errorf("%s: the line is too long: %s", rule.ID, line)
			}
		}
	}
}
