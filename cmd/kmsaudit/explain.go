package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules"
	"github.com/kmsaudit/kmsaudit/rules/chain"
)

// explainOptions are the flags of explain.
type explainOptions struct {
	config, output, asOf string
	format, color        choice
	width                int
	ascii                bool
	own                  ownRules
}

func (a *app) explain() *cobra.Command {
	o := &explainOptions{
		format: choice{"text", []string{"text", "json"}},
		color:  choice{"auto", []string{"auto", "always", "never"}},
	}
	cmd := &cobra.Command{
		Use:   "explain SNAPSHOT RESOURCE",
		Short: "Tell all that is known about one key, bucket, role, user or object",
		Long: `Tell all that is known about one resource: its chain from the role over the
actions to the key, the bucket and the object, then link by link what the
snapshot says, each verdict with the statements that decided it and their lines,
what the rules found of it, and what is not known.

RESOURCE is an ARN; the id of a key; an alias, such as alias/payments; the name
of a bucket, role or user, which role/NAME and the like tell apart; or an
object, as s3://BUCKET/KEY.

With -c, it also says what the configuration wants of the resource. Without -c,
./kmsaudit.yaml is used if it is there.

Exit codes: 0 answered, 2 wrong usage, or there is no such resource, 3 what the
resource is, or whether there is one, could not be read, 4 the run failed.`,
		Example: `  kmsaudit explain snapshot.json alias/payments
  kmsaudit explain snapshot.json -c kmsaudit.yaml s3://payments-prod/ledger.csv
  kmsaudit explain snapshot.json arn:aws:iam::111122223333:role/payments
  kmsaudit explain snapshot.json payments-prod -f json -o payments-prod.json`,
		Args: arguments(2, 2, "the file of a snapshot and a resource"),
	}
	cmd.RunE = a.does(func(cmd *cobra.Command, args []string) error { return a.runExplain(cmd.Context(), o, args[0], args[1]) })
	f := cmd.Flags()
	f.StringVarP(&o.config, "config", "c", "", "configuration `file` (default ./"+defaultConfig+" if it is there)")
	f.StringVarP(&o.output, "output", "o", "", "`file` to write to instead of stdout")
	choose(cmd, &o.format, "format", "f", "format of the answer")
	f.StringVar(&o.asOf, "as-of", "", "`day` that waivers are judged by, YYYY-MM-DD (default today, UTC)")
	o.own.declare(cmd)
	f.IntVar(&o.width, "width", 0, "columns of the text (default that of the terminal)")
	f.BoolVar(&o.ascii, "ascii", false, "draw with plain letters, as in a pipe")
	choose(cmd, &o.color, "color", "", "colours in the text")
	return cmd
}

func (a *app) runExplain(ctx context.Context, o *explainOptions, path, resource string) error {
	asOf, err := o.check()
	if err != nil {
		return wrong(err)
	}
	w, stop, err := a.openChain(path, o.config, &o.own)
	defer stop()
	if err != nil {
		return err
	}
	found, err := w.chain.Find(resource)
	if err != nil {
		return notFound(err)
	}
	results, err := w.judged(ctx, asOf)
	if err != nil {
		return err
	}
	answer := w.chain.Explain(found, results)
	if err := a.writeExplained(answer, o); err != nil {
		return err
	}
	if len(answer.Incomplete) > 0 {
		return &exit{
			code: exitIncomplete,
			err:  fmt.Errorf("the answer is not complete: %s", strings.Join(answer.Incomplete, "; ")),
			next: "collect again with the permissions that are missing",
		}
	}
	return nil
}

// check holds the flags to what they can be, and returns the day of the waivers.
func (o *explainOptions) check() (time.Time, error) {
	if o.width < 0 {
		return time.Time{}, fmt.Errorf("--width %d is less than nothing", o.width)
	}
	return dayOf(o.asOf)
}

// opened is a snapshot that is read to be told about, with what it is judged by.
type opened struct {
	chain     *chain.World
	file      *snapshot.File
	own       *ownRules
	catalogue *rules.Catalogue
	c         *settled
}

// openChain reads a snapshot to tell about it. stop ends the pacing of memory, and is
// never nil.
func (a *app) openChain(path, config string, own *ownRules) (w *opened, stop func(), err error) {
	stop = func() {}
	catalogue, err := own.catalogue()
	if err != nil {
		return nil, stop, err
	}
	c, err := a.configure(config, catalogue)
	if err != nil {
		return nil, stop, err
	}
	stop = a.pace([]string{path})
	file, err := readOne(path, c)
	if err != nil {
		return nil, stop, wrong(err)
	}
	if c.settings.Sandbox, err = own.sandbox(); err != nil {
		return nil, stop, err
	}
	return &opened{chain.New(file, c.settings.Intent, catalogue.Params(c.settings)), file, own, catalogue, c}, stop, nil
}

// judged are the results of the rules on it.
func (w *opened) judged(ctx context.Context, asOf time.Time) (*report.Results, error) {
	engine, err := w.own.compile(ctx, w.catalogue, w.c.settings.Runs, false)
	if err != nil {
		return nil, err
	}
	results, err := engine.Audit(ctx, []*snapshot.File{w.file}, w.c.settings)
	if err == nil {
		err = ctx.Err() // half an audit must not look like a whole one
	}
	if err != nil {
		return nil, err
	}
	results.Apply(w.c.waivers, asOf)
	results.Sort()
	return results, nil
}

func (a *app) writeExplained(answer *chain.Chain, o *explainOptions) error {
	if o.format.value == "json" {
		return a.writeJSON(o.output, answer)
	}
	d := a.drawing(o.output, o.width, o.ascii, o.color.value)
	d.chain(answer)
	return a.write(o.output, []byte(d.out.String()), 0o600)
}

// drawing prepares to draw into a file or, where that is "" or "-", on stdout.
func (a *app) drawing(output string, width int, ascii bool, color string) *drawing {
	var to io.Writer
	if output == "" || output == "-" {
		to = a.stdout
	}
	if width == 0 {
		width = columns(to)
	}
	return &drawing{width: width, ascii: ascii || width == 0, colour: a.colours(color, to)}
}

// notFound is the error for a resource that is not in the snapshot: a wrong name,
// or, where a listing was not read, something that nobody knows.
func notFound(err error) error {
	var missing *chain.Missing
	var ambiguous *chain.Ambiguous
	switch {
	case errors.As(err, &ambiguous):
		return &exit{code: exitUsage, err: err, next: "give the ARN of the one that you mean"}
	case !errors.As(err, &missing):
		return wrong(err)
	}
	code, next := exitUsage, ""
	if missing.Unread != "" {
		code, next = exitIncomplete, "collect again with the permissions that are missing; objects are those that the configuration names, and a sample"
	}
	if len(missing.Names) > 0 {
		next = "named all the same by " + strings.Join(missing.Names, ", ")
	}
	return &exit{code: code, err: fmt.Errorf("%w%s", err, nearest(missing)), next: next}
}

// nearest is the name that may be meant: one that is close to the one given, or a
// few that hold it.
func nearest(m *chain.Missing) string {
	if near := didYouMean(m.Given, m.Known); near != "" || len(m.Given) < 3 {
		return near
	}
	holding := slices.DeleteFunc(slices.Clone(m.Known), func(name string) bool {
		return !strings.Contains(strings.ToLower(name), strings.ToLower(m.Given))
	})
	slices.Sort(holding)
	holding = slices.Compact(holding)
	if len(holding) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(holding[:min(3, len(holding))], " or ") + "?"
}
