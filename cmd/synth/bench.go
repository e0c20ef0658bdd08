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
)

// bench is one run of `synth bench`.
type bench struct {
	plan
	sizes                   string
	repeats, accounts       int
	kmsaudit, opa, conftest string
	opaMost, conftestMost   int // roles
	rego                    string
	dir                     string
	stdout, stderr          io.Writer
	keep                    string
}

const benchUsage = `Measures whole processes side by side, taking turns, on synthetic accounts of
several sizes: kmsaudit check, which reads the snapshot, decides and judges;
opa eval and conftest test on the facts that kmsaudit made for them, with the
same rules; and, for eight rules, kmsaudit check beside a plain Go program that
judges them with no engine at all (synth floor). Then the stages of an audit, and
how time and memory grow from size to size: the exponent of the snapshot's bytes.
Then kmsaudit check on the folder of an organization beside one account of it.
Run it at the root of the repository. The findings have to be the same or the run
fails. Read the ratios; the seconds are those of this machine.
`

// runBench measures and prints.
func runBench(args []string, stdout, stderr io.Writer) error {
	b := &bench{stdout: stdout, stderr: stderr}
	f := flag.NewFlagSet("synth bench", flag.ContinueOnError)
	f.StringVar(&b.sizes, "sizes", "100,1000,10000", "`numbers` of roles; a fifth as many keys and half as many buckets go with them")
	f.IntVar(&b.repeats, "repeats", 5, "`number` of turns")
	f.IntVar(&b.accounts, "accounts", 1000, "`number` of accounts of the organization that is judged as a folder, 0 for none")
	f.StringVar(&b.kmsaudit, "kmsaudit", "", "`path` of kmsaudit (default: built from here)")
	f.StringVar(&b.opa, "opa", ".ci/bin/opa", "`path` of opa, - to leave it out; .ci/tool --build opa builds it")
	f.StringVar(&b.conftest, "conftest", ".ci/bin/conftest", "`path` of conftest, - to leave it out")
	f.IntVar(&b.opaMost, "opa-most", 10000, "largest `number` of roles that opa is given")
	f.IntVar(&b.conftestMost, "conftest-most", 1000, "largest `number` of roles that conftest is given")
	f.StringVar(&b.rego, "rules", "rules/rego", "`folder` of the rules")
	f.StringVar(&b.keep, "keep", "", "`folder` for the snapshots and facts (default: a temporary one)")
	b.settings(f)
	if err := parse(f, args, stderr, benchUsage); err != nil {
		return err
	}
	if b.accounts < 0 {
		return fmt.Errorf("%w: accounts %d", errUsage, b.accounts)
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

// ready makes the folder, and kmsaudit where none was given. What it returns removes
// the folder, unless it is to be kept.
func (b *bench) ready(ctx context.Context) (remove func() error, err error) {
	remove = func() error { return nil }
	b.dir = b.keep
	if b.dir == "" {
		if b.dir, err = os.MkdirTemp("", "synth-bench-"); err != nil {
			return nil, err
		}
		remove = func() error { return os.RemoveAll(b.dir) }
	}
	if b.kmsaudit == "" {
		b.kmsaudit = filepath.Join(b.dir, "kmsaudit")
		build := exec.CommandContext(ctx, "go", "build", "-ldflags=-s -w", "-o", b.kmsaudit, "./cmd/kmsaudit")
		build.Stderr = b.stderr
		if err := build.Run(); err != nil {
			return nil, errors.Join(fmt.Errorf("build kmsaudit: %w", err), remove())
		}
	}
	return remove, nil
}

func (b *bench) run(ctx context.Context, sizes []int) (err error) {
	remove, err := b.ready(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	idle, err := b.startup(ctx)
	if err != nil {
		return err
	}
	// This process has to stay small until all is measured: Linux counts the peak of
	// whoever starts a program as the program's own. So others make the snapshots,
	// and the findings are compared last.
	var growth []grown
	for _, roles := range sizes {
		g, err := b.size(ctx, roles, idle)
		if err != nil {
			return fmt.Errorf("%d roles: %w", roles, err)
		}
		growth = append(growth, g)
	}
	b.printGrowth(growth)
	if err := b.organization(ctx); err != nil {
		return fmt.Errorf("organization: %w", err)
	}
	b.printf("\n")
	for _, roles := range sizes {
		same, err := b.agree(ctx, b.commands(roles))
		if err != nil {
			return fmt.Errorf("%d roles: %w", roles, err)
		}
		b.printf("%d roles: %d findings, the same by all\n", roles, same)
		if same, err = b.agreeWithFloor(roles); err != nil {
			return fmt.Errorf("%d roles: %w", roles, err)
		}
		b.printf("%d roles: %d findings of eight rules, the same in plain Go\n", roles, same)
	}
	return nil
}

// at is a file that belongs to a size.
func (b *bench) at(roles int, name string) string {
	return filepath.Join(b.dir, fmt.Sprintf("%d-%s", roles, name))
}

// startup compares how long the programs take to say who they are, and returns
// how much memory kmsaudit needs for that.
func (b *bench) startup(ctx context.Context) (int64, error) {
	commands := []command{
		{name: "kmsaudit version", args: []string{b.kmsaudit, "version"}},
	}
	if b.opa != "-" {
		commands = append(commands, command{name: "opa version", args: []string{b.opa, "version"}})
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

// snapshot has the snapshot of a size made, and the configuration that fits it.
func (b *bench) snapshot(ctx context.Context, self string, roles int) error {
	keys, buckets := beside(roles)
	made := command{out: b.at(roles, "snapshot.json"), args: []string{
		self, "-roles", strconv.Itoa(roles), "-keys", strconv.Itoa(keys), "-buckets", strconv.Itoa(buckets),
		"-requirements", strconv.Itoa(b.requirements), "-unread", strconv.FormatFloat(b.unread, 'g', -1, 64), "-seed", strconv.FormatUint(b.seed, 10),
		"-config", b.at(roles, "kmsaudit.yaml"),
	}}
	_, err := made.measure(ctx)
	return err
}

// beside is how many keys and buckets go with roles.
func beside(roles int) (keys, buckets int) { return max(1, roles/5), max(1, roles/2) }

// size measures one size.
func (b *bench) size(ctx context.Context, roles int, idle int64) (g grown, err error) {
	at := func(name string) string { return b.at(roles, name) }
	self, err := os.Executable()
	if err != nil {
		return g, err
	}
	if err := b.snapshot(ctx, self, roles); err != nil {
		return g, err
	}
	if err := os.WriteFile(at("other.yaml"), []byte("version: 1\naccount: \"000000000000\"\n"), 0o600); err != nil {
		return g, err
	}
	if err := b.eightRules(ctx, roles); err != nil {
		return g, err
	}
	if b.asksOPA(roles) || b.asksConftest(roles) {
		facts := command{args: []string{b.kmsaudit, "facts", at("snapshot.json"), "-c", at("kmsaudit.yaml"), "-o", at("facts.json")}}
		if _, err := facts.measure(ctx); err != nil {
			return g, err
		}
	}
	info, err := os.Stat(at("snapshot.json"))
	if err != nil {
		return g, err
	}
	commands := b.commands(roles)
	measured, err := b.takeTurns(ctx, commands, b.repeats)
	if err != nil {
		return g, err
	}
	length := float64(info.Size())
	keys, buckets := beside(roles)
	b.printf("\n%d roles, %d keys, %d buckets; snapshot %.1f MB; %d turns\n", roles, keys, buckets, length/1e6, b.repeats)
	b.table(commands, measured)
	for i := range 2 {
		b.printf("%s: %.1f bytes of memory for each byte of the snapshot\n", strings.TrimSpace(commands[i].name),
			float64(measured[i].memory()-idle)/length)
	}
	eight := b.eightCommands(self, roles)
	if measured, err := b.takeTurns(ctx, eight, b.repeats); err != nil {
		return g, err
	} else {
		b.table(eight, measured)
	}
	g = grown{bytes: length, wall: median(measured[0].of(wallOf)), cpu: median(measured[0].of(cpuOf)), memory: median(measured[0].of(peakOf)) - float64(idle)}
	return g, b.printStages(ctx, self, roles)
}

func (b *bench) asksOPA(roles int) bool { return b.opa != "-" && roles <= b.opaMost }

func (b *bench) asksConftest(roles int) bool { return b.conftest != "-" && roles <= b.conftestMost }

// commands are what is measured at a size.
func (b *bench) commands(roles int) []command {
	at := func(name string) string { return b.at(roles, name) }
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
	}
	if b.asksOPA(roles) {
		commands = append(commands, command{
			name: "opa eval on facts", out: at("opa.json"),
			args: []string{b.opa, "eval", "-d", b.rego, "--ignore", "*.json", "--ignore", "*_test.rego", "-i", at("facts.json"), "-f", "json", "data.kmsaudit"},
		})
	}
	if b.asksConftest(roles) {
		commands = append(commands, command{
			name: "conftest on facts", out: at("conftest.json"), exit: 1,
			args: []string{b.conftest, "test", "-p", b.rego, "--all-namespaces", "--no-color", "-o", "json", at("facts.json")},
		})
	}
	return commands
}

func (b *bench) printf(format string, values ...any) { _, _ = fmt.Fprintf(b.stdout, format, values...) }
