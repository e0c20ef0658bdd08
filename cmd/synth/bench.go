package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// bench is one run of `synth bench`.
type bench struct {
	plan
	sizes                   string
	repeats                 int
	kmsaudit, opa, conftest string
	rego                    string
	dir                     string
	stdout, stderr          io.Writer
	keep                    string
}

const benchUsage = `Measures whole processes side by side, taking turns, on synthetic accounts of
several sizes: kmsaudit check, which reads the snapshot, decides and judges;
opa eval and conftest test on the facts that kmsaudit made for them, with the
same rules. Run it at the root of the repository. The findings have to be the
same or the run fails. Read the ratios; the seconds are those of this machine.
`

// runBench measures and prints.
func runBench(args []string, stdout, stderr io.Writer) error {
	b := &bench{stdout: stdout, stderr: stderr}
	f := flag.NewFlagSet("synth bench", flag.ContinueOnError)
	f.StringVar(&b.sizes, "sizes", "100,1000,10000", "`numbers` of roles; a fifth as many keys and half as many buckets go with them")
	f.IntVar(&b.repeats, "repeats", 5, "`number` of turns")
	f.StringVar(&b.kmsaudit, "kmsaudit", "", "`path` of kmsaudit (default: built from here)")
	f.StringVar(&b.opa, "opa", ".ci/bin/opa", "`path` of opa; .ci/tool --build opa builds it")
	f.StringVar(&b.conftest, "conftest", ".ci/bin/conftest", "`path` of conftest, - to leave it out")
	f.StringVar(&b.rego, "rules", "rules/rego", "`folder` of the rules")
	f.StringVar(&b.keep, "keep", "", "`folder` for the snapshots and facts (default: a temporary one)")
	b.settings(f)
	if err := parse(f, args, stderr, benchUsage); err != nil {
		return err
	}
	if b.repeats < 1 {
		return fmt.Errorf("%w: repeats %d", errUsage, b.repeats)
	}
	var sizes []int
	for text := range strings.SplitSeq(b.sizes, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return fmt.Errorf("%w: size %q is no number of roles", errUsage, text)
		}
		sizes = append(sizes, n)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return b.run(ctx, sizes)
}

func (b *bench) run(ctx context.Context, sizes []int) (err error) {
	b.dir = b.keep
	if b.dir == "" {
		if b.dir, err = os.MkdirTemp("", "synth-bench-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	}
	if b.kmsaudit == "" {
		b.kmsaudit = filepath.Join(b.dir, "kmsaudit")
		build := exec.CommandContext(ctx, "go", "build", "-ldflags=-s -w", "-o", b.kmsaudit, "./cmd/kmsaudit")
		build.Stderr = b.stderr
		if err := build.Run(); err != nil {
			return fmt.Errorf("build kmsaudit: %w", err)
		}
	}
	idle, err := b.startup(ctx)
	if err != nil {
		return err
	}
	for _, roles := range sizes {
		if err := b.size(ctx, roles, idle); err != nil {
			return fmt.Errorf("%d roles: %w", roles, err)
		}
	}
	return nil
}

// startup compares how long the programs take to say who they are, and returns
// how much memory kmsaudit needs for that.
func (b *bench) startup(ctx context.Context) (int64, error) {
	commands := []command{
		{name: "kmsaudit version", args: []string{b.kmsaudit, "version"}},
		{name: "opa version", args: []string{b.opa, "version"}},
	}
	if b.conftest != "-" {
		commands = append(commands, command{name: "conftest --version", args: []string{b.conftest, "--version"}})
	}
	measured, err := b.takeTurns(ctx, commands, 4*b.repeats)
	if err != nil {
		return 0, err
	}
	b.printf("start-up, %d turns\n", 4*b.repeats)
	b.table(commands, measured)
	return measured[0].memory(), nil
}

// size measures one size.
func (b *bench) size(ctx context.Context, roles int, idle int64) error {
	p := b.plan
	p.roles, p.keys, p.buckets = roles, max(1, roles/5), max(1, roles/2)
	if err := p.settle(); err != nil {
		return err
	}
	at := func(name string) string { return filepath.Join(b.dir, fmt.Sprintf("%d-%s", roles, name)) }
	w := newWorld(p)
	text, err := snapshot.Encode(w.snapshot())
	if err != nil {
		return err
	}
	config, err := w.config()
	if err != nil {
		return err
	}
	if err := errors.Join(os.WriteFile(at("snapshot.json"), text, 0o600), os.WriteFile(at("kmsaudit.yaml"), config, 0o600)); err != nil {
		return err
	}
	if err := os.WriteFile(at("other.yaml"), []byte("version: 1\naccount: \"000000000000\"\n"), 0o600); err != nil {
		return err
	}
	facts := []string{b.kmsaudit, "facts", at("snapshot.json"), "-c", at("kmsaudit.yaml"), "-o", at("facts.json")}
	if _, err := (command{name: "kmsaudit facts", args: facts}).measure(ctx); err != nil {
		return err
	}
	commands := []command{
		{
			name: "kmsaudit check", out: at("check.json"),
			args: []string{b.kmsaudit, "check", "--fail-on", "none", "-f", "json", "-c", at("kmsaudit.yaml"), at("snapshot.json")},
		},
		{
			// Another account's configuration: the snapshot is read and then refused.
			name: "  reading alone", exit: 2,
			args: []string{b.kmsaudit, "check", "-c", at("other.yaml"), at("snapshot.json")},
		},
		{
			name: "opa eval on facts", out: at("opa.json"),
			args: []string{b.opa, "eval", "-d", b.rego, "--ignore", "*.json", "--ignore", "*_test.rego", "-i", at("facts.json"), "-f", "json", "data.kmsaudit"},
		},
	}
	if b.conftest != "-" {
		commands = append(commands, command{
			name: "conftest on facts", out: at("conftest.json"), exit: 1,
			args: []string{b.conftest, "test", "-p", b.rego, "--all-namespaces", "--no-color", "-o", "json", at("facts.json")},
		})
	}
	measured, err := b.takeTurns(ctx, commands, b.repeats)
	if err != nil {
		return err
	}
	same, err := b.agree(ctx, commands)
	if err != nil {
		return err
	}
	b.printf("\n%d roles, %d keys, %d buckets; snapshot %.1f MB; %d findings, the same by all; %d turns\n",
		p.roles, p.keys, p.buckets, float64(len(text))/1e6, same, b.repeats)
	b.table(commands, measured)
	for i := range 2 {
		b.printf("%s: %.1f bytes of memory for each byte of the snapshot\n", strings.TrimSpace(commands[i].name),
			float64(measured[i].memory()-idle)/float64(len(text)))
	}
	return nil
}

func (b *bench) printf(format string, values ...any) { _, _ = fmt.Fprintf(b.stdout, format, values...) }
