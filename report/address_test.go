package report_test

import (
	"testing"

	"github.com/kmsaudit/kmsaudit/report"
)

func TestWebAddress(t *testing.T) {
	tests := map[string]string{
		"https://docs.aws.amazon.com/kms/a_b.html#x": "https://docs.aws.amazon.com/kms/a_b.html#x",
		"http://example.com/?a=<script>\u202e":       "http://example.com/?a=%3Cscript%3E%E2%80%AE",
		"javascript:alert(1)":                        "",
		"docs/a.md":                                  "",
		"https:///nowhere":                           "",
		"https://a b/":                               "",
	}
	for in, want := range tests {
		if got := report.WebAddress(in); got != want {
			t.Errorf("report.WebAddress(%q) = %q, want %q", in, got, want)
		}
	}
}
