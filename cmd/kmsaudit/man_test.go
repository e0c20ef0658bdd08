package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

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
