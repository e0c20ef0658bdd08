package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

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
		Long: `Tell what changed between two snapshots of an account, or two folders of them:
who can use which key and could not before, and because of what; findings that
are new, worse, changed or resolved; settings of keys and buckets; policies; and
what could be read before and no longer, or the other way round.

What counts is what policies come to. Statements in another order, cut or
spelt otherwise, or moved to another policy, change no access. What is not
known in one snapshot is neither gained nor lost, and is told apart.

Access is compared for the actions of KMS that use data or give access to it;
--action names others. Conditions that differ count as access that may have
grown. Both snapshots are judged by the same rules, configuration and waivers.

Of two folders, such as those of collect --org, every account is compared with
what it was, one at a time. What is found in an account that came is new. An
account that was read before and is not now is told as unread, and nothing in it
as resolved; only where the manifest lists the whole organization without it, or
as closed, has it gone.

The JSON is kmsaudit.diff/v1, and kmsaudit.diff-accounts/v1 of folders; markdown
is for a chat message or a pull request.

Exit codes: 0 no access grew and no finding at or above --fail-on is new or
worse, 1 it did, 2 wrong usage, configuration or input, 3 something could not be
compared, for it was not read in one of the snapshots, 4 the run failed. Of
several, the first of 4, 2, 1, 3 is taken. --fail-on none never exits 1 or 3.`,
		Example: `  kmsaudit diff yesterday.json today.json -c kmsaudit.yaml
  kmsaudit diff yesterday.json today.json -f markdown -o drift.md
  kmsaudit diff snapshots-yesterday snapshots -c kmsaudit.yaml -f markdown
  kmsaudit diff old.json new.json --action kms:Decrypt --action kms:Sign -f json`,
		Args: arguments(2, 2, "the files of two snapshots, or two folders of them"),
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
	folder, err := bothFolders(paths)
	if err != nil {
		return wrong(err)
	}
	k, err := a.comparer(o, actions, asOf)
	if err != nil {
		return err
	}
	if folder {
		all, err := k.folders(ctx, paths)
		if err != nil {
			return err
		}
		if err := a.writeDiff(o, all, func() string { return accountsMarkdown(all, o.all) }, func(d *drawing) { d.accounts(all, o.all) }); err != nil {
			return err
		}
		return a.drifted(o, k.least, len(all.Hidden), all.Diffs()...)
	}
	d, err := k.files(ctx, paths)
	if err != nil {
		return err
	}
	if err := a.writeDiff(o, d, func() string { return diffMarkdown(d, o.all) }, func(drawn *drawing) { drawn.diff(d, o.all) }); err != nil {
		return err
	}
	return a.drifted(o, k.least, 0, d)
}

// bothFolders says whether folders are to be compared.
func bothFolders(paths []string) (bool, error) {
	for _, path := range paths {
		if _, err := os.Stat(path); err != nil {
			return false, fmt.Errorf("read snapshot %s: %w", path, bare(err))
		}
	}
	old, now := isFolder(paths[0]), isFolder(paths[1])
	if old != now {
		return false, fmt.Errorf("one of %s and %s is a folder: compare two snapshots, or two folders of them", paths[0], paths[1])
	}
	return old, nil
}

// writeDiff writes a comparison in the format that was asked for.
func (a *app) writeDiff(o *diffOptions, value any, asMarkdown func() string, draw func(*drawing)) error {
	switch o.format.value {
	case "json":
		return a.writeJSON(o.output, value)
	case "markdown":
		return a.write(o.output, []byte(asMarkdown()), 0o600)
	}
	drawn := a.drawing(o.output, o.width, true, o.color.value)
	draw(drawn)
	return a.write(o.output, []byte(drawn.out.String()), 0o600)
}

// drifted says by the exit code, and why, what came of comparisons. hidden counts
// what could not be compared beside them.
func (a *app) drifted(o *diffOptions, least report.Severity, hidden int, diffs ...*drift.Diff) error {
	if o.failOn.value == "none" {
		return nil
	}
	t := drift.TallyOf(least, diffs...)
	var reasons []string
	if t.Gained > 0 {
		reasons = append(reasons, plural(t.Gained, "group")+" of principals gained access to keys")
	}
	if t.Altered > 0 {
		reasons = append(reasons, plural(t.Altered, "group")+" of principals can use keys under other conditions")
	}
	if t.Found > 0 {
		reasons = append(reasons, fmt.Sprintf("%s at or above %s new or worse", plural(t.Found, "finding"), least))
	}
	if len(reasons) > 0 {
		return &exit{
			code: exitFindings, err: errors.New(strings.Join(reasons, "; ")),
			next: "see by which statements above; kmsaudit why and who-can tell more of a principal and a key",
		}
	}
	if t.Unknown += hidden; t.Unknown == 0 {
		return nil
	}
	why := fmt.Sprintf("the comparison is incomplete: %s not known in one of the snapshots", plural(t.Unknown, "thing"))
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
