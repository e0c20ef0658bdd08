package report_test

import (
	"slices"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/kmsaudit/kmsaudit/report"
)

func TestInert(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"plain":            {"arn:aws:iam::1:role/a b", "arn:aws:iam::1:role/a b"},
		"empty":            {"", ""},
		"letters":          {"Größe 鍵 ключ", "Größe 鍵 ключ"},
		"escape sequence":  {"\x1b[31mred\x1b[0m", `\x1b[31mred\x1b[0m`},
		"newline and tab":  {"a\r\n\tb", `a\r\n\tb`},
		"NUL BEL DEL":      {"\x00\a\x7f", `\x00\x07\x7f`},
		"C1":               {"\u009b31m\u0085", `\x9b31m\x85`},
		"bidi":             {"\u202a\u202b\u202c\u202d\u202e", `\u202a\u202b\u202c\u202d\u202e`},
		"isolates":         {"\u2066\u2067\u2068\u2069", `\u2066\u2067\u2068\u2069`},
		"marks":            {"\u200e\u200f\u061c", `\u200e\u200f\u061c`},
		"zero width":       {"a\u200b\u200c\u200d\u2060\ufeffb", `a\u200b\u200c\u200d\u2060\ufeffb`},
		"soft hyphen":      {"ad\u00admin", `ad\xadmin`},
		"separators":       {"\u2028\u2029", `\u2028\u2029`},
		"selector":         {"a\ufe0f\U000e0100", `a\ufe0f\U000e0100`},
		"tag characters":   {"a\U000e0041", `a\U000e0041`},
		"Hangul filler":    {"\u3164", `\u3164`},
		"not UTF-8":        {"a\xff\xc3", `a\xff\xc3`},
		"real replacement": {"\ufffd", "\ufffd"},
		"log commands":     {"a ##[error]b ##vso[x] ##teamcity[y] ###[z] # ## [", `a #\x23[error]b #\x23vso[x] #\x23teamcity[y] ##\x23[z] # ## [`},
		"workflow command": {"::error::a::b arn:aws:s3:::b ::c", `:\x3aerror::a::b arn:aws:s3:::b :\x3ac`},
		"markup":           {"<script>|`[", "<script>|`["},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := report.Inert(tt.in); got != tt.want {
				t.Errorf("Inert(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func FuzzInert(f *testing.F) {
	for _, seed := range []string{"", "plain", "\x1b]0;title\a", "\u202eexe.pdf", "a\xffb", "\u009b", "\U000e0041", "\u2028", "::x", "##[a", "###vso["} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := report.Inert(s)
		if !utf8.ValidString(got) {
			t.Errorf("Inert(%q) is not UTF-8", s)
		}
		for _, r := range got {
			if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Bidi_Control, unicode.Variation_Selector) {
				t.Errorf("Inert(%q) holds %U", s, r)
			}
		}
		if again := report.Inert(got); again != got {
			t.Errorf("Inert is not stable: %q, then %q", got, again)
		}
	})
}

func TestParagraphs(t *testing.T) {
	tests := map[string]struct {
		in   string
		want []string
	}{
		"nothing": {"", nil},
		"blank":   {" \n\t\n", nil},
		"folded":  {"one\n  two\tthree\n", []string{"one two three"}},
		"two":     {"one\n\n\n two\r\n", []string{"one", "two"}},
		"hostile": {"a\x1bb\n\n\u202e", []string{`a\x1bb`, `\u202e`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := report.Paragraphs(tt.in); !slices.Equal(got, tt.want) {
				t.Errorf("Paragraphs(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestCut(t *testing.T) {
	if got := report.Cut("ééééé", 4); got != "é..." {
		t.Errorf("cut = %q", got)
	}
	if got := report.Cut("éééé", 4); got != "éééé" {
		t.Errorf("cut = %q", got)
	}
}
