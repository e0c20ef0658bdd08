package report

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestGlob(t *testing.T) {
	const key = "arn:aws:kms:us-east-1:522814710681:key/k1"
	tests := []struct {
		pattern, s string
		want       bool
	}{
		{key, key, true},
		{key, key + "2", false},
		{"key/k1", key, false},
		{"*key/k1", key, true},
		{"arn:aws:kms:*", key, true},
		{"arn:aws:kms:*:key/*", key, true},
		{"arn:*:key/k?", key, true},
		{"arn:*:key/k??", key, false},
		{"ARN:*", key, false},
		{"*", "", true},
		{"*", "a/b:c", true},
		{"", "", true},
		{"", "a", false},
		{"?", "", false},
		{"?", "é", true},
		{"??", "é", false},
		{"*?", "€", true},
		{"*??", "€", false},
		{"?*", "\xff", true},
		{"a**b", "ab", true},
		{"a.b", "axb", false},
		{"[ab]", "a", false},
		{"[ab]", "[ab]", true},
		{`\*`, `\anything`, true},
		{"{a,b}", "a", false},
		{"*a*b*c", "aabbc", true},
		{"*a*b*c", "aabbcd", false},
	}
	for _, tt := range tests {
		if got := glob(tt.pattern, tt.s); got != tt.want {
			t.Errorf("glob(%q, %q) = %t, want %t", tt.pattern, tt.s, got, tt.want)
		}
	}
}

func TestGlobDoesNotStall(t *testing.T) {
	done := make(chan bool, 1)
	go func() { done <- glob(strings.Repeat("*a", 500)+"b", strings.Repeat("a", 5000)) }()
	select {
	case matched := <-done:
		if matched {
			t.Error("matched")
		}
	case <-time.After(time.Minute):
		t.Fatal("still matching")
	}
}

func FuzzGlob(f *testing.F) {
	for _, seed := range [][2]string{{"*a?c*", "xxabc"}, {"arn:*:key/?", "arn:aws:kms:::key/k"}, {"", ""}, {"*??", "€"}, {`.*\`, `.x\`}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, pattern, s string) {
		if !glob("*", s) {
			t.Errorf("* does not match %q", s)
		}
		if len(pattern) > 40 || len(s) > 200 || !utf8.ValidString(pattern) || !utf8.ValidString(s) {
			return
		}
		quoted := strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(regexp.QuoteMeta(pattern))
		want := regexp.MustCompile(`(?s)\A` + quoted + `\z`).MatchString(s)
		if got := glob(pattern, s); got != want {
			t.Errorf("glob(%q, %q) = %t, want %t", pattern, s, got, want)
		}
	})
}
