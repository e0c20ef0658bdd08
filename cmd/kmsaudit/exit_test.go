package main

import (
	"context"
	"io"
	"os"
	"strings"
	"testing"
)

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// trailOfOrganization records what is done with keys.
const trailOfOrganization = `"trails": [{
	"arn": "arn:aws:cloudtrail:us-east-1:444455556666:trail/all", "name": "all", "home_region": "us-east-1",
	"settings": {"state": "ok", "value": {
		"bucket": "trail", "multi_region": true, "organization_trail": true, "global_events": true, "log_file_validation": true
	}},
	"status": {"state": "ok", "value": {"logging": true}},
	"event_selectors": {"state": "ok", "value": [{"read_write_type": "All", "include_management_events": true}]}
}]`

// TestExitCodes holds every way in which a run can end to its exit code and to
// what the last lines on stderr say.
func TestExitCodes(t *testing.T) {
	const (
		critical = "version: 1\nrules: {KEY-001: {severity: critical}}\n"
		waiver   = "version: 1\nwaivers:\n  - {rule: KEY-001, resource: \"*\", reason: \"next sprint\", owner: web, expires: 2027-03-31}\n"
	)
	for _, tc := range []struct {
		name  string
		files map[string]string // written before the run
		edit  map[string]string // replaced in snapshot.json
		args  string
		code  int
		says  string // on stderr; "" for silence
	}{
		// 0: evaluated.
		{name: "nothing at the threshold", args: "check snapshot.json -c reference.yaml", code: exitOK},
		{name: "no threshold", args: "check snapshot.json --fail-on none", code: exitOK},
		{name: "threshold in the environment", args: "KMSAUDIT_FAIL_ON=none check snapshot.json --on-gap fail", code: exitOK},
		{name: "configuration in the environment", args: "KMSAUDIT_CONFIG=reference.yaml check snapshot.json", code: exitOK},
		{
			name: "flag beats environment", args: "KMSAUDIT_FAIL_ON=low check snapshot.json --fail-on critical", code: exitOK,
		},
		{
			name: "environment beats file", files: map[string]string{"c.yaml": "version: 1\nfail_on: low\n"},
			args: "KMSAUDIT_FAIL_ON=none check snapshot.json -c c.yaml", code: exitOK,
		},
		{
			name: "everything waived", files: map[string]string{"c.yaml": critical, "w.yaml": waiver},
			args: "check snapshot.json -c c.yaml --waivers w.yaml --as-of 2027-03-31", code: exitOK,
		},
		{
			name: "gaps accepted", args: "check snapshot.json --max-age 1h --on-gap warn", code: exitOK, says: "but the evidence is incomplete",
		},
		{
			name: "the default file is told", files: map[string]string{"kmsaudit.yaml": "version: 1\n"}, args: "check snapshot.json",
			code: exitOK, says: "kmsaudit: using ./kmsaudit.yaml\n",
		},
		{name: "a strange variable is told", args: "KMSAUDIT_FAILON=low check snapshot.json", code: exitOK, says: "did you mean KMSAUDIT_FAIL_ON?"},

		// 1: findings.
		{name: "findings", args: "check snapshot.json --fail-on medium", code: exitFindings, says: "findings at or above medium: "},
		{name: "threshold in the file", files: map[string]string{"c.yaml": "version: 1\nfail_on: low\n"}, args: "check snapshot.json -c c.yaml", code: exitFindings, says: "at or above low"},
		{name: "findings before gaps", args: "check snapshot.json --fail-on medium --max-age 1h", code: exitFindings, says: "mend them"},
		{
			name: "severity of a rule", files: map[string]string{"c.yaml": critical},
			args: "check snapshot.json -c c.yaml", code: exitFindings, says: "1 critical",
		},
		{
			name: "expired waiver", files: map[string]string{"c.yaml": critical, "w.yaml": waiver},
			args: "check snapshot.json -c c.yaml --waivers w.yaml --as-of 2027-04-01",
			code: exitFindings, says: "kmsaudit: 1 finding at or above high: 1 critical\nkmsaudit: mend them",
		},

		// 3: the evidence is incomplete.
		{name: "too old", args: "check snapshot.json --max-age 1h", code: exitIncomplete, says: "the snapshot is older than 1h"},
		{
			name: "dated in the future", edit: map[string]string{`"collected_at": "20`: `"collected_at": "21`},
			args: "check snapshot.json --max-age 24h", code: exitIncomplete, says: "dated in the future",
		},
		{
			name: "a Region is missing", files: map[string]string{"c.yaml": "version: 1\nregions: [us-east-1, eu-west-1]\n"},
			args: "check snapshot.json -c c.yaml", code: exitIncomplete, says: "kms:ListKeys",
		},
		{
			name: "a listing was not collected", edit: map[string]string{`"operation": "s3:ListAllMyBuckets"`: `"operation": "s3:Nothing"`},
			args: "check snapshot.json", code: exitIncomplete, says: "s3:ListAllMyBuckets",
		},

		// 2: usage.
		{name: "no command", args: "", code: exitUsage, says: "a command is missing"},
		{name: "unknown command", args: "chek snapshot.json", code: exitUsage, says: "did you mean check?"},
		{name: "unknown command below rules", args: "rules lst", code: exitUsage, says: "did you mean list or test?"},
		{name: "unknown flag", args: "check snapshot.json --fail-onn low", code: exitUsage, says: "did you mean --fail-on?"},
		{name: "no snapshot", args: "check", code: exitUsage, says: "needs the file of a snapshot"},
		{name: "unknown severity", args: "check snapshot.json --fail-on hihg", code: exitUsage, says: "did you mean high?"},
		{name: "unknown severity in the environment", args: "KMSAUDIT_FAIL_ON=severe check snapshot.json", code: exitUsage, says: "KMSAUDIT_FAIL_ON"},
		{name: "unknown format", args: "check snapshot.json -f saril", code: exitUsage, says: "asff; did you mean sarif?"},
		{name: "two reports on stdout", args: "check snapshot.json -f json -f table", code: exitUsage, says: "both go to stdout"},
		{name: "format without file", args: "check snapshot.json -f json=", code: exitUsage, says: "names no file"},
		{name: "output without report", args: "check snapshot.json -f json=a -o b", code: exitUsage, says: "has nothing to hold"},
		{name: "bad day", args: "check snapshot.json --as-of 23.11.2026", code: exitUsage, says: "YYYY-MM-DD"},
		{name: "bad age", args: "check snapshot.json --max-age 1", code: exitUsage, says: "such as 24h or 7d"},
		{name: "bad width", args: "check snapshot.json --width -1", code: exitUsage, says: "--width"},
		{name: "bad Region", args: "collect --regions us_east_1", code: exitUsage, says: "us_east_1"},
		{name: "external id without role", args: "collect --external-id x", code: exitUsage, says: "--role-arn"},
		{name: "unknown rule", args: "rules show KEY-999", code: exitUsage, says: `there is no rule "KEY-999"`},
		{name: "facts without snapshot", args: "facts", code: exitUsage, says: "needs the file of one snapshot"},

		// 2: input.
		{name: "missing file", args: "check nowhere.json", code: exitUsage, says: "read snapshot nowhere.json: no such file"},
		{name: "a folder with two snapshots of an account", files: map[string]string{"twice.json": read(t, "../../"+referenceSnapshot)}, args: "check .", code: exitUsage, says: "account 522814710681 is judged twice"},
		{name: "a manifest that is none", files: map[string]string{"manifest.json": "{}"}, args: "check .", code: exitUsage, says: "manifest.json:1:1: /schema"},
		{name: "one of two is missing", args: "check snapshot.json nowhere.json", code: exitUsage, says: "nowhere.json"},
		{name: "the same account twice", args: "check snapshot.json snapshot.json", code: exitUsage, says: "both snapshots of account 522814710681"},
		{name: "truncated", files: map[string]string{"s.json": "{\n  \"schema\": \"kmsaudit.snapshot/v1\",\n"}, args: "check s.json", code: exitUsage, says: "s.json:3:1: the file ends early"},
		{name: "empty", files: map[string]string{"s.json": ""}, args: "check s.json", code: exitUsage, says: "s.json:1:1"},
		{
			name: "wrong version", edit: map[string]string{"kmsaudit.snapshot/v1": "kmsaudit.snapshot/v9"}, args: "check snapshot.json",
			code: exitUsage, says: `snapshot.json:2:13: /schema: schema "kmsaudit.snapshot/v9" is not known`,
		},
		{name: "wrong type", edit: map[string]string{`"bucket_key": true`: `"bucket_key": "yes"`}, args: "check snapshot.json", code: exitUsage, says: "/bucket_key"},
		{name: "unknown field", edit: map[string]string{`"collected_by"`: `"collectedby"`}, args: "check snapshot.json", code: exitUsage, says: "/collectedby"},
		{name: "broken archive", files: map[string]string{"s.json.gz": "\x1f\x8bnot"}, args: "check s.json.gz", code: exitUsage, says: "gzip"},
		{
			name: "another account", files: map[string]string{"c.yaml": "version: 1\naccount: \"111122223333\"\n"}, args: "check snapshot.json -c c.yaml",
			code: exitUsage, says: "c.yaml is about account 111122223333",
		},

		// 2: configuration; TestConfigProblems has the rest.
		{name: "missing configuration", args: "check snapshot.json -c nowhere.yaml", code: exitUsage, says: "read configuration nowhere.yaml"},
		{name: "unknown key", files: map[string]string{"c.yaml": "version: 1\nrequirments: []\n"}, args: "check snapshot.json -c c.yaml", code: exitUsage, says: "c.yaml:2:1: requirments: unknown key; did you mean requirements?"},
		{name: "bad waiver", files: map[string]string{"w.yaml": "version: 1\nwaivers:\n  - {rule: KEY-001, resource: \"*\", reason: later}\n"}, args: "check snapshot.json --waivers w.yaml", code: exitUsage, says: "w.yaml:3:5: waivers[0]: needs owner\nkmsaudit: w.yaml:3:5: waivers[0]: needs expires"},
		{name: "missing waivers", args: "check snapshot.json --waivers nowhere.yaml", code: exitUsage, says: "read waivers nowhere.yaml"},

		// 4: the run failed.
		{name: "report into a folder that is not there", args: "check snapshot.json -o nowhere/out.txt", code: exitFailure, says: "write nowhere/out.txt: no such file"},
		{name: "failure before findings", args: "check snapshot.json --fail-on low -f sarif=nowhere/out", code: exitFailure, says: "write nowhere/out"},
		{name: "snapshot into a folder that is not there", args: "collect -o nowhere/s.json", code: exitFailure, says: "write nowhere/s.json"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			alone(t)
			write(t, "snapshot.json", replaced(t, read(t, "snapshot.json"), `"trails": []`, trailOfOrganization)) // nothing found is high
			awsEnvironment(t, "http://127.0.0.1:1")
			for path, text := range tc.files {
				write(t, path, text)
			}
			for old, replacement := range tc.edit {
				write(t, "snapshot.json", replaced(t, read(t, "snapshot.json"), old, replacement))
			}
			got := call(t, strings.Fields(tc.args)...)
			if got.code != tc.code {
				t.Errorf("exit code %d, want %d", got.code, tc.code)
			}
			if !strings.Contains(got.stderr, tc.says) || (tc.says == "") != (got.stderr == "") {
				t.Errorf("stderr is %q, want %q in it", got.stderr, tc.says)
			}
			if got.code != exitOK && strings.Count(got.stderr, "\n") < 2 {
				t.Errorf("stderr does not say what to do next: %q", got.stderr)
			}
			if got.code == exitUsage && got.stdout != "" {
				t.Errorf("stdout is %q", got.stdout)
			}
		})
	}
}

func TestCancelled(t *testing.T) {
	alone(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got := callWith(ctx, t, "check", "snapshot.json", "-o", "out.txt")
	if got.code != exitInterrupted || got.stderr != "kmsaudit: interrupted\nkmsaudit: run it again; files that it did not finish are as they were\n" || exists("out.txt") {
		t.Errorf("got %+v", got)
	}
}

// TestPanic holds a defect of ours to exit code 4: that of a Go panic is 2.
func TestPanic(t *testing.T) {
	if got := run(t.Context(), []string{"version"}, nil, broken{}, io.Discard, nil); got != exitFailure {
		t.Errorf("exit code %d", got)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { panic("broken") }
