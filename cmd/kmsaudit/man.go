package main

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

//go:generate go test -count=1 -run ^TestManPages$ -update .

// manPages are the man pages of all commands, made by go generate of what --help
// says: what makes them takes time at the start of every command.
//
//go:embed manpages
var manPages embed.FS

// undated is how the pages name the version until they are written.
const undated = `"kmsaudit devel"`

func (a *app) man() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "man FOLDER",
		Short: "Write man pages of all commands",
		Long: `Write a man page of every command into a folder: kmsaudit.1, kmsaudit-check.1
and so on, made of what --help says. The folder is made if it is not there.`,
		Example: `  kmsaudit man /usr/local/share/man/man1
  kmsaudit man man && man man/kmsaudit-check.1`,
		Args: arguments(1, 1, "the folder to write to"),
	}
	cmd.RunE = a.does(func(_ *cobra.Command, args []string) error {
		if err := os.MkdirAll(args[0], 0o755); err != nil {
			return fmt.Errorf("make %s: %w", args[0], bare(err))
		}
		return fs.WalkDir(manPages, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			page, err := manPages.ReadFile(name)
			if err != nil {
				return err
			}
			text := strings.Replace(string(page), undated, `"kmsaudit `+thisBuild().Version+`"`, 1)
			if err := os.WriteFile(filepath.Join(args[0], entry.Name()), []byte(text), 0o644); err != nil {
				return fmt.Errorf("write man pages: %w", err)
			}
			return nil
		})
	})
	return cmd
}
