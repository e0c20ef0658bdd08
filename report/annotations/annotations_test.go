package annotations_test

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/annotations"
	"github.com/kmsaudit/kmsaudit/report/internal/example"
	"github.com/kmsaudit/kmsaudit/report/internal/hostile"
)

// form is what the runner takes for a command, with the properties that are used.
var form = regexp.MustCompile(`^::(error|warning|notice) (?:file=[^:,]+,line=\d+,col=\d+,)?title=[^:,]+::(.+)$`)

func write(t *testing.T, r *report.Results) []string {
	t.Helper()
	var b bytes.Buffer
	if err := annotations.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	for _, line := range lines {
		if !form.MatchString(line) || line != report.Inert(line) && !strings.HasPrefix(line, "::") {
			t.Errorf("no command: %.200q", line)
		}
	}
	return lines
}

func TestGolden(t *testing.T) {
	for _, name := range example.Names() {
		t.Run(name, func(t *testing.T) {
			example.Golden(t, name+".txt", strings.Join(write(t, example.Load(t, name)), "\n")+"\n")
		})
	}
}

func TestHostile(t *testing.T) {
	r := hostile.Results(3)
	lines := write(t, r)
	want := 1
	for e := range r.Entries() {
		if e.Waived == nil {
			want++
		}
	}
	if want += len(r.Gaps); len(lines) != want {
		t.Errorf("%d lines, want %d", len(lines), want)
	}
	for _, line := range lines {
		if strings.Contains(line, "##[") || strings.ContainsAny(line, "\r\x1b\u202e\u2028") {
			t.Errorf("not inert: %.200q", line)
		}
	}
}

func TestMoreThanGitHubShows(t *testing.T) {
	lines := write(t, example.Many(100))
	last := lines[len(lines)-1]
	if len(lines) != 101 || !strings.Contains(last, "GitHub shows 10 of 40 annotations of kind error") {
		t.Errorf("%d lines, the last %s", len(lines), last)
	}
}

func TestWriteErrors(t *testing.T) {
	if err := annotations.Write(example.Broken(), example.Load(t, "clean")); !errors.Is(err, example.ErrBroken) {
		t.Errorf("error %v", err)
	}
}
