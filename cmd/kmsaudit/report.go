package main

import (
	"fmt"
	"io"
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
		results, err := readStored(args[0])
		if err != nil {
			return unlessNotKept(err)
		}
		defer results.Stored.Close()
		a.sayHeld(results)
		return a.writeReports(results, outputs, o)
	})
	o.declare(cmd)
	cmd.AddCommand(a.reportMerge())
	return cmd
}

// reportMerge is the command that makes one of several results.
func (a *app) reportMerge() *cobra.Command {
	o := &rendering{}
	failOn, gaps := choice{report.High.String(), thresholds()}, choice{report.GapFails, onGap()}
	baseline, newOnly := "", true
	cmd := &cobra.Command{
		Use:   "merge RESULTS...",
		Short: "Make one report of the results of several runs",
		Long: `Make one report of results that check -f json saved: of the shards of one run,
or of accounts that were judged apart. They have to be of different accounts, by
the same version, the same rules and the same day of waivers.

--baseline holds them against earlier results, as check does; parts that check
has held against the same ones stay so.

` + aboutFormats() + `

Exit codes: those of check, by --fail-on and --on-gap.`,
		Example: `  kmsaudit check snapshots --shard 1/2 -f json=1.json --fail-on none
  kmsaudit check snapshots --shard 2/2 -f json=2.json --fail-on none
  kmsaudit report merge 1.json 2.json --fail-on high -f table -f sarif=all.sarif
  kmsaudit report merge 1.json 2.json --baseline yesterday.json -f json=today.json`,
		Args: arguments(1, -1, "the files of results"),
	}
	cmd.RunE = a.does(func(cmd *cobra.Command, args []string) error {
		outputs, err := o.check()
		if err != nil {
			return wrong(err)
		}
		merger := report.NewMerger()
		defer merger.Close()
		for _, path := range args {
			if err := reading(path, merger.Read); err != nil {
				return unlessNotKept(err)
			}
		}
		results, err := merger.Results()
		if err != nil {
			return err
		}
		a.sayHeld(results)
		if baseline != "" {
			old, err := readStored(baseline)
			if err != nil {
				return unlessNotKept(err)
			}
			defer old.Stored.Close()
			results.Against(old, baseline)
		} else if results.Baseline == nil && cmd.Flags().Changed("fail-on-new") {
			return wrong(errNoBaseline)
		}
		if err := a.writeReports(results, outputs, o); err != nil {
			return err
		}
		gate := report.Gate{OnGap: gaps.value, NewOnly: newOnly && results.Baseline != nil}
		if failOn.value != "none" {
			if err := gate.FailOn.UnmarshalText([]byte(failOn.value)); err != nil {
				return err
			}
		}
		return a.verdict(gate, results)
	})
	o.declare(cmd)
	choose(cmd, &failOn, "fail-on", "", "mildest severity of a finding that fails the run")
	choose(cmd, &gaps, "on-gap", "", "what missing evidence does to the run")
	cmd.Flags().StringVar(&baseline, "baseline", "", "`file` of earlier results (check -f json): say what is new, and fail on that only")
	cmd.Flags().BoolVar(&newOnly, "fail-on-new", true, "with a baseline: known findings do not fail the run; =false fails on all")
	return cmd
}

// readResults reads a file that check -f json wrote.
func readResults(path string) (results *report.Results, err error) {
	err = reading(path, func(source io.Reader) error {
		results, err = report.ReadJSON(source)
		return err
	})
	return results, err
}

// readStored reads such a file, and keeps in files what it lists.
func readStored(path string) (results *report.Results, err error) {
	err = reading(path, func(source io.Reader) error {
		results, err = report.ReadStored(source)
		return err
	})
	return results, err
}

// sayHeld says that results are held in memory that were to be in files.
func (a *app) sayHeld(results *report.Results) {
	if why := results.Stored.Held(); why != nil {
		a.say("what was found is held in memory, for no temporary file can be made: %v; TMPDIR names another folder", bare(why))
	}
}

// reading has read read a file of results.
func reading(path string, read func(io.Reader) error) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read results %s: %w", path, bare(err))
	}
	defer func() { _ = file.Close() }() // it is only read
	if err := read(file); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
