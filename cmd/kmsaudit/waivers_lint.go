package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kmsaudit/kmsaudit/report"
)

func (a *app) waiversLint() *cobra.Command {
	o := &waiverOptions{}
	soon := 14
	cmd := &cobra.Command{
		Use:   "lint",
		Short: "Find waivers that have expired, cover nothing or say the same twice",
		Long: `Hold the waivers of the configuration, or of --waivers, to being of use: one
that has expired, one that says the same as an earlier one and, with --results,
one that covers nothing of the results are each a line on stdout with file and
line. What will expire within --soon days, and what covers every resource of a
rule, is told too, and fails nothing.

Exit codes: 0 nothing to mend, 1 something to mend, 2 wrong usage, or a waiver
that is not fit for use (a missing reason, owner or day, an unknown rule, a day
later than max_waiver_days allows), 4 the run failed.`,
		Example: `  kmsaudit waivers lint
  kmsaudit waivers lint --waivers waivers.yaml --results results.json --soon 30`,
		Args: arguments(0, 0, "no argument"),
	}
	o.declare(cmd)
	cmd.Flags().IntVar(&soon, "soon", soon, "`days` before its last day from which a waiver is told")
	cmd.RunE = a.does(func(*cobra.Command, []string) error {
		all, err := o.read(a)
		if err != nil {
			return err
		}
		text, problems := lintWaivers(all, soon)
		if err := a.write("", []byte(text), 0); err != nil || problems == 0 {
			return err
		}
		return &exit{
			code: exitFindings, err: errors.New(counted(problems, "waiver") + " to mend"),
			next: "renew what is still accepted, with a new reason and day, and remove the rest",
		}
	})
	return cmd
}

// lintWaivers writes a line for each thing to be told, and counts those to mend.
func lintWaivers(all []held, soon int) (text string, problems int) {
	var b strings.Builder
	tell := func(h *held, format string, values ...any) {
		fmt.Fprintf(&b, "%s:%d:%d: %s: %s\n", report.Inert(h.Place.File), h.Place.Line, h.Place.Column,
			report.Inert(strings.TrimSpace(h.Rule+" "+what(&h.Waiver))), report.Inert(fmt.Sprintf(format, values...)))
	}
	first := map[report.Waiver]int{} // what a waiver covers → its line
	for i := range all {
		h := &all[i]
		same := report.Waiver{Rule: h.Rule, Account: h.Account, Region: h.Region, Resource: h.Resource, Fingerprint: h.Fingerprint}
		line, twice := first[same]
		if !twice && h.Status == "active" {
			first[same] = h.Place.Line
		}
		mend := true
		switch {
		case h.Status == "expired":
			tell(h, "expired after %s; what it covered is found again", h.Expires)
		case twice:
			tell(h, "covers the same as the waiver in line %d, which is the one that counts", line)
		case h.Covers != nil && *h.Covers == 0:
			tell(h, "covers nothing of the results")
		default:
			mend = false
			if h.DaysLeft <= soon {
				tell(h, "note: %s left, the last one is %s", counted(h.DaysLeft, "day"), h.Expires)
			}
			if strings.Trim(h.Resource, "*") == "" && h.Fingerprint == "" {
				tell(h, "note: covers every resource that the rule looks at")
			}
		}
		if mend {
			problems++
		}
	}
	return b.String(), problems
}
