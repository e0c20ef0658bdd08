package collector

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestReadme holds the figures of the README to the table of calls.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	count := func(units ...unit) (n int) {
		for _, c := range calls {
			for _, per := range units {
				if c.per == per {
					n++
				}
			}
		}
		return n
	}
	figure := map[string]int{
		"customer managed key": count(perKey, perCustomerKey),
		"AWS managed key":      count(perKey),
		"bucket":               count(perBucket),
		"role, user, group":    0,
		"managed policy":       0,
		"Region":               count(perRegion),
		"trail":                count(perTrail),
		"Region of log groups that trails write to":         count(perFilterRegion),
		"policy on the account's chain in its organization": count(perPolicy),
	}
	if more := count(perSelfRotating, perRotatableKey); more != 2 {
		t.Errorf("a key that can be rotated costs %d more", more)
	}
	if more := count(perListedBucket); more != 1 {
		t.Errorf("a bucket whose access control list counts costs %d more", more)
	}
	for what, calls := range figure {
		row := "| " + what + " | "
		_, rest, found := strings.Cut(string(text), row)
		digits := rest[:max(0, strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' }))]
		if !found || digits != strconv.Itoa(calls) {
			t.Errorf("the README says %q calls per %s, the table %d", digits, what, calls)
		}
	}
}
