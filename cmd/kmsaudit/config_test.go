package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsaudit/kmsaudit/rules"
)

func catalogue(t testing.TB) *rules.Catalogue {
	t.Helper()
	c, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestConfigProblems holds slips of the pen to what is said of them. Slips in
// values are in testdata/scripts/config_values.txtar.
func TestConfigProblems(t *testing.T) {
	c := catalogue(t)
	for _, tc := range []struct{ text, want string }{
		{"", "f:1: the file is empty"},
		{"# nothing\n", "f:1: the file is empty"},
		{"version: 1\n\tregions: []\n", "f:2: found a tab character that violates indentation"},
		{"version: [1\n", "f:1: did not find expected ',' or ']'"},
		{"- version: 1\n", "f:1:1: this has to be a mapping"},
		{"version: \"1\"\n", "f:1:10: version: this has to be a whole number"},
		{"account: \"111122223333\"\n", "f:1:1: version: this has to be 1, the only version there is"},
		{"version: 1\nversion: 1\n", "f:2:1: version: the key stands twice, first in line 1"},
		{"version: 1\n---\nversion: 1\n", "f:2:1: a second document begins here; one is read"},
		{"version: 1\nregions:\n", "f:2:9: regions: this has to be a list"},
		{"version: 1\nregions: us-east-1\n", "f:2:10: regions: this has to be a list"},
		{"version: 1\nregions: [1]\n", `f:2:11: regions[0]: this has to be text: put it in quotes, "1"`},
		{"version: 1\n1: x\n", "f:2:1: a key has to be text"},
		{"version: 1\n<<: {regions: []}\n", "f:2:1: a key has to be text"},
		{"version: 1\nrules: {S3-001: {enabled: maybe}}\n", "f:2:27: rules.S3-001.enabled: this has to be true or false"},
		{"version: 1\nrules: {S3-001: {severity: bad}}\n", `f:2:28: rules.S3-001.severity: severity "bad" is not one of info, low, medium, high, critical`},
		{"version: 1\nrules: {S3-001: {severity: \"\"}}\n", "f:2:28: rules.S3-001.severity: this has to be a word"},
		{"version: 1\nrules: {S3-001: {level: low}}\n", "f:2:18: rules.S3-001.level: unknown key; known are enabled, params, severity"},
		{"version: 1\nmax_age: 1\n", "f:2:10: max_age: this has to be a word"},
		{"version: 1\nmax_age: soon\n", "f:2:10: max_age: a time such as 24h or 7d is wanted"},
	} {
		_, err := parseConfig("f", []byte(tc.text), c)
		if err == nil || err.Error() != tc.want {
			t.Errorf("%q: %v, want %s", tc.text, err, tc.want)
		}
	}
}

// TestConfigUnfolds holds aliases to a bound: a small file can unfold without end.
func TestConfigUnfolds(t *testing.T) {
	var b strings.Builder
	b.WriteString("version: 1\nrules:\n  S3-001:\n    params:\n      a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 12; i++ {
		fmt.Fprintf(&b, "      a%d: &a%d [%s]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10))
	}
	_, err := parseConfig("f", []byte(b.String()), catalogue(t))
	if err == nil || !strings.Contains(err.Error(), "unfolds to more than") {
		t.Errorf("got %v", err)
	}
}

func TestReferenceConfig(t *testing.T) {
	got, err := parseConfig("f", []byte(read(t, "../../"+referenceConfig)), catalogue(t))
	if err != nil {
		t.Fatal(err)
	}
	says := map[string]bool{
		"environments": false, "requirements": true, "requirements.exclusive": true, "requirements.buckets": true,
		"key_administrators": true, "trusted_accounts": true,
	}
	if diff := cmp.Diff(says, got.settings.Intent.Says()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestConfigTakes(t *testing.T) {
	text := `version: 1
environments: {tag: Environment, names: {prod: ["*-prod"]}}
fail_on: none
on_gap: warn
max_age: 7d
regions: &r [us-east-1]
rules: {S3-001: {enabled: false, severity: low}}
waivers:
  - {fingerprint: "` + strings.Repeat("0a", 32) + `", reason: x, owner: y, expires: 2027-03-31}
`
	got, err := parseConfig("f", []byte(text), catalogue(t))
	if err != nil {
		t.Fatal(err)
	}
	if !got.settings.Disabled["S3-001"] || got.MaxAge.String() != "168h" || got.waivers[0].Place.Line != 9 {
		t.Errorf("got %+v", got)
	}
}

func FuzzConfig(f *testing.F) {
	c := catalogue(f)
	for _, seed := range []string{
		"", "version: 1", "version: 1\nregions: [us-east-1]\n", "version: 1\nrequirements:\n - {name: a, key: b, actions: [\"kms:*\"]}\n",
		"version: 1\nrules: {S3-001: {params: {a: [1, {b: c}]}}}\n", "a: &a [*a]", "version: 1\nrules: &x {S3-001: {params: {a: *x}}}\n",
		"version: 1\nwaivers: [{rule: KEY-001, resource: \"*\"}]\n", "\x1b[31m: \u202e", "? [a]\n: b", "!!binary a: b", "version: 0x1\nfail_on: ~\n",
		"%YAML 1.2\n---\n...", "\xff\xfe\x00", "version: .inf", "account: 2027-01-01\n", "requirements: [[]]", "max_age: 99999999999d",
	} {
		f.Add(seed)
	}
	placed := regexp.MustCompile(`^f:[1-9][0-9]*:`)
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseConfig("f", []byte(text), c)
		if (got == nil || got.Version != 1) && err == nil {
			t.Errorf("a configuration without version passes")
		}
		for _, problem := range parts(err) {
			if !placed.MatchString(problem.Error()) {
				t.Errorf("no line in %q", problem)
			}
		}
	})
}
