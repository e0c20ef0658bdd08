//go:build linux

package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// terminal opens a terminal of that many columns. What is written to it is read
// with the function that comes along, after which it is closed.
func terminal(t *testing.T, columns int) (tty *os.File, text func() string) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no terminals here: %v", err)
	}
	fd := int(master.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no terminals here: %v", err)
	}
	if err := unix.IoctlSetWinsize(int(tty.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: uint16(columns)}); err != nil {
		t.Fatal(err)
	}
	read := make(chan string)
	go func() {
		text, _ := io.ReadAll(master) // ends with an error when the terminal is closed
		read <- string(text)
	}()
	return tty, func() string {
		_ = tty.Close()
		defer func() { _ = master.Close() }()
		return strings.ReplaceAll(<-read, "\r\n", "\n")
	}
}

// TestTerminal holds what a terminal shows to the goldens, and colours to what the
// environment says.
func TestTerminal(t *testing.T) {
	fromRoot(t)
	args := []string{"check", "--fail-on", "none", referenceSnapshot, "-c", referenceConfig, "--as-of", day}
	for name, tt := range map[string]struct {
		columns int
		env     []string
		colours bool
	}{
		"80 columns":       {80, []string{"TERM=xterm", "NO_COLOR=1"}, false},
		"120 columns":      {120, []string{"TERM=xterm", "NO_COLOR=1"}, false},
		"200 columns":      {200, []string{"TERM=dumb"}, false},
		"colours":          {80, []string{"TERM=xterm"}, true},
		"empty NO_COLOR":   {80, []string{"TERM=xterm", "NO_COLOR="}, true},
		"CLICOLOR=0":       {80, []string{"TERM=xterm", "CLICOLOR=0"}, false},
		"forced":           {80, []string{"TERM=dumb", "CLICOLOR_FORCE=1"}, true},
		"forced, NO_COLOR": {80, []string{"TERM=xterm", "CLICOLOR_FORCE=1", "NO_COLOR=1"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			tty, text := terminal(t, tt.columns)
			var stderr strings.Builder
			code := run(t.Context(), args, strings.NewReader(""), tty, &stderr, tt.env)
			got := text()
			if code != exitOK || stderr.Len() > 0 {
				t.Errorf("exit code %d, stderr %q", code, stderr.String())
			}
			if coloured := strings.Contains(got, "\x1b["); coloured != tt.colours {
				t.Errorf("colours: %v, want %v", coloured, tt.colours)
			}
			if !tt.colours {
				golden(t, fmt.Sprintf("cmd/kmsaudit/testdata/reference-%d.txt", tt.columns), got)
			}
		})
	}
}

// TestDiffWidths holds what diff shows, of snapshots and of folders, to the goldens at
// every width of a terminal, and in a pipe.
func TestDiffWidths(t *testing.T) {
	goldens, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	twoSnapshots(t)
	snapshots, folders := []string{"diff", "snapshot.json", "new.json"}, []string{"diff", "old", "new"}
	for name, args := range map[string][]string{"diff": snapshots, "diff-folders": folders} {
		for _, columns := range []int{80, 120, 200, 0} {
			to, width := "pipe", strconv.Itoa(columns)
			var stderr strings.Builder
			var got string
			if columns > 0 {
				tty, text := terminal(t, columns)
				run(t.Context(), args, strings.NewReader(""), tty, &stderr, []string{"TERM=xterm", "NO_COLOR=1"})
				got, to = text(), width
				for line := range strings.Lines(got) {
					if n := columnsOf(strings.TrimSuffix(line, "\n")); n > columns {
						t.Errorf("%s: a line of %d columns on a terminal of %d: %s", name, n, columns, line)
					}
				}
			} else {
				got = call(t, args...).stdout
			}
			golden(t, filepath.Join(goldens, name+"-"+to+".txt"), got)
		}
	}
	tty, text := terminal(t, 80)
	run(t.Context(), snapshots, strings.NewReader(""), tty, new(strings.Builder), []string{"TERM=xterm"})
	if !strings.Contains(text(), "\x1b[1;31m") {
		t.Error("a terminal gets no colours")
	}
}

// TestForcedColours holds a pipe to being coloured only where it is asked for.
func TestForcedColours(t *testing.T) {
	fromRoot(t)
	args := []string{"check", "--fail-on", "none", referenceSnapshot, "-c", referenceConfig, "--as-of", day}
	file := t.TempDir() + "/report.txt"
	for name, tt := range map[string]struct {
		env     []string
		more    []string
		colours bool
	}{
		"plain":    {nil, nil, false},
		"forced":   {[]string{"CLICOLOR_FORCE=1"}, nil, true},
		"forced 0": {[]string{"CLICOLOR_FORCE=0"}, nil, false},
		"never":    {[]string{"CLICOLOR_FORCE=1"}, []string{"--color", "never"}, false},
		"always":   {[]string{"NO_COLOR=1"}, []string{"--color", "always"}, true},
		"a file":   {[]string{"CLICOLOR_FORCE=1"}, []string{"-o", file}, false},
	} {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr strings.Builder
			run(t.Context(), append(args[:len(args):len(args)], tt.more...), strings.NewReader(""), &stdout, &stderr, tt.env)
			text := stdout.String()
			if name == "a file" {
				text = read(t, file)
			}
			if coloured := strings.Contains(text, "\x1b["); coloured != tt.colours || text == "" {
				t.Errorf("colours: %v, want %v", coloured, tt.colours)
			}
		})
	}
}
