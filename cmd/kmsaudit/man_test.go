package main

import (
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

var update = flag.Bool("update", false, "write the man pages anew")

// TestManPages holds the pages in the program to what its commands say.
func TestManPages(t *testing.T) {
	made := t.TempDir()
	// A date of its own, so that equal versions have equal pages.
	epoch := time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC)
	root := (&app{env: map[string]string{}}).root()
	root.DisableAutoGenTag = true
	header := &doc.GenManHeader{Title: "KMSAUDIT", Section: "1", Source: strings.Trim(undated, `"`), Manual: "kmsaudit", Date: &epoch}
	if err := doc.GenManTree(root, header, made); err != nil {
		t.Fatal(err)
	}
	want := pagesIn(t, os.DirFS(made))
	if *update {
		if err := os.RemoveAll("manpages"); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS("manpages", os.DirFS(made)); err != nil {
			t.Fatal(err)
		}
		return
	}
	got := pagesIn(t, os.DirFS("manpages"))
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if got[name] != want[name] {
			t.Errorf("manpages/%s is stale: run go generate ./cmd/kmsaudit", name)
		}
		if strings.Count(want[name], undated) != 1 {
			t.Errorf("%s does not name the version once", name)
		}
		delete(got, name)
	}
	for name := range got {
		t.Errorf("manpages/%s is of no command: run go generate ./cmd/kmsaudit", name)
	}
}

func pagesIn(t *testing.T, folder fs.FS) map[string]string {
	t.Helper()
	names, err := fs.Glob(folder, "*")
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]string{}
	for _, name := range names {
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			t.Fatal(err)
		}
		pages[name] = string(text)
	}
	return pages
}

// TestMan: every command has a page, which says what its help says, and two runs
// write the same.
func TestMan(t *testing.T) {
	first, second := t.TempDir(), filepath.Join(t.TempDir(), "made", "here")
	for _, folder := range []string{first, second} {
		if got := call(t, "man", folder); got.code != exitOK {
			t.Fatalf("exit code %d: %s", got.code, got.stderr)
		}
	}
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		name := strings.ReplaceAll(cmd.CommandPath(), " ", "-") + ".1"
		page, err := os.ReadFile(filepath.Join(first, name))
		if err != nil {
			t.Error(err)
			return
		}
		if again := read(t, filepath.Join(second, name)); again != string(page) {
			t.Errorf("%s is another one each time", name)
		}
		if !strings.Contains(string(page), "SYNOPSIS") || cmd.Short != "" && !strings.Contains(strings.ReplaceAll(string(page), `\`, ""), cmd.Short) {
			t.Errorf("%s does not say %q", name, cmd.Short)
		}
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() && sub.Name() != "help" {
				walk(sub)
			}
		}
	}
	walk((&app{env: map[string]string{}}).root())
}
