package main

import (
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/report"
)

const accepted = "  - rule: S3-013\n    resource: arn:aws:s3:::b\n    account: \"111122223333\"\n    reason: a\n    owner: b\n    expires: 2027-01-01\n"

// TestInsertWaiver adds a waiver to files that are written in many ways. Whatever
// is not the waiver keeps every letter.
func TestInsertWaiver(t *testing.T) {
	w := &waiver{Rule: "S3-013", Resource: "arn:aws:s3:::b", Account: "111122223333", Reason: "a", Owner: "b", Expires: "2027-01-01"}
	const one = "{rule: S3-001, resource: '*', reason: r, owner: o, expires: 2027-01-01}"
	for name, tt := range map[string]struct{ before, after string }{
		"none":           {"version: 1\n", "version: 1\nwaivers:\n" + accepted},
		"no newline":     {"version: 1", "version: 1\nwaivers:\n" + accepted},
		"comment at end": {"version: 1\n# end\n\n", "version: 1\n# end\nwaivers:\n" + accepted},
		"empty list":     {"version: 1\nwaivers: [] # none\nfail_on: low\n", "version: 1\nwaivers: # none\n" + accepted + "fail_on: low\n"},
		"one":            {"version: 1\nwaivers:\n  - " + one + "\n", "version: 1\nwaivers:\n  - " + one + "\n" + accepted},
		"at the margin": {
			"waivers:\n- " + one + "\nversion: 1\n",
			"waivers:\n- " + one + "\n" + strings.ReplaceAll(accepted[2:], "\n  ", "\n") + "version: 1\n",
		},
		"in the middle": {
			"waivers:\n    - " + one + "\n    # of this list\n\n# of what follows\nversion: 1\n",
			"waivers:\n    - " + one + "\n    # of this list\n  " + strings.TrimSuffix(strings.ReplaceAll(accepted, "\n", "\n  "), "  ") + "\n# of what follows\nversion: 1\n",
		},
		"text of several lines": {
			"version: 1\nwaivers:\n  - rule: S3-001\n    resource: '*'\n    owner: o\n    expires: 2027-01-01\n    reason: |\n      one\n\n      two\n",
			"version: 1\nwaivers:\n  - rule: S3-001\n    resource: '*'\n    owner: o\n    expires: 2027-01-01\n    reason: |\n      one\n\n      two\n" + accepted,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			write(t, "kmsaudit.yaml", tt.before)
			file, _, err := (&app{stderr: &strings.Builder{}}).fileOfWaivers(&waiverOptions{}, catalogue(t))
			if err != nil {
				t.Fatal(err)
			}
			if err := file.add(w); err != nil {
				t.Fatal(err)
			}
			if got := read(t, "kmsaudit.yaml"); got != tt.after {
				t.Errorf("got\n%s\nwant\n%s", got, tt.after)
			}
		})
	}
}

// TestInsertWaiverRefuses leaves a file as it is that cannot be added to.
func TestInsertWaiverRefuses(t *testing.T) {
	w := &waiver{Rule: "S3-013", Resource: "*", Reason: "a", Owner: "b", Expires: "2027-01-01"}
	for name, text := range map[string]string{
		"a list in one line": "version: 1\nwaivers: [{rule: S3-001, resource: '*', reason: r, owner: o, expires: 2027-01-01}]\n",
		"one mapping":        "{version: 1, fail_on: low}\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			write(t, "kmsaudit.yaml", text)
			file, _, err := (&app{stderr: &strings.Builder{}}).fileOfWaivers(&waiverOptions{}, catalogue(t))
			if err != nil {
				t.Fatal(err)
			}
			if err := file.add(w); err == nil {
				t.Error("the file was changed")
			}
			if got := read(t, "kmsaudit.yaml"); got != text {
				t.Errorf("got\n%s", got)
			}
		})
	}
}

// TestScalar writes text so that YAML reads the same text again.
func TestScalar(t *testing.T) {
	for _, text := range []string{
		"a", "yes", "12", "2027-01-01", "a: b", "# a", "- a", "'", `"`, `\`, "a\nb", "\t", "*a", "&a", "!a", "%a", "@a", "`a", "{a", " a ", "\u2028", "é鍵", "~", "",
	} {
		var got struct {
			Reason string `yaml:"reason"`
		}
		if s := readYAML("x", []byte("reason: "+scalar(text)+"\n"), &got); len(s.problems) > 0 || got.Reason != text {
			t.Errorf("%q is written as %s and read as %q (%v)", text, scalar(text), got.Reason, s.err())
		}
		if line := scalar(text); strings.Contains(line, "\n") {
			t.Errorf("%q is written in several lines: %q", text, line)
		}
	}
}

func TestHold(t *testing.T) {
	w := report.Waiver{Rule: "R", Resource: "*", Expires: "2026-11-23"}
	for today, want := range map[string]int{"2026-11-22": 2, "2026-11-23": 1, "2026-11-24": 0} {
		asOf, err := dayOf(today)
		if err != nil {
			t.Fatal(err)
		}
		if h := hold(w, asOf, nil); h.DaysLeft != want || (h.Status == "active") != (want > 0) {
			t.Errorf("%s: %d days left, %s", today, h.DaysLeft, h.Status)
		}
	}
}
