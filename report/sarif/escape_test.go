package sarif

import "testing"

func TestMessageText(t *testing.T) {
	tests := map[string][2]string{
		"plain":       {"a key", "a key"},
		"link":        {"see [here](1)", `see \[here\](1)`},
		"placeholder": {"{0} of {n}", "{{0}} of {{n}}"},
		"backslash":   {`a\b`, `a\\b`},
		"escape":      {"a\x1bb", `a\\x1bb`},
		"newline":     {"a\nb", `a\\nb`},
	}
	for name, tt := range tests {
		if got := messageText(tt[0]); got != tt[1] {
			t.Errorf("%s: %q, want %q", name, got, tt[1])
		}
	}
}

func TestURI(t *testing.T) {
	tests := map[string]string{
		"snapshot.json":         "snapshot.json",
		"./a/../snapshot.json":  "snapshot.json",
		"../x.json":             "../x.json",
		"a b/ü%.json":           "a%20b/%C3%BC%25.json",
		"prod:eu.json":          "prod%3Aeu.json",
		"/var/lib/a#b?.json":    "file:///var/lib/a%23b%3F.json",
		"C:/audit/a.json":       "file:///C:/audit/a.json",
		"":                      "unknown",
		"-":                     "-",
		"a\x1b\xff[1].json.gz":  "a%1B%FF%5B1%5D.json.gz",
		"s3/2026/snapshot.json": "s3/2026/snapshot.json",
	}
	for in, want := range tests {
		if got := uri(in); got != want {
			t.Errorf("uri(%q) = %q, want %q", in, got, want)
		}
	}
}
