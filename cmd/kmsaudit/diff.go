package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/drift"
)

// diffOptions are the flags of diff.
type diffOptions struct {
	config, asOf, waivers, output string
	format, failOn, onGap, color  choice
	actions                       []string
	width                         int
	all                           bool
	own                           ownRules
}

func (a *app) diff() *cobra.Command {
	o := &diffOptions{
		format: choice{"table", []string{"table", "json", "markdown"}},
		failOn: choice{report.Info.String(), thresholds()},
		onGap:  choice{report.GapFails, onGap()},
		color:  choice{"auto", []string{"auto", "always", "never"}},
	}
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Tell what changed between two snapshots: access, findings, settings",
		Long: `Tell what changed between two snapshots of an account: who can use which key and
could not before, and because of what; findings that are new, worse, changed or
resolved; settings of keys and buckets; policies; and what could be read before
and no longer, or the other way round.

What counts is what policies come to. Statements in another order, cut or
spelt otherwise, or moved to another policy, change no access. What is not
known in one snapshot is neither gained nor lost, and is told apart.

Access is compared for the actions of KMS that use data or give access to it;
--action names others. Conditions that differ count as access that may have
grown. Both snapshots are judged by the same rules, configuration and waivers.

The JSON is kmsaudit.diff/v1; markdown is for a chat message or a pull request.

Exit codes: 0 no access grew and no finding at or above --fail-on is new or
worse, 1 it did, 2 wrong usage, configuration or input, 3 something could not be
compared, for it was not read in one of the snapshots, 4 the run failed. Of
several, the first of 4, 2, 1, 3 is taken. --fail-on none never exits 1 or 3.`,
		Example: `  kmsaudit diff yesterday.json today.json -c kmsaudit.yaml
  kmsaudit diff yesterday.json today.json -f markdown -o drift.md
  kmsaudit diff old.json new.json --action kms:Decrypt --action kms:Sign -f json`,
		Args: arguments(2, 2, "the files of two snapshots"),
	}
	cmd.RunE = a.does(func(cmd *cobra.Command, args []string) error { return a.runDiff(cmd.Context(), o, args) })
	f := cmd.Flags()
	f.StringVarP(&o.config, "config", "c", "", "configuration `file` (default ./"+defaultConfig+" if it is there)")
	choose(cmd, &o.format, "format", "f", "format of the answer")
	f.StringVarP(&o.output, "output", "o", "", "`file` to write to instead of stdout")
	choose(cmd, &o.failOn, "fail-on", "", "mildest severity of a new finding that fails the run")
	choose(cmd, &o.onGap, "on-gap", "", "what missing evidence does to the run")
	f.StringArrayVar(&o.actions, "action", nil, "`action` of KMS on keys to compare access for, such as kms:Decrypt")
	f.StringVar(&o.asOf, "as-of", "", "`day` that waivers are judged by, YYYY-MM-DD (default today, UTC)")
	f.StringVar(&o.waivers, "waivers", "", "`file` of waivers, in place of those of the configuration")
	f.IntVar(&o.width, "width", 0, "columns of the table (default that of the terminal)")
	f.BoolVar(&o.all, "all", false, "list everything, not the first 20 of each list")
	choose(cmd, &o.color, "color", "", "colours in the table")
	o.own.declare(cmd)
	return cmd
}

// compared are the actions to compare access for.
func (o *diffOptions) compared() ([]string, error) {
	if len(o.actions) == 0 {
		return drift.Actions(), nil
	}
	var list []string
	for _, pattern := range o.actions {
		names := access.ExpandKMS(pattern)
		if len(names) == 0 {
			return nil, fmt.Errorf("--action %s is no action of KMS on keys", pattern)
		}
		list = append(list, names...)
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

func (a *app) runDiff(ctx context.Context, o *diffOptions, paths []string) error {
	if o.width < 0 {
		return wrong(fmt.Errorf("--width %d is less than nothing", o.width))
	}
	actions, err := o.compared()
	if err != nil {
		return wrong(err)
	}
	asOf, err := dayOf(o.asOf)
	if err != nil {
		return wrong(err)
	}
	d, err := a.compare(ctx, o, paths, actions, asOf)
	if err != nil {
		return err
	}
	switch o.format.value {
	case "json":
		err = a.writeJSON(o.output, d)
	case "markdown":
		err = a.write(o.output, []byte(diffMarkdown(d, o.all)), 0o600)
	default:
		drawn := a.drawing(o.output, o.width, true, o.color.value)
		drawn.diff(d, o.all)
		err = a.write(o.output, []byte(drawn.out.String()), 0o600)
	}
	if err != nil {
		return err
	}
	return a.drifted(o, d)
}

// compare judges both snapshots and compares them.
func (a *app) compare(ctx context.Context, o *diffOptions, paths, actions []string, asOf time.Time) (*drift.Diff, error) {
	catalogue, err := o.own.catalogue()
	if err != nil {
		return nil, err
	}
	c, err := a.configure(o.config, catalogue)
	if err != nil {
		return nil, err
	}
	if c.settings.Sandbox, err = o.own.sandbox(); err != nil {
		return nil, err
	}
	if err := a.takeWaivers(c, o.waivers, catalogue, asOf); err != nil {
		return nil, wrong(err)
	}
	old, oldWrong := readOne(paths[0], c)
	now, newWrong := readOne(paths[1], c)
	if err := errors.Join(oldWrong, newWrong); err != nil {
		return nil, wrong(err)
	}
	if x, y := old.Snapshot.Account.ID, now.Snapshot.Account.ID; x != y {
		return nil, wrong(fmt.Errorf("%s is of account %s and %s of %s: compare snapshots of one account", paths[0], x, paths[1], y))
	}
	engine, err := o.own.compile(ctx, catalogue, c.settings.Runs, false)
	if err != nil {
		return nil, err
	}
	var results [2]*report.Results
	for i, file := range []*snapshot.File{old, now} {
		r, err := engine.Audit(ctx, []*snapshot.File{file}, c.settings)
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		r.Apply(c.waivers, asOf)
		r.Sort()
		r.Count()
		results[i] = r
	}
	least := report.Info
	if o.failOn.value != "none" {
		if err := least.UnmarshalText([]byte(o.failOn.value)); err != nil {
			return nil, err
		}
	}
	d, err := drift.Compare(old, now, results[0], results[1], actions, least)
	return d, wrong(err)
}

// drifted says by the exit code, and why, what came of a comparison.
func (a *app) drifted(o *diffOptions, d *drift.Diff) error {
	if o.failOn.value == "none" {
		return nil
	}
	var least report.Severity
	if err := least.UnmarshalText([]byte(o.failOn.value)); err != nil {
		return err
	}
	var reasons []string
	if n := d.Count(access.Gained); n > 0 {
		reasons = append(reasons, plural(n, "group")+" of principals gained access to keys")
	}
	if n := d.Count(access.Altered); n > 0 {
		reasons = append(reasons, plural(n, "group")+" of principals can use keys under other conditions")
	}
	found := 0
	for _, f := range slices.Concat(d.Findings.New, d.Findings.Worse) {
		if f.Severity >= least {
			found++
		}
	}
	if found > 0 {
		reasons = append(reasons, fmt.Sprintf("%s at or above %s new or worse", plural(found, "finding"), least))
	}
	if len(reasons) > 0 {
		return &exit{
			code: exitFindings, err: errors.New(strings.Join(reasons, "; ")),
			next: "see by which statements above; kmsaudit why and who-can tell more of a principal and a key",
		}
	}
	if !d.Incomplete() {
		return nil
	}
	why := fmt.Sprintf("the comparison is incomplete: %s not known in one of the snapshots", plural(d.Unknowns(), "thing"))
	if o.onGap.value == report.GapWarns {
		a.say("%s", why)
		return nil
	}
	return &exit{code: exitIncomplete, err: errors.New(why), next: "collect again with the permissions that are missing, or accept gaps with --on-gap warn"}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
