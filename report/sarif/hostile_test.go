package sarif_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/internal/hostile"
	"github.com/kmsaudit/kmsaudit/report/sarif"
)

func TestHostile(t *testing.T) {
	out := write(t, hostile.Results(3), sarif.IncludeWaived())
	accept(t, official(t), out)
	for line := range strings.Lines(out) {
		if line = strings.TrimSuffix(line, "\n"); line != report.Inert(line) {
			t.Errorf("not inert: %.200q", line)
		}
	}
	var v any
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatal(err)
	}
	shown := 0
	walk("", v, func(path, s string) {
		shown += strings.Count(s, hostile.Marker)
		switch {
		case strings.HasSuffix(path, "/markdown"):
			if active(s) {
				t.Errorf("%s is active Markdown: %.300q", path, s)
			}
			for line := range strings.Lines(s) { // line breaks there are ours
				if line = strings.TrimSuffix(line, "\n"); line != report.Inert(line) {
					t.Errorf("%s is not inert: %.200q", path, line)
				}
			}
		case strings.HasSuffix(path, "/help/text"):
			if s = strings.ReplaceAll(s, "\n", ""); s != report.Inert(s) {
				t.Errorf("%s is not inert: %.200q", path, s)
			}
		case s != report.Inert(s):
			t.Errorf("%s is not inert: %.200q", path, s)
		case strings.HasSuffix(path, "/message/text"):
			if link.MatchString(s) || placeholder.MatchString(s) {
				t.Errorf("%s is active: %.300q", path, s)
			}
		}
	})
	if shown < 100 {
		t.Errorf("the texts show %d times only", shown)
	}
}

var (
	link        = regexp.MustCompile(`(^|[^\\])\[[^\]]*[^\\]\]\(`)
	placeholder = regexp.MustCompile(`(^|[^{])\{[0-9]`)
	tag         = regexp.MustCompile(`(^|[^\\])<[a-z/]`)
	ours        = regexp.MustCompile(`(?m)^## [A-Z][A-Za-z ,]+$|^<https?://[^<> ]+>$`)
	codeSpan    = regexp.MustCompile("`[^`]*`")
)

// active says whether Markdown does anything but show text and code, our own
// headings and addresses aside.
func active(s string) bool {
	s = codeSpan.ReplaceAllString(ours.ReplaceAllString(s, ""), "")
	return link.MatchString(s) || tag.MatchString(s) || regexp.MustCompile(`(?m)^(#|- |\+ |\d+[.)] )`).MatchString(s) ||
		regexp.MustCompile("(^|[^\\\\])[*_~|$&`]").MatchString(strings.ReplaceAll(s, `\\`, ""))
}
