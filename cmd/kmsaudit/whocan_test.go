package main

import (
	"strings"
	"testing"
	"unicode"
)

// TestWhoExit holds the ways in which who-can and what-can end to their exit codes.
func TestWhoExit(t *testing.T) {
	const key, theRoleName = "alias/confidential", "cmtr-4n6e9j62-iam-sewk-iam_role"
	for _, tc := range []struct {
		name, old, new, args string
		code                 int
		says                 string
	}{
		{name: "answered", args: "who-can kms:Decrypt " + key + " snapshot.json"},
		{name: "by the bucket", args: "who-can kms:Decrypt bucket-695267-2 snapshot.json"},
		{name: "a bucket without a key", args: "who-can kms:Decrypt bucket-695267-1 snapshot.json", code: exitUsage, says: "does not encrypt with a key of KMS"},
		{name: "what", args: "what-can role/" + theRoleName + " snapshot.json"},
		{name: "of S3", args: "who-can s3:GetObject bucket-695267-1 snapshot.json"},
		{name: "of S3, an object", args: "who-can CopyObject s3://bucket-695267-2/confidential_credentials.csv snapshot.json"},
		{name: "no action", args: "who-can kms:Get " + key + " snapshot.json", code: exitUsage, says: "is no action of KMS on keys"},
		{name: "no action of S3", args: "who-can s3:Get bucket-695267-1 snapshot.json", code: exitUsage, says: "is no action of S3"},
		{name: "of S3 on a key", args: "who-can s3:GetObject " + key + " snapshot.json", code: exitUsage, says: "is not the name or ARN of a bucket"},
		{name: "an action without a key", args: "who-can kms:CreateKey " + key + " snapshot.json", code: exitUsage, says: "is no action of KMS on keys"},
		{name: "no snapshot", args: "who-can kms:Decrypt " + key, code: exitUsage, says: "needs an action, a key, bucket or object, and the file of a snapshot"},
		{name: "width", args: "who-can kms:Decrypt " + key + " snapshot.json --width -1", code: exitUsage, says: "less than nothing"},
		{name: "format", args: "what-can role/x snapshot.json -f sarif", code: exitUsage, says: "is not one of table, json"},
		{
			name: "roles not read", old: `"operation": "iam:GetAccountAuthorizationDetails"`, new: `"operation": "iam:Other"`,
			args: "who-can kms:Decrypt " + key + " snapshot.json", code: exitIncomplete, says: "the answer is not complete",
		},
		{
			name: "nobody knows", old: `"operation": "iam:GetAccountAuthorizationDetails"`, new: `"operation": "iam:Other"`,
			args: "what-can role/x snapshot.json", code: exitIncomplete, says: "whether there is one is not known",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			variant(t, "", "")
			if tc.old != "" {
				write(t, "snapshot.json", strings.ReplaceAll(read(t, "snapshot.json"), tc.old, tc.new))
			}
			got := call(t, strings.Fields(tc.args)...)
			if got.code != tc.code || !strings.Contains(got.stderr, tc.says) {
				t.Errorf("exit code %d, want %d; stderr %q", got.code, tc.code, got.stderr)
			}
		})
	}
}

// TestWhoHostile holds names that try to steer a terminal to being harmless.
func TestWhoHostile(t *testing.T) {
	alone(t)
	text := replaced(t, read(t, "snapshot.json"), "KMSAccessPolicy", `p\u001b]0;title\u0007`)
	text = replaced(t, text, "Enable IAM User Permissions", `a\u001b[2J\u2028b`)
	write(t, "snapshot.json", text)
	for _, args := range [][]string{
		{"who-can", "kms:Decrypt", "alias/confidential", "snapshot.json"}, {"who-can", "s3:GetObject", "bucket-695267-2", "snapshot.json"}, {"what-can", "cmtr-4n6e9j62-iam-sewk-iam_role", "snapshot.json"},
	} {
		for _, more := range [][]string{nil, {"--width", "60"}, {"-f", "json"}, {"--all"}} {
			got := call(t, append(args, more...)...)
			for _, r := range got.stdout + got.stderr {
				if r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)) {
					t.Errorf("%q: %U is in the output", args, r)
					break
				}
			}
			if got.code != exitOK {
				t.Errorf("%q: %s", args, got.stderr)
			}
		}
	}
}

// TestREADMEWho holds the answers that README shows to what the commands print on
// a terminal of 100 columns. UPDATE=1 refreshes them.
func TestREADMEWho(t *testing.T) {
	fromRoot(t)
	for fence, args := range map[string][]string{
		"object of the worked example:\n\n```text\n": {"who-can", "s3:GetObject", "s3://bucket-695267-2/confidential_credentials.csv", referenceSnapshot},
		"and of its role:\n\n```text\n":              {"what-can", "role/cmtr-4n6e9j62-iam-sewk-iam_role", referenceSnapshot},
	} {
		got, _, _ := strings.Cut(call(t, append(args, "--width", "100")...).stdout, "\n\nTaken for granted")
		readme := read(t, "README.md")
		before, rest, found := strings.Cut(readme, fence)
		shown, after, closed := strings.Cut(rest, "```\n")
		if !found || !closed {
			t.Fatalf("README does not show what %s answers", args[0])
		}
		if shown != got+"\n" {
			golden(t, "README.md", before+fence+got+"\n```\n"+after)
		}
	}
}

// TestHelpWho holds the groups that --help shows to what the commands print on a
// terminal of 80 columns.
func TestHelpWho(t *testing.T) {
	variant(t, "", "")
	for _, args := range [][]string{
		{"who-can", "kms:Decrypt", "alias/confidential", "snapshot.json"}, {"what-can", "role/cmtr-4n6e9j62-iam-sewk-iam_role", "snapshot.json"},
	} {
		_, rest, found := strings.Cut(call(t, args[0], "--help").stdout, "groups such as\n\n")
		shown, _, closed := strings.Cut(rest, "\n\n")
		got := call(t, append(args, "--width", "80")...)
		if !found || !closed || !strings.Contains(got.stdout, "\n"+shown+"\n") {
			t.Errorf("%s --help shows\n%s\nwhich is not in\n%s", args[0], shown, got.stdout)
		}
	}
}
