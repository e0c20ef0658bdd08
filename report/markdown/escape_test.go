package markdown_test

import (
	"testing"

	"github.com/kmsaudit/kmsaudit/report/markdown"
)

func TestEscape(t *testing.T) {
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
		if got := markdown.Escape(tt[0]); got != tt[1] {
			t.Errorf("%s: %q, want %q", name, got, tt[1])
		}
	}
}
