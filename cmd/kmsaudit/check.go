package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/frameworks"
	"github.com/kmsaudit/kmsaudit/rules"
)

// checkOptions are the flags of check.
type checkOptions struct {
	rendering
	config, asOf, waivers string
	baseline              string
	newOnly               bool
	failOn, onGap         choice
	maxAge                age
	shard                 shard
	own                   ownRules
	profile               choice
	framework             choice
}

func (a *app) check() *cobra.Command {
	o := &checkOptions{
		failOn:    choice{report.High.String(), thresholds()},
		onGap:     choice{report.GapFails, onGap()},
		profile:   choice{"", []string{"table", "json"}},
		framework: choice{"", frameworks.IDs()},
	}
	cmd := &cobra.Command{
		Use:   "check SNAPSHOT...",
		Short: "Judge snapshots and report what is wrong",
		Long: `Judge snapshots by the rules and report what is wrong, what could not be known
and what was not read.

Exit codes: 0 nothing at or above --fail-on, 1 findings at or above it, 2 wrong
usage, configuration or input, 3 the evidence is incomplete, 4 the run failed,
130 interrupted. Of several, the first of 4, 2, 1, 3 is taken.

Something that could not be read is never taken for right. --on-gap warn accepts
it for this run.

--baseline holds the run against earlier results: findings that they have too,
no less severe, do not fail it, unless --fail-on-new=false is given. What could
not be read fails it as ever: what cannot be seen may be new.

Without -c, ./kmsaudit.yaml is used if it is there. A snapshot, or one at least
of several, has to be of the account that it names; a Region that it names and a
snapshot lacks is missing evidence. So is a snapshot older than --max-age, by
the clock of this machine; everything else in a report depends on the snapshot
and on --as-of.

Of a folder every snapshot is judged, one at a time, and what is found is kept
in temporary files (in TMPDIR, of mode 0600, gone when the run ends; in memory
where none can be made), so that memory is that of the largest account, but for
--all, which holds all that it lists. Where collect --org left a manifest there,
its checksums have to fit, and an account that could not be collected is missing
evidence. --shard judges a part of the accounts; kmsaudit report merge puts the
parts together. Keys and principals of other accounts are looked up in their
snapshots.

` + aboutFormats(),
		Example: `  kmsaudit check snapshot.json
  kmsaudit check snapshot.json -c kmsaudit.yaml --fail-on medium --max-age 24h
  kmsaudit check snapshot.json -f table -f sarif=kmsaudit.sarif -f junit=kmsaudit.xml
  kmsaudit check snapshot.json --baseline yesterday.json -f json=today.json
  kmsaudit check snapshot.json --framework pci-dss-4.0.1 -f json
  kmsaudit check dev.json test.json prod.json -f json -o results.json
  kmsaudit check snapshots --shard 1/4 -f json=1.json`,
		Args: arguments(1, -1, "the file of a snapshot, or a folder of them"),
	}
	cmd.RunE = a.does(func(cmd *cobra.Command, args []string) error { return a.runCheck(cmd.Context(), cmd, o, args) })
	f := cmd.Flags()
	f.StringVarP(&o.config, "config", "c", "", "configuration `file` (default ./"+defaultConfig+" if it is there)")
	choose(cmd, &o.failOn, "fail-on", "", "mildest severity of a finding that fails the run")
	choose(cmd, &o.onGap, "on-gap", "", "what missing evidence does to the run")
	f.StringVar(&o.asOf, "as-of", "", "`day` that waivers are judged by, YYYY-MM-DD (default today, UTC)")
	f.StringVar(&o.waivers, "waivers", "", "`file` of waivers, in place of those of the configuration")
	f.StringVar(&o.baseline, "baseline", "", "`file` of earlier results (check -f json): say what is new, and fail on that only")
	f.BoolVar(&o.newOnly, "fail-on-new", true, "with --baseline: known findings do not fail the run; =false fails on all")
	f.Var(&o.maxAge, "max-age", "a snapshot older than this is missing evidence, such as 24h or 7d")
	f.Var(&o.shard, "shard", "judge a part of the accounts only, such as 1/4")
	o.own.declare(cmd)
	choose(cmd, &o.framework, "framework", "", "report by the controls of a framework, as table, json or markdown")
	choose(cmd, &o.profile, "profile", "", "say on stderr where the time went")
	f.Lookup("profile").NoOptDefVal = "table"
	o.declare(cmd)
	return cmd
}

func (a *app) runCheck(ctx context.Context, cmd *cobra.Command, o *checkOptions, paths []string) error {
	outputs, err := o.check()
	if err != nil {
		return wrong(err)
	}
	asOf, err := dayOf(o.asOf)
	if err != nil {
		return wrong(err)
	}
	stop := a.pace(paths)
	defer stop()
	catalogue, err := o.own.catalogue()
	if err != nil {
		return err
	}
	c, err := a.configure(o.config, catalogue)
	if err != nil {
		return err
	}
	if err := o.byFramework(catalogue, outputs); err != nil {
		return wrong(err)
	}
	if c.settings.Sandbox, err = o.own.sandbox(); err != nil {
		return err
	}
	if o.profile.value != "" {
		c.settings.Profile = &rules.Profile{}
	}
	gate, err := gateOf(cmd, o, c)
	if err != nil {
		return err
	}
	if o.baseline == "" && cmd.Flags().Changed("fail-on-new") {
		return wrong(errNoBaseline)
	}
	several, err := folders(paths, o.shard)
	if err != nil {
		return wrong(err)
	}
	old, err := o.earlier(several != nil)
	if err != nil {
		return err
	}
	if old != nil {
		defer old.Stored.Close()
	}
	if err := a.takeWaivers(c, o.waivers, catalogue, asOf); err != nil {
		return wrong(err)
	}
	gate.NewOnly = old != nil && o.newOnly
	var results *report.Results
	if several == nil {
		results, err = a.audit(ctx, o, catalogue, c, paths)
	} else {
		results, err = a.auditMany(ctx, o, catalogue, c, several, func(g *report.Gathering) error {
			g.Waive(c.waivers, asOf)
			if old == nil {
				return nil
			}
			return g.Compare(old, o.baseline)
		})
	}
	if err != nil {
		return err
	}
	if several == nil {
		results.Apply(c.waivers, asOf)
		results.Sort()
		results.Count()
		if old != nil {
			results.Against(old, o.baseline)
		}
	}
	defer results.Stored.Close()
	a.sayHeld(results)
	began := time.Now()
	o.draw = illustrator{catalogue, c}.draw
	if err := a.writeReports(results, outputs, &o.rendering); err != nil {
		return err
	}
	c.settings.Profile.Stage(stageReport, time.Since(began))
	if err := a.writeProfile(c.settings.Profile, o.profile.value); err != nil {
		return err
	}
	return a.verdict(gate, results)
}

// earlier reads the results of --baseline, nil without them. Many accounts stay in
// files.
func (o *checkOptions) earlier(many bool) (old *report.Results, err error) {
	switch {
	case o.baseline == "":
		return nil, nil //nolint:nilnil // there is nothing to compare with
	case !many:
		old, err = readResults(o.baseline)
	default:
		old, err = readStored(o.baseline)
	}
	if err != nil {
		return nil, unlessNotKept(err)
	}
	return old, nil
}

var errNoBaseline = errors.New("--fail-on-new needs --baseline, which says what is not new")

// gateOf takes the gate from the flags, and what they leave open from the file.
func gateOf(cmd *cobra.Command, o *checkOptions, c *settled) (report.Gate, error) {
	given := cmd.Flags().Changed
	if !given("fail-on") && c.FailOn != "" {
		o.failOn.value = c.FailOn
	}
	if !given("on-gap") && c.OnGap != "" {
		o.onGap.value = c.OnGap
	}
	if !given("max-age") {
		o.maxAge = c.MaxAge
	}
	gate := report.Gate{OnGap: o.onGap.value}
	if o.failOn.value == "none" {
		return gate, nil
	}
	return gate, gate.FailOn.UnmarshalText([]byte(o.failOn.value))
}

// audit reads all snapshots before it judges any.
func (a *app) audit(ctx context.Context, o *checkOptions, catalogue *rules.Catalogue, c *settled, paths []string) (*report.Results, error) {
	var engine *rules.Engine
	var notCompiled error
	var compiling sync.WaitGroup // while the files are read
	compiling.Go(func() { engine, notCompiled = o.own.compile(ctx, catalogue, c.settings.Runs, o.profile.value != "") })
	began := time.Now()
	files, err := readSnapshots(paths, c)
	c.settings.Profile.Stage(stageRead, time.Since(began))
	compiling.Wait()
	switch {
	case err != nil:
		return nil, wrong(err)
	case notCompiled != nil:
		return nil, notCompiled
	}
	x := newAcross(c)
	x.among(files)
	settings := c.settings
	settings.Release, settings.Particular = true, x.particular
	var gaps []report.Gap
	for _, file := range files {
		gaps = append(gaps, staleness(file, engine, c, o.maxAge, time.Now())...)
		gaps = append(gaps, ofAll(x.unknownColleagues(file.Snapshot, file.Path), engine, c)...)
	}
	results, err := engine.Audit(ctx, files, settings)
	if err == nil {
		err = ctx.Err() // half an audit must not look like a whole one
	}
	if err != nil {
		return nil, err
	}
	results.Tool = report.Tool{Name: "kmsaudit", Version: thisBuild().Version}
	results.Gaps = append(results.Gaps, gaps...)
	return results, nil
}

// verdict says how the gate decides, where that is not a plain yes.
func (a *app) verdict(gate report.Gate, results *report.Results) error {
	outcome := gate.Verdict(results)
	if outcome.ExitCode == exitOK {
		if outcome.Next != "" {
			a.say("%s", outcome.Reason)
			a.say("%s", outcome.Next)
		}
		return nil
	}
	return &exit{code: outcome.ExitCode, err: fmt.Errorf("%s", outcome.Reason), next: outcome.Next}
}
