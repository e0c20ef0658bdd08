package main

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/kmsaudit/kmsaudit/rules/why"
)

const (
	theRole   = "cmtr-4n6e9j62-iam-sewk-iam_role"
	theObject = "s3://bucket-695267-2/confidential_credentials.csv"
)

// asked are questions about the reference account with one thing replaced, by the
// name of the golden that shows the answer.
var asked = map[string]struct{ old, new, args string }{
	"upload":  {args: "--principal role/" + theRole + " --operation s3:PutObject --resource " + theObject},
	"refused": {`"kms:GenerateDataKey*",`, ``, "--principal role/" + theRole + " --operation s3:PutObject --resource " + theObject},
	"depends": {
		`"Sid": "Enable IAM User Permissions",`,
		`"Sid": "Enable IAM User Permissions", "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}},`,
		"--principal role/" + theRole + " --operation kms:Decrypt --resource alias/confidential",
	},
	"tests": {
		`"Sid": "Enable IAM User Permissions",`,
		`"Sid": "Enable IAM User Permissions", "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com", "aws:SourceVpce": "vpce-1"}},`,
		"--principal role/" + theRole + " --operation kms:Decrypt --resource alias/confidential",
	},
	"stranger": {args: "--principal arn:aws:iam::444455556666:role/partner --operation GetObject --resource " + theObject},
}

// variant makes the reference account with one thing replaced.
func variant(t *testing.T, old, replacement string) {
	t.Helper()
	alone(t)
	if old != "" {
		write(t, "snapshot.json", replaced(t, read(t, "snapshot.json"), old, replacement))
	}
}

// TestWhy holds answers to goldens, at the width of a terminal and in a pipe.
func TestWhy(t *testing.T) {
	for name, q := range asked {
		for layout, more := range map[string][]string{"80": {"--width", "80"}, "pipe": nil} {
			t.Run(name+"-"+layout, func(t *testing.T) {
				goldens, err := filepath.Abs("testdata")
				if err != nil {
					t.Fatal(err)
				}
				variant(t, q.old, q.new)
				args := append(append([]string{"why", "snapshot.json"}, strings.Fields(q.args)...), more...)
				got := call(t, args...)
				if got.code != exitOK || got.stderr != "" {
					t.Errorf("exit code %d, stderr %q", got.code, got.stderr)
				}
				golden(t, filepath.Join(goldens, "why-"+name+"-"+layout+".txt"), got.stdout)
				if again := call(t, args...); again.stdout != got.stdout {
					t.Error("a second run gives other bytes")
				}
				for line := range strings.SplitSeq(got.stdout, "\n") {
					if layout == "80" && columnsOf(line) > 80 && !strings.HasPrefix(line, "       ") { // statements are left whole
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

// TestWhyJSON holds the JSON form to its names.
func TestWhyJSON(t *testing.T) {
	for name, q := range asked {
		t.Run(name, func(t *testing.T) {
			variant(t, q.old, q.new)
			got := call(t, append([]string{"why", "snapshot.json", "-f", "json"}, strings.Fields(q.args)...)...)
			var a why.Answer
			decodeJSON(t, got.stdout, &a)
			if a.Schema != why.Schema || len(a.Requests) == 0 || a.Summary == "" || len(a.Snapshots) != 1 {
				t.Errorf("got %s", got.stdout)
			}
		})
	}
}

// TestWhyExit holds the ways in which why can end to their exit codes.
func TestWhyExit(t *testing.T) {
	const upload = " --principal " + theRole + " --operation PutObject --resource " + theObject
	const decrypt = " --principal " + theRole + " --operation kms:Decrypt --resource alias/confidential"
	const noKey = `"kms:GenerateDataKey*",`
	organization := `"organization": {
    "state": "absent",`
	via := asked["depends"]
	for _, tc := range []struct {
		name, old, new, args string
		code                 int
		says                 string
	}{
		{name: "answered", args: upload},
		{name: "as expected", args: upload + " --expect allowed"},
		{name: "not as expected", args: upload + " --expect denied", code: exitFindings, says: "the verdict is Allowed, and denied was expected"},
		{name: "denied", old: noKey, args: upload},
		{name: "denied, as expected", old: noKey, args: upload + " --expect denied"},
		{name: "denied, not as expected", old: noKey, args: upload + " --expect allowed", code: exitFindings, says: "the verdict is ImplicitlyDenied, and allowed was expected"},
		{name: "an open verdict is not allowed", old: via.old, new: via.new, args: decrypt + " --expect allowed", code: exitFindings, says: "the verdict is Depends"},
		{name: "nor is it denied", old: via.old, new: via.new, args: decrypt + " --expect denied", code: exitFindings, says: "the verdict is Depends"},
		{name: "settled by the context", old: via.old, new: via.new, args: decrypt + " --context kms:ViaService=s3.us-east-1.amazonaws.com --expect allowed"},
		{name: "settled by absence", old: via.old, new: via.new, args: decrypt + " --absent kms:ViaService --expect denied"},
		{name: "open again", old: via.old, new: via.new, args: upload + " --unknown kms:ViaService --expect allowed", code: exitFindings, says: "the verdict is Depends"},
		{name: "unknown", old: `"operation": "iam:GetAccountAuthorizationDetails"`, new: `"operation": "iam:Other"`, args: " --principal someone --operation kms:Decrypt --resource alias/confidential", code: exitIncomplete, says: "whether there is one is not known"},
		{name: "a stranger", args: " --principal arn:aws:iam::444455556666:role/x --operation kms:DescribeKey --resource alias/confidential"},
		{name: "SCPs not read", old: organization, new: strings.Replace(organization, "absent", "denied", 1), args: upload},
		{name: "SCPs not read, allowed expected", old: organization, new: strings.Replace(organization, "absent", "denied", 1), args: upload + " --expect allowed", code: exitIncomplete, says: "rests on SCPs and RCPs, which were not read"},
		{name: "a key that nobody tests", args: upload + " --context aws:SourceIP=10.0.0.1", says: "no policy that bears on the question tests aws:SourceIP"},
		{name: "a key that does not work", old: `"state": "Enabled"`, new: `"state": "Disabled"`, args: upload + " --expect allowed", says: "whatever the policies say, it fails: key arn"},
		{name: "no operation", args: "", code: exitUsage, says: "--operation is missing"},
		{name: "no principal", args: " --operation PutObject", code: exitUsage, says: "--principal is missing"},
		{name: "a service", args: " --operation InventoryDelivery --resource " + theObject},
		{name: "a typo", args: strings.Replace(upload, "PutObject", "PutObjekt", 1), code: exitUsage, says: "did you mean PutObject?"},
		{name: "a typo of an action", args: strings.Replace(decrypt, "Decrypt", "Decrpt", 1), code: exitUsage, says: "did you mean kms:Decrypt?"},
		{name: "a typo of a bucket", args: strings.Replace(upload, "695267-2", "695267-3", 1), code: exitUsage, says: "did you mean arn:aws:s3:::bucket-695267-1?"},
		{name: "no pair", args: upload + " --context aws:SourceIp", code: exitUsage, says: "is not key=value"},
		{name: "no key", args: upload + " --unknown SourceIp", code: exitUsage, says: "is not a condition key"},
		{name: "format", args: upload + " -f sarif", code: exitUsage, says: "is not one of table, json"},
		{name: "width", args: upload + " --width -1", code: exitUsage, says: "less than nothing"},
		{name: "expectation", args: upload + " --expect maybe", code: exitUsage, says: "is not one of allowed, denied"},
		{name: "twice the account", args: upload + " snapshot.json", code: exitUsage, says: "are both snapshots of account"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			variant(t, tc.old, tc.new)
			got := call(t, append([]string{"why", "snapshot.json"}, strings.Fields(tc.args)...)...)
			if got.code != tc.code || !strings.Contains(got.stderr, tc.says) {
				t.Errorf("exit code %d, want %d; stderr %q", got.code, tc.code, got.stderr)
			}
		})
	}
}

// TestWhyHostile holds names that try to steer a terminal to being harmless.
func TestWhyHostile(t *testing.T) {
	alone(t)
	text := replaced(t, read(t, "snapshot.json"), "KMSAccessPolicy", `p\u001b]0;title\u0007`)
	text = replaced(t, text, "S3Access", `s\u202e\u001b[31m`)
	text = replaced(t, text, "Enable IAM User Permissions", `a\u001b[2J\u2028b`)
	text = replaced(t, text, `"kms:GenerateDataKey*",`, "")
	write(t, "snapshot.json", text)
	for _, object := range []string{theObject, "s3://bucket-695267-2/\x1b[31m\u202e*${x}\n"} {
		for _, more := range [][]string{nil, {"--width", "60"}, {"-f", "json"}, {"--color", "never"}} {
			got := call(t, append([]string{"why", "snapshot.json", "--principal", theRole, "--operation", "PutObject", "--resource", object}, more...)...)
			for _, r := range got.stdout + got.stderr {
				if r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)) {
					t.Errorf("%q %q: %U is in the output", object, more, r)
					break
				}
			}
			if got.code != exitOK {
				t.Errorf("%q: %s", object, got.stderr)
			}
		}
	}
}

// TestWhyColours holds colours to adding nothing but colours.
func TestWhyColours(t *testing.T) {
	variant(t, asked["refused"].old, "")
	args := append([]string{"why", "snapshot.json", "--width", "90"}, strings.Fields(asked["refused"].args)...)
	plain, painted := call(t, args...).stdout, call(t, append(args, "--color", "always")...).stdout
	for _, look := range []string{"0", "1", "2", "32", "33", "1;31"} {
		painted = strings.ReplaceAll(painted, "\x1b["+look+"m", "")
	}
	if painted != plain {
		t.Error("colours change the text")
	}
}

// TestREADMEWhy holds the part of an answer that README shows to the golden.
// UPDATE=1 refreshes it.
func TestREADMEWhy(t *testing.T) {
	fromRoot(t)
	_, rest, _ := strings.Cut(read(t, "cmd/kmsaudit/testdata/why-refused-80.txt"), "\n\nKMS half")
	part, _, found := strings.Cut("KMS half"+rest, "\n\nTaken for granted")
	readme := read(t, "README.md")
	const fence = "said among other things:\n\n```text\n"
	before, rest, begun := strings.Cut(readme, fence)
	shown, after, closed := strings.Cut(rest, "```\n")
	if !found || !begun || !closed {
		t.Fatal("README does not show a part of an answer")
	}
	if shown != part+"\n" {
		golden(t, "README.md", before+fence+part+"\n```\n"+after)
	}
}
