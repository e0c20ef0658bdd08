package table

import (
	"slices"
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	const key = "arn:aws:kms:us-east-1:522814710681:key/cac96933-72ff-0000-0000-000000000000"
	tests := map[string]struct {
		in    string
		width int
		want  []string
	}{
		"no limit":          {key, 0, []string{key}},
		"fits":              {"a key", 5, []string{"a key"}},
		"empty":             {"", 5, []string{""}},
		"words":             {"one two three", 8, []string{"one two", "three"}},
		"parts":             {key, 40, []string{"arn:aws:kms:us-east-1:522814710681:key/", "cac96933-72ff-0000-0000-000000000000"}},
		"parts and names":   {key, 24, []string{"arn:aws:kms:us-east-1:", "522814710681:key/", "cac96933-72ff-0000-0000-", "000000000000"}},
		"word before":       {"by " + key, 40, []string{"by arn:aws:kms:us-east-1:522814710681:", "key/cac96933-72ff-0000-0000-000000000000"}},
		"little left":       {"twenty-five letters of it a/b/" + strings.Repeat("c", 28), 30, []string{"twenty-five letters of it", "a/b/", strings.Repeat("c", 28)}},
		"nowhere":           {"abcdefgh", 3, []string{"abc", "def", "gh"}},
		"wide letters":      {"鍵鍵鍵", 4, []string{"鍵鍵", "鍵"}},
		"wider than a line": {"鍵鍵", 1, []string{"鍵", "鍵"}},
		"spaces kept":       {"a  b", 4, []string{"a  b"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := wrap(tt.in, tt.width); !slices.Equal(got, tt.want) {
				t.Errorf("wrap(%q, %d) = %q, want %q", tt.in, tt.width, got, tt.want)
			}
		})
	}
}

func TestWrapLosesNothing(t *testing.T) {
	const text = "the role arn:aws:iam::522814710681:role/team/cmtr-4n6e9j62 needs kms:GenerateDataKey on 鍵/x.y_z and-is-denied"
	for width := 1; width < 120; width++ {
		got := wrap(text, width)
		if joined := strings.Join(got, ""); strings.ReplaceAll(joined, " ", "") != strings.ReplaceAll(text, " ", "") {
			t.Errorf("width %d: %q", width, got)
		}
		for _, line := range got {
			if measure(line) > max(width, 2) {
				t.Errorf("width %d: %q", width, line)
			}
		}
	}
}
