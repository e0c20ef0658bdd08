package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/kmsaudit/kmsaudit/report/picture"
	"github.com/kmsaudit/kmsaudit/rules/chain"
)

// graphOptions are the flags of graph.
type graphOptions struct {
	own                       ownRules
	config, output, asOf      string
	format                    choice
	keys, principals, buckets []string
}

func (a *app) graph() *cobra.Command {
	o := &graphOptions{format: choice{"svg", []string{"svg", "mermaid", "dot"}}}
	cmd := &cobra.Command{
		Use:   "graph SNAPSHOT",
		Short: "Draw who may use which key, and what lies under it",
		Long: `Draw the account: who may do what with which key, which buckets encrypt with it
by default, and what their objects are really under. What is wrong by the rules,
or required and denied, is red, and says why.

SVG is for browsers and documents, light or dark as the reader prefers, and
shows the reasons where the pointer rests. Mermaid is what GitHub and GitLab
draw in Markdown, between ` + "```mermaid and ```" + `. DOT is for Graphviz.

Of a large account the required keys are drawn, those with the gravest findings
and those of most buckets; the rest is counted. --key, --principal and --bucket
draw what is around the resources that they name, as explain takes them.

Without -c, ./kmsaudit.yaml is used if it is there.

Exit codes: 0 drawn, 2 wrong usage, or there is no such resource, 3 whether
there is one could not be read, 4 the run failed.`,
		Example: `  kmsaudit graph snapshot.json -c kmsaudit.yaml -o account.svg
  kmsaudit graph snapshot.json --key alias/payments -f mermaid
  kmsaudit graph snapshot.json --principal role/payments --bucket payments-prod
  kmsaudit graph snapshot.json -f dot | dot -Tpdf -o account.pdf`,
		Args: arguments(1, 1, "the file of a snapshot"),
	}
	cmd.RunE = a.does(func(cmd *cobra.Command, args []string) error { return a.runGraph(cmd.Context(), o, args[0]) })
	f := cmd.Flags()
	f.StringVarP(&o.config, "config", "c", "", "configuration `file` (default ./"+defaultConfig+" if it is there)")
	f.StringVarP(&o.output, "output", "o", "", "`file` to write to instead of stdout")
	choose(cmd, &o.format, "format", "f", "language of the drawing")
	f.StringVar(&o.asOf, "as-of", "", "`day` that waivers are judged by, YYYY-MM-DD (default today, UTC)")
	f.StringArrayVar(&o.keys, "key", nil, "draw what is around this `key`: an ARN, an id or an alias")
	f.StringArrayVar(&o.principals, "principal", nil, "draw what is around this `role` or user: an ARN, or role/NAME")
	f.StringArrayVar(&o.buckets, "bucket", nil, "draw what is around this `bucket`")
	o.own.declare(cmd)
	return cmd
}

func (a *app) runGraph(ctx context.Context, o *graphOptions, path string) error {
	asOf, err := dayOf(o.asOf)
	if err != nil {
		return wrong(err)
	}
	w, stop, err := a.openChain(path, o.config, &o.own)
	defer stop()
	if err != nil {
		return err
	}
	focus, err := o.focus(w.chain)
	if err != nil {
		return err
	}
	results, err := w.judged(ctx, asOf)
	if err != nil {
		return err
	}
	p := w.chain.Picture(results, focus...)
	p.Title += ", collected " + w.file.Snapshot.CollectedAt.UTC().Format(time.DateOnly)
	var b bytes.Buffer
	if err := map[string]func(io.Writer, *picture.Picture) error{
		"svg": picture.WriteSVG, "mermaid": picture.WriteMermaid, "dot": picture.WriteDOT,
	}[o.format.value](&b, p); err != nil {
		return err
	}
	if o.format.value == "svg" { // the others say it themselves
		for _, note := range p.Notes {
			a.say("%s", note)
		}
	}
	return a.write(o.output, b.Bytes(), 0o600)
}

// focus finds the resources that the picture is to be drawn around.
func (o *graphOptions) focus(world *chain.World) ([]chain.Resource, error) {
	var focus []chain.Resource
	for _, flag := range []struct {
		name  string
		given []string
		kinds map[string]bool
	}{
		{"--key", o.keys, map[string]bool{"key": true}},
		{"--principal", o.principals, map[string]bool{"role": true, "user": true}},
		{"--bucket", o.buckets, map[string]bool{"bucket": true, "object": true}},
	} {
		for _, text := range flag.given {
			found, err := world.Find(text)
			if err != nil {
				return nil, notFound(err)
			}
			if !flag.kinds[found.Kind] {
				return nil, wrong(fmt.Errorf("%s %s is a %s", flag.name, text, found.Kind))
			}
			focus = append(focus, found)
		}
	}
	return focus, nil
}
