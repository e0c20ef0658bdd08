package main

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector"
)

func TestReplaceFile(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "old", "old")
	if err := os.Symlink("old", "link"); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"new", "old", "link", os.DevNull} {
		if err := replaceFile(path, []byte("text"), 0o600); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, path := range []string{"new", "old", "link"} {
		if got := read(t, path); got != "text" {
			t.Errorf("%s holds %q", path, got)
		}
	}
	if info, err := os.Lstat("link"); err != nil || info.Mode().Type() != fs.ModeSymlink {
		t.Error("the link is gone")
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Errorf("%s has become a file", os.DevNull)
	}
	// A folder cannot be replaced, and nothing may stay behind.
	if err := os.Mkdir("folder", 0o700); err != nil {
		t.Fatal(err)
	}
	if replaceFile("folder", []byte("text"), 0o600) == nil {
		t.Error("a folder was written to")
	}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".kmsaudit") {
			t.Errorf("%s stays behind", entry.Name())
		}
	}
}

func TestReportsIntoFiles(t *testing.T) {
	alone(t)
	got := call(t, "check", "snapshot.json", "--fail-on", "none", "--as-of", day, "-f", "json=a.json", "-f", "table", "-o", "b.txt", "--color", "always")
	if got.code != exitOK || got.stdout != "" || got.stderr != "" {
		t.Errorf("got %+v", got)
	}
	if r := results(t, read(t, "a.json")); r.AsOf != day || r.Tool.Name != "kmsaudit" {
		t.Errorf("got %+v", r.Tool)
	}
	if !strings.Contains(read(t, "b.txt"), "\x1b[") {
		t.Error("--color always leaves the file without colours")
	}
}

// TestProgress holds the line to the width of the terminal, and to none without one.
func TestProgress(t *testing.T) {
	var out strings.Builder
	line := &progressLine{w: &out}
	line.show(collector.Progress{Calls: 1})
	line.clear()
	if out.Len() > 0 {
		t.Errorf("drawn without a terminal: %q", out.String())
	}
	line.width = 30
	line.show(collector.Progress{Calls: 7, Found: 3, Read: 2, Operation: "kms:GetKeyPolicy", Region: "us-east-1"})
	line.show(collector.Progress{Calls: 8}) // too soon
	line.clear()
	if want := "\rkmsaudit: 7 calls, 2 of 3 res\x1b[K\r\x1b[K"; out.String() != want {
		t.Errorf("drawn %q, want %q", out.String(), want)
	}
}

func TestDidYouMean(t *testing.T) {
	known := []string{"requirements", "regions", "rules"}
	for given, want := range map[string]string{
		"requirments": "; did you mean requirements?", "Regions": "; did you mean regions?", "rulse": "; did you mean rules?",
		"region": "; did you mean regions?", "waivers": "", "x": "", "": "",
	} {
		if got := didYouMean(given, known); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
}
