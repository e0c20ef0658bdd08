package main

import (
	"bufio"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/kmsaudit/kmsaudit/report"
)

// report is the command that writes saved results anew.
func (a *app) report() *cobra.Command {
	o := &rendering{}
	cmd := &cobra.Command{
		Use:   "report RESULTS",
		Short: "Write saved results in other formats",
		Long: `Write results that check -f json saved in other formats. Nothing is judged anew:
findings, waivers and their day are those of the file.

` + aboutFormats() + `

Exit codes: 0 written, 2 wrong usage, or the file holds no results, 4 the run
failed. Findings do not change the exit code: the gate is check's.`,
		Example: `  kmsaudit check snapshot.json -f json=results.json
  kmsaudit report results.json --all
  kmsaudit report results.json -f markdown -o audit.md
  kmsaudit report results.json -f sarif=kmsaudit.sarif -f csv=findings.csv`,
		Args: arguments(1, 1, "the file of results"),
	}
	cmd.RunE = a.does(func(_ *cobra.Command, args []string) error {
		outputs, err := o.check()
		if err != nil {
			return wrong(err)
		}
		results, err := readResults(args[0])
		if err != nil {
			return wrong(err)
		}
		return a.writeReports(results, outputs, o)
	})
	o.declare(cmd)
	return cmd
}

// readResults reads a file that check -f json wrote.
func readResults(path string) (*report.Results, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read results %s: %w", path, bare(err))
	}
	defer func() { _ = file.Close() }() // it is only read
	results, err := report.ReadJSON(bufio.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return results, nil
}
