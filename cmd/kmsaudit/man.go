package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

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
	cmd.RunE = a.does(func(cmd *cobra.Command, args []string) error {
		if err := os.MkdirAll(args[0], 0o755); err != nil {
			return fmt.Errorf("make %s: %w", args[0], bare(err))
		}
		// A date of its own, so that equal versions write equal pages.
		epoch := time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC)
		header := &doc.GenManHeader{Title: "KMSAUDIT", Section: "1", Source: "kmsaudit " + thisBuild().Version, Manual: "kmsaudit", Date: &epoch}
		root := cmd.Root()
		root.DisableAutoGenTag = true
		if err := doc.GenManTree(root, header, args[0]); err != nil {
			return fmt.Errorf("write man pages: %w", err)
		}
		return nil
	})
	return cmd
}
