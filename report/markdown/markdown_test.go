package markdown_test

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/internal/example"
	"github.com/kmsaudit/kmsaudit/report/internal/hostile"
	"github.com/kmsaudit/kmsaudit/report/markdown"
)

func write(t *testing.T, r *report.Results, all bool) string {
	t.Helper()
	var b bytes.Buffer
	if err := markdown.Write(&b, r, all); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	for _, name := range example.Names() {
		t.Run(name, func(t *testing.T) {
			text := write(t, example.Load(t, name), false)
			hold(t, text)
			example.Golden(t, name+".md", text)
		})
	}
}

var (
	fence = regexp.MustCompile("^(```+)")
	span  = regexp.MustCompile("(`+)[^`](.*?[^`])?(`+)")
	cells = regexp.MustCompile(`(^|[^\\])\|`)
	html  = regexp.MustCompile(`^(<details><summary>Mend( for [0-9, -]+)?</summary>|</details>)$`)
	// lively is what would do something: an unescaped mark outside of code.
	lively = regexp.MustCompile("(^|[^\\\\])[*_~<$`]|(^|[^\\\\])\\[[^\\]]*\\]\\(|@\\w|://|www\\.")
)

// hold holds Markdown to doing nothing but what the writer means: tables whose rows
// have the cells of their header, blocks that end, and no lively text.
func hold(t *testing.T, text string) {
	t.Helper()
	open, columns := "", 0
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if line != report.Inert(line) {
			t.Errorf("not inert: %.200q", line)
		}
		switch m := fence.FindString(line); {
		case open != "" && line == open:
			open = ""
			continue
		case open != "":
			continue
		case m != "":
			open = m
			continue
		case html.MatchString(line), line == "":
			columns = 0
			continue
		}
		if strings.HasPrefix(line, "|") {
			n := len(cells.FindAllString(line, -1))
			if columns != 0 && n != columns {
				t.Errorf("%d cell borders, want %d: %.200q", n, columns, line)
			}
			columns = n
		}
		bare := regexp.MustCompile("<code>[^<>`|*_:@]*</code>").ReplaceAllString(line, "")
		bare = strings.ReplaceAll(bare, `\\`, "")
		bare = strings.NewReplacer("\\`", "", `\*`, "", `\_`, "", `\~`, "", `\<`, "", `\$`, "", `\[`, "", "**partial:**", "", "**(new)**", "").Replace(bare)
		bare = span.ReplaceAllString(bare, "")
		if lively.MatchString(bare) {
			t.Errorf("lively: %.300q", bare)
		}
	}
	if open != "" {
		t.Error("a code block does not end")
	}
}

func TestHostile(t *testing.T) {
	for _, all := range []bool{true, false} {
		text := write(t, hostile.Results(3), all)
		hold(t, text)
		if n := strings.Count(text, hostile.Marker); n < 50 {
			t.Errorf("the texts show %d times only", n)
		}
	}
}

func TestAll(t *testing.T) {
	r := example.Many(50)
	r.Rules = r.Rules[:1]
	for i := range r.Findings {
		r.Findings[i].Rule, r.Findings[i].Severity = r.Rules[0].ID, report.High
	}
	short, long := write(t, r, false), write(t, r, true)
	if !strings.Contains(short, "and 30 more (`--all` shows them)") || strings.Contains(short, r.Findings[20].Resource) {
		t.Error("50 findings are not cut down to 20")
	}
	for _, f := range r.Findings {
		if !strings.Contains(long, f.Resource) {
			t.Errorf("%s is missing", f.Resource)
		}
	}
}

func TestCell(t *testing.T) {
	for in, want := range map[string]string{
		"":                         "",
		"arn:aws:s3:::b/*":         "`arn:aws:s3:::b/*`",
		"a|b":                      `a\|b`,
		"say hello":                "say hello",
		"mail @you now":            "mail `@you` now",
		"a|b @you":                 "<code>a&#124;b &#64;you</code>",
		"`a|b`":                    "<code>&#96;a&#124;b&#96;</code>",
		"see https://evil.example": "see `https://evil.example`",
		"fixes #12":                "fixes `#12`",
		"a `b` c":                  "a `b` c",
		"``":                       "\\`\\`",
	} {
		if got := markdown.Cell(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestCode(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "a": "`a`", "a`b": "``a`b``", "`a": "`` `a ``", " ": "`   `", "a\nb": "`a\\nb`",
	} {
		if got := markdown.Code(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestBlock(t *testing.T) {
	if got, want := markdown.Block("sh", "a\n```\nb"), "````sh\na\n```\nb\n````\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestWriteErrors(t *testing.T) {
	if err := markdown.Write(example.Broken(), example.Load(t, "clean"), false); !errors.Is(err, example.ErrBroken) {
		t.Errorf("error %v", err)
	}
}
