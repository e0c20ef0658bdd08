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
		"parts and names":   {key, 24, []string{"arn:aws:kms:us-east-1:", "522814710681:key/", "cac96933-72ff-0000-0000-000000000000"}},
		"word before":       {"by " + key, 40, []string{"by arn:aws:kms:us-east-1:522814710681:", "key/cac96933-72ff-0000-0000-000000000000"}},
		"little left":       {"twenty-five letters of it a/b/" + strings.Repeat("c", 28), 30, []string{"twenty-five letters of it", "a/b/", strings.Repeat("c", 28)}},
		"bucket":            {"bucket-695267-1 and arn:aws:s3:::bucket-695267-1/a", 10, []string{"bucket-695267-1", "and arn:", "aws:s3:::", "bucket-695267-1/", "a"}},
		"colons together":   {"arn:aws:s3:::b", 9, []string{"arn:aws:", "s3:::b"}},
		"place":             {"testdata/snapshot.json:254:18", 16, []string{"testdata/", "snapshot.json:254:18"}},
		"nowhere":           {strings.Repeat("a", 100), 60, []string{strings.Repeat("a", 60), strings.Repeat("a", 40)}},
		"long name":         {"x/" + strings.Repeat("a", 50) + "-" + strings.Repeat("b", 50), 60, []string{"x/" + strings.Repeat("a", 50) + "-", strings.Repeat("b", 50)}},
		"wide letters":      {strings.Repeat("鍵", 50), 61, []string{strings.Repeat("鍵", 30), strings.Repeat("鍵", 20)}},
		"wider than a line": {strings.Repeat("鍵", 41), 1, strings.Split(strings.Repeat("鍵", 41), "")},
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

// No table breaks a part of an ARN, whatever the width.
func TestPartsStayWhole(t *testing.T) {
	for _, arn := range []string{
		"arn:aws:kms:us-east-1:522814710681:key/cac96933-72ff-0000-0000-000000000000",
		"arn:aws:iam::522814710681:role/team-a/" + strings.Repeat("n", 64),
		"arn:aws:s3:::" + strings.Repeat("b", 63) + "/2026/11/20/report_final.v2.csv",
		"s3://bucket-695267-1/confidential_credentials.csv",
	} {
		parts := strings.FieldsFunc(arn, func(r rune) bool { return r == ':' || r == '/' })
		for width := 1; width < 200; width++ {
			lines := wrap("the role "+arn+" is allowed", width)
			for _, part := range parts {
				if !slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, part) }) {
					t.Fatalf("width %d: %s is broken in %q", width, part, lines)
				}
			}
		}
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
			if measure(line) > max(width, narrow(line)) {
				t.Errorf("width %d: %q", width, line)
			}
		}
	}
}
