package report_test

import (
	"testing"

	"github.com/kmsaudit/kmsaudit/report"
)

func TestFingerprintIsFrozen(t *testing.T) {
	got := report.Fingerprint("POL-001", "522814710681", "us-east-1", "arn:aws:kms:us-east-1:522814710681:key/k1", "Open",
		map[string]string{"principal": "*", "action": "kms:Decrypt"})
	// If this changes, every waiver, baseline and alert of every user is lost.
	const want = "57126ea34424dd34d2002f5b47843850381ffa3201687ed8bcd7837848380447"
	if got != want {
		t.Errorf("Fingerprint = %s, want %s", got, want)
	}
}

func TestFingerprintTellsApart(t *testing.T) {
	type parts struct {
		rule, account, region, resource, statement string
		about                                      map[string]string
	}
	cases := map[string]parts{
		"plain":                   {"R", "a", "r", "x", "s", nil},
		"other rule":              {"Q", "a", "r", "x", "s", nil},
		"part moved to the left":  {"R", "ar", "", "x", "s", nil},
		"part moved to the right": {"R", "a", "", "rx", "s", nil},
		"statement empty":         {"R", "a", "r", "xs", "", nil},
		"about":                   {"R", "a", "r", "x", "s", map[string]string{"k": "v"}},
		"about value":             {"R", "a", "r", "x", "s", map[string]string{"k": "w"}},
		"about swapped":           {"R", "a", "r", "x", "s", map[string]string{"v": "k"}},
		"about with a length":     {"R", "a", "r", "x", "s", map[string]string{"k1:v": ""}},
		"two in about":            {"R", "a", "r", "x", "s", map[string]string{"k": "v", "l": "w"}},
		"two in about, crossed":   {"R", "a", "r", "x", "s", map[string]string{"k": "w", "l": "v"}},
	}
	seen := map[string]string{}
	for name, p := range cases {
		fp := report.Fingerprint(p.rule, p.account, p.region, p.resource, p.statement, p.about)
		if other, dup := seen[fp]; dup {
			t.Errorf("%q and %q have the same fingerprint", name, other)
		}
		seen[fp] = name
		if again := report.Fingerprint(p.rule, p.account, p.region, p.resource, p.statement, p.about); again != fp {
			t.Errorf("%q: two calls differ", name)
		}
	}
	with := report.Fingerprint("R", "a", "r", "x", "s", map[string]string{})
	without := report.Fingerprint("R", "a", "r", "x", "s", nil)
	if with != without {
		t.Error("an empty about and none at all differ")
	}
}
