package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

const generateUsage = `Writes a synthetic snapshot to stdout, or with -accounts those of an
organization to a folder. Equal flags give equal bytes.
synth bench measures kmsaudit on such snapshots (synth bench -h), synth rules
what its rules cost (synth rules -h).
`

// run runs the command line args and returns the exit code: 0 done, 1 failed, 2
// wrong usage.
func run(args []string, stdout, stderr io.Writer) int {
	do := generate
	if len(args) > 0 {
		switch args[0] {
		case "bench":
			do, args = runBench, args[1:]
		case "floor":
			do, args = runFloor, args[1:]
		case "rules":
			do, args = runRules, args[1:]
		case "stages":
			do, args = runStages, args[1:]
		}
	}
	err := do(args, stdout, stderr)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		_, _ = fmt.Fprintln(stderr, "synth:", err)
		return 2
	}
	_, _ = fmt.Fprintln(stderr, "synth:", err)
	return 1
}

var errUsage = errors.New("wrong usage")

// parse reads flags; nothing may follow them.
func parse(f *flag.FlagSet, args []string, stderr io.Writer, usage string) error {
	f.SetOutput(stderr)
	f.Usage = func() {
		_, _ = fmt.Fprintf(stderr, "usage: %s [flags]\n\n%s\n", f.Name(), usage)
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if f.NArg() > 0 {
		return fmt.Errorf("%w: %q is not a flag", errUsage, f.Arg(0))
	}
	return nil
}

func generate(args []string, stdout, stderr io.Writer) error {
	var p plan
	f := flag.NewFlagSet("synth", flag.ContinueOnError)
	p.flags(f)
	config := f.String("config", "", "also write the configuration that fits the snapshot to this `file`")
	accounts := f.Int("accounts", 0, "`number` of accounts of an organization, each of this size, for -folder")
	folder := f.String("folder", "", "`folder` for their snapshots and the manifest")
	if err := parse(f, args, stderr, generateUsage); err != nil {
		return err
	}
	if err := p.settle(); err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	switch {
	case *accounts < 0 || (*accounts > 0) != (*folder != ""):
		return fmt.Errorf("%w: -accounts and -folder go together", errUsage)
	case *accounts > 0 && *config != "":
		return fmt.Errorf("%w: -config is for one account", errUsage)
	case *accounts > 0:
		return organizationOf(p, *accounts, *folder)
	}
	w := newWorld(p)
	if *config != "" {
		text, err := w.config()
		if err == nil {
			err = os.WriteFile(*config, text, 0o644)
		}
		if err != nil {
			return fmt.Errorf("write the configuration: %w", err)
		}
	}
	text, err := snapshot.Encode(w.snapshot())
	if err != nil {
		return fmt.Errorf("encode the snapshot: %w", err)
	}
	out := bufio.NewWriter(stdout)
	_, err = out.Write(text)
	return errors.Join(err, out.Flush())
}
