package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/kmsaudit/kmsaudit/report"
)

func (a *app) waiversList() *cobra.Command {
	o := &waiverOptions{}
	format := choice{"table", []string{"table", "json"}}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List waivers with the days that they have left",
		Long: `List the waivers of the configuration, or of --waivers, with the days that each
has left and, with --results, with how many findings and unknowns it speaks of.

Exit codes: 0 listed, 2 wrong usage, or a waiver that is not fit for use, 4 the
run failed. Waivers that have expired do not change the exit code: see lint.`,
		Example: `  kmsaudit waivers list
  kmsaudit waivers list -c kmsaudit.yaml --results results.json
  kmsaudit waivers list -f json | jq '.[] | select(.days_left < 30)'`,
		Args: arguments(0, 0, "no argument"),
	}
	o.declare(cmd)
	choose(cmd, &format, "format", "f", "form of the list")
	cmd.RunE = a.does(func(*cobra.Command, []string) error {
		all, err := o.read(a)
		switch {
		case err != nil:
			return err
		case format.value == "json":
			return a.writeJSON("", all)
		case len(all) == 0:
			return a.write("", []byte("no waivers\n"), 0)
		}
		return a.listWaivers(all)
	})
	return cmd
}

func (a *app) listWaivers(all []held) error {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	// A strings.Builder takes everything.
	_, _ = fmt.Fprintln(w, "STATUS\tDAYS\tEXPIRES\tRULE\tWHAT\tCOVERS\tOWNER\tTICKET\tREASON")
	for _, h := range all {
		covers := "-"
		if h.Covers != nil {
			covers = strconv.Itoa(*h.Covers)
		}
		for i, cell := range []string{
			h.Status, strconv.Itoa(h.DaysLeft), h.Expires, cmp.Or(h.Rule, "-"), what(&h.Waiver), covers, h.Owner, cmp.Or(h.Ticket, "-"), h.Reason,
		} {
			if i > 0 {
				_, _ = fmt.Fprint(w, "\t")
			}
			_, _ = fmt.Fprint(w, report.Inert(cell))
		}
		_, _ = fmt.Fprintln(w)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return a.write("", []byte(text.String()), 0)
}

// what is the part of a waiver that says what it covers, its rule aside.
func what(w *report.Waiver) string {
	var parts []string
	if w.Fingerprint != "" {
		parts = append(parts, "fingerprint "+w.Fingerprint[:12])
	}
	for _, part := range []string{w.Resource, w.Account, w.Region} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " ")
}
