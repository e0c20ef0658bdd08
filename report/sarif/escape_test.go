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

func TestEscapeMarkdown(t *testing.T) {
	tests := map[string][2]string{
		"plain":            {"Turn rotation on.", "Turn rotation on."},
		"code":             {"call `kms:*` now", "call `kms:*` now"},
		"two codes":        {"`a` and `b`", "`a` and `b`"},
		"odd backtick":     {"a ` b", "a \\` b"},
		"double backticks": {"a ``b``", "a \\`\\`b\\`\\`"},
		"asterisk":         {"kms:ReEncrypt* and kms:GenerateDataKey*", `kms:ReEncrypt\* and kms:GenerateDataKey\*`},
		"underscore":       {"aws_kms_key", `aws\_kms\_key`},
		"link":             {"[a](b)", `\[a\](b)`},
		"html":             {"<b>&lt;", `\<b\>\&lt;`},
		"list":             {"- a", `\- a`},
		"numbered":         {"1. a", `1\. a`},
		"number":           {"365", "365"},
		"number, text":     {"365 days", "365 days"},
		"heading":          {"# a", `\# a`},
		"table":            {"a | b", `a \| b`},
		"html within code": {"`<b>`", "`<b>`"},
	}
	for name, tt := range tests {
		if got := escapeMarkdown(tt[0]); got != tt[1] {
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
		if got := webAddress(in); got != want {
			t.Errorf("webAddress(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	if got := cut("ééééé", 4); got != "é..." {
		t.Errorf("cut = %q", got)
	}
	if got := cut("éééé", 4); got != "éééé" {
		t.Errorf("cut = %q", got)
	}
}
