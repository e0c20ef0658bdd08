package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules"
)

func (a *app) rules() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List and explain the rules",
		Long:  "List the rules that snapshots are judged by, and explain them one by one.",
		Example: `  kmsaudit rules list
  kmsaudit rules show KEY-001
  kmsaudit rules list --rules ./our-rules`,
		Args: cobra.ArbitraryArgs,
		RunE: a.group,
	}
	cmd.AddCommand(a.rulesList(), a.rulesNew(), a.rulesShow(), a.rulesTest(), a.rulesConfined())
	return cmd
}

// ruleEntry is a rule in the answer of rules list -f json. Fields are only ever
// added to it.
type ruleEntry struct {
	ID          string              `json:"id"`
	Name        string              `json:"name"`
	Title       string              `json:"title"`
	Family      string              `json:"family"`
	Severity    report.Severity     `json:"severity"`
	Severities  []report.Severity   `json:"severities"`
	Package     string              `json:"package"`
	Description string              `json:"description"`
	Remediation string              `json:"remediation"`
	Question    string              `json:"question"`
	Reads       []string            `json:"reads"`
	NeedsIntent []string            `json:"needs_intent"`
	Params      map[string]any      `json:"params"` // with their defaults
	Compliance  map[string][]string `json:"compliance"`
	Suggested   map[string][]string `json:"suggested"`
	CannotSee   []string            `json:"cannot_see"`
	Related     []string            `json:"related"`
	Mend        rules.Mend          `json:"mend"`
}

func entryOf(r *rules.Rule) ruleEntry {
	return ruleEntry{
		ID: r.ID, Name: r.Name, Title: r.Title, Family: r.Family, Severity: r.Severity, Severities: r.Severities,
		Package: strings.TrimPrefix(r.Package, "data."), Description: r.Description, Remediation: r.Remediation,
		Question: r.Question, Reads: r.Reads, NeedsIntent: r.NeedsIntent, Params: r.Defaults,
		Compliance: r.Compliance, Suggested: r.Suggested, CannotSee: r.CannotSee, Related: r.Related, Mend: r.Mend,
	}
}

func (a *app) rulesList() *cobra.Command {
	var own ownRules
	format := choice{"table", []string{"table", "json"}}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the rules",
		Long: `List the rules with their ids, which never change, and the severity of their
findings. Rules that need intent compare the account with what the configuration
says it is meant to be, and wait until it says so.

--family, --severity and --framework choose some. A rule is of a framework
where published mappings or our own suggestions map it there.`,
		Example: "  kmsaudit rules list\n  kmsaudit rules list --family key --severity medium\n  kmsaudit rules list --framework pci-dss-4.0.1 -f json",
		Args:    arguments(0, 0, "no argument"),
	}
	choose(cmd, &format, "format", "f", "form of the list")
	own.declareSources(cmd)
	var only selection
	only.declare(cmd)
	cmd.RunE = a.does(func(*cobra.Command, []string) error {
		catalogue, err := own.catalogue()
		if err != nil {
			return err
		}
		chosen, err := only.of(catalogue.Rules())
		if err != nil {
			return wrong(err)
		}
		if format.value == "json" {
			entries := []ruleEntry{}
			for _, rule := range chosen {
				entries = append(entries, entryOf(rule))
			}
			return a.writeJSON("", entries)
		}
		return a.listRules(chosen)
	})
	return cmd
}

func (a *app) listRules(chosen []*rules.Rule) error {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "ID\tSEVERITY\tTITLE") // a strings.Builder takes everything
	intent := 0
	for _, rule := range chosen {
		mark := ""
		if len(rule.NeedsIntent) > 0 {
			intent++
			mark = " *"
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s%s\n", rule.ID, rule.Severity, rule.Title, mark)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if intent > 0 {
		text.WriteString("\n* needs the configuration to say what the account is meant to be\n")
	}
	return a.write("", []byte(text.String()), 0)
}
