package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

const rulesUsage = `Measures what rules cost on a synthetic account: kmsaudit check with all rules
beside kmsaudit check without those that -added names, whole processes taking
turns, and fails where all take more than -most times as long. Then it prints the
time of each rule, as check --profile tells it, the slowest first. Run it at the
root of the repository. Read the ratios; the seconds are those of this machine.
`

// added are the rules that came last: those on grants, on the whole account, on
// the effect of statements and on what records and watches.
const added = "ACC-002,ACC-004,ACC-006,GRT-001,GRT-002,GRT-003,GRT-004,GRT-005,GRT-006,GRT-007,IAM-005,IAM-006,IAM-010,IAM-015,IAM-016," +
	"LOG-002,LOG-003,LOG-005,LOG-006,LOG-007,POL-004,POL-005,POL-006,POL-007,POL-008,POL-009,POL-010,POL-011,POL-012,POL-013"

func runRules(args []string, stdout, stderr io.Writer) error {
	b := &bench{stdout: stdout, stderr: stderr}
	f := flag.NewFlagSet("synth rules", flag.ContinueOnError)
	roles := f.Int("roles", 10000, "`number` of roles; a fifth as many keys and half as many buckets go with them")
	f.IntVar(&b.repeats, "repeats", 5, "`number` of turns")
	without := f.String("added", added, "`ids` of the rules that are left out once")
	most := f.Float64("most", 2, "`times` that all rules may take as long")
	f.StringVar(&b.kmsaudit, "kmsaudit", "", "`path` of kmsaudit (default: built from here)")
	f.StringVar(&b.keep, "keep", "", "`folder` for the snapshot (default: a temporary one)")
	b.settings(f)
	if err := parse(f, args, stderr, rulesUsage); err != nil {
		return err
	}
	if *roles < 1 || b.repeats < 1 {
		return fmt.Errorf("%w: roles %d, repeats %d", errUsage, *roles, b.repeats)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return b.rules(ctx, *roles, strings.Split(*without, ","), *most)
}

func (b *bench) rules(ctx context.Context, roles int, without []string, most float64) (err error) {
	remove, err := b.ready(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	known, err := b.packages(ctx)
	if err != nil {
		return err
	}
	for _, id := range without {
		if known[id] == "" {
			return fmt.Errorf("%w: there is no rule %q", errUsage, id)
		}
	}
	if err := b.snapshot(ctx, self, roles); err != nil {
		return err
	}
	if err := b.onlyRules(ctx, roles, "before.yaml", func(id string) bool { return !slices.Contains(without, id) }); err != nil {
		return err
	}
	check := func(config string, more ...string) []string {
		return append([]string{b.kmsaudit, "check", "--fail-on", "none", "-f", "json", "-c", b.at(roles, config), b.at(roles, "snapshot.json")}, more...)
	}
	commands := []command{
		{name: fmt.Sprintf("check, %d rules", len(known)-len(without)), args: check("before.yaml")},
		{name: fmt.Sprintf("check, %d rules", len(known)), args: check("kmsaudit.yaml")},
	}
	measured, err := b.takeTurns(ctx, commands, b.repeats)
	if err != nil {
		return err
	}
	b.printf("%d roles, %d turns\n", roles, b.repeats)
	b.table(commands, measured)
	if err := b.eachRule(ctx, check("kmsaudit.yaml", "--profile=json"), without); err != nil {
		return err
	}
	ratio := func(figure func(sample) float64) float64 {
		return median(measured[1].of(figure)) / median(measured[0].of(figure))
	}
	b.printf("\nall rules take %.2f times as long as without those marked +, and %.2f times the processor time\n", ratio(wallOf), ratio(cpuOf))
	if took := ratio(wallOf); took > most {
		return fmt.Errorf("all rules take %.2f times as long, and %.2f is the most allowed", took, most)
	}
	return nil
}

// ruleTime is what check --profile=json tells of a rule.
type ruleTime struct {
	Rule        string
	Evaluations int
	Time        time.Duration `json:"ns"`
}

// eachRule prints the time of each rule and its share in all.
func (b *bench) eachRule(ctx context.Context, args, without []string) error {
	profiled := exec.CommandContext(ctx, args[0], args[1:]...)
	var told bytes.Buffer
	profiled.Stderr = &told
	if err := profiled.Run(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, tail(&told))
	}
	var profile struct{ Rules []ruleTime }
	line := told.Bytes()[max(0, bytes.Index(told.Bytes(), []byte(`{"rules"`))):]
	if err := json.NewDecoder(bytes.NewReader(line)).Decode(&profile); err != nil {
		return fmt.Errorf("read the profile: %w\n%s", err, tail(&told))
	}
	slices.SortStableFunc(profile.Rules, func(a, b ruleTime) int { return cmp.Compare(b.Time, a.Time) })
	var all time.Duration
	for _, one := range profile.Rules {
		all += one.Time
	}
	b.printf("\n")
	w := tabwriter.NewWriter(b.stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "rule\tms\tshare\tshards")
	for _, one := range profile.Rules {
		mark := ""
		if slices.Contains(without, one.Rule) {
			mark = " +"
		}
		_, _ = fmt.Fprintf(w, "%s%s\t%.1f\t%.1f %%\t%d\n", one.Rule, mark, float64(one.Time)/1e6, 100*float64(one.Time)/float64(all), one.Evaluations)
	}
	return w.Flush()
}
