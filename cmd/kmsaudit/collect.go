package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// collectOptions are the flags of collect.
type collectOptions struct {
	config, output string
	regions        []string
	sample         int
	copies, usage  bool
	seed           int64
	concurrency    int
	resume         string
	share          float64
	access         collector.Access
	orgOptions
	own ownRules
}

// defaultOutput is where the snapshot of one account goes.
const defaultOutput = "snapshot.json"

func (a *app) collect() *cobra.Command {
	o := &collectOptions{}
	cmd := &cobra.Command{
		Use:   "collect",
		Short: "Read an account into a snapshot",
		Long: `Read an account into a snapshot. Nothing is changed in the account, and neither
secrets nor key material nor the content of objects are read.

Credentials and Region are found as every AWS tool finds them: environment,
profile, SSO, role of the machine. What the identity may not read is noted in
the snapshot and never stops the rest.

Read are: identities and their policies; keys, aliases and custom key stores;
buckets and what they send elsewhere; trails, event data stores, log groups,
metric filters, alarms, EventBridge rules, Access Analyzer; the account's chain
in its organization. With --last-usage each key is asked when it was last used,
which takes long: AWS allows five of these calls in a second.

Objects that the configuration names are asked for their encryption, and with
--sample-objects some more of every bucket. With --find-copies every bucket is
asked for objects of those names: a copy left behind in another bucket is what
the rule s3-objects-drift-from-default finds. That costs one call (HeadObject)
for every bucket and name.

--org reads every active account of the organization, several at a time, with
the role of --role-name: a snapshot for each in the folder of -o, written as it
ends, and a manifest with their checksums. It runs in the management account or
a delegated administrator's, which is also who reads the service and resource
control policies. --accounts takes a list of accounts instead; both together
narrow the organization to the list. What cannot be read in one account stops no
other. kmsaudit iam-policy prints the permissions that both sides need.

--resume goes on with a snapshot that was interrupted or has gaps, or with the
folder of --org. What AWS answered is kept; what was not asked yet, failed or
was refused is asked, and a listing that broke off from its beginning. Give the
same flags as before. The result is dated like the first run, so that no part of
it is older than it says, and where nothing changed meanwhile it is what one run
would have written.

No operation is asked faster than --max-share of the quota that AWS publishes
for it, and slower where AWS throttles. A service that does not answer is given
up on in its Region, and the rest goes on.

Exit codes: 0 complete, 2 wrong usage or configuration, 3 written with gaps,
4 nothing could be read (no file), 130 interrupted (what was read is written,
and marked).`,
		Example: `  kmsaudit collect -o snapshot.json
  kmsaudit collect --profile audit --regions us-east-1,eu-west-1 -o prod.json.gz
  kmsaudit collect --role-arn arn:aws:iam::111122223333:role/Audit --sample-objects 20
  kmsaudit collect --org --role-name kmsaudit --external-id nightly --skip ou-ab12-12345678 -o snapshots
  kmsaudit collect --resume snapshot.json
  kmsaudit collect --org --role-name kmsaudit --external-id nightly --resume snapshots`,
		Args: arguments(0, 0, "no argument"),
	}
	cmd.RunE = a.does(func(cmd *cobra.Command, _ []string) error { return a.runCollect(cmd.Context(), o) })
	f := cmd.Flags()
	f.StringVarP(&o.output, "output", "o", defaultOutput, "`file` for the snapshot, compressed if it ends in .gz; - is stdout; a folder with --org")
	o.choices(f)
	o.own.declareSources(cmd)
	f.Int64Var(&o.seed, "seed", 1, "seed of that drawing: the same seed draws the same objects")
	f.StringVar(&o.access.Profile, "profile", "", "`profile` of the AWS configuration (default AWS_PROFILE)")
	f.StringVar(&o.access.RoleARN, "role-arn", "", "`role` to assume with the credentials found")
	f.StringVar(&o.access.ExternalID, "external-id", "", "external `id` for that role")
	f.IntVar(&o.concurrency, "concurrency", 0, "calls under way at a time in an account (default 16)")
	f.Float64Var(&o.share, "max-share", 0.5, "`part` of AWS's published quotas to use at most: others in the account use the same ones")
	f.StringVar(&o.resume, "resume", "", "snapshot, or folder of --org or --accounts, to go on with: `path`; what is answered there is kept")
	o.flags(f)
	return cmd
}

// choices declares the flags that say what is collected.
func (o *collectOptions) choices(f *pflag.FlagSet) {
	f.StringVarP(&o.config, "config", "c", "", "configuration `file` (default ./"+defaultConfig+" if it is there)")
	f.StringSliceVar(&o.regions, "regions", nil, "`Regions` to read keys in (default those of the configuration, else all enabled ones)")
	f.IntVar(&o.sample, "sample-objects", 0, "`number` of objects to draw from every bucket")
	f.BoolVar(&o.copies, "find-copies", false, "look in every bucket for objects that the configuration names: one HeadObject per bucket and name")
	f.BoolVar(&o.usage, "last-usage", false, "ask when each customer managed key was last used: AWS allows 5 of these calls in a second")
}

func (o *collectOptions) check() error {
	for _, region := range o.regions {
		if !snapshot.IsRegion(region) {
			return fmt.Errorf("--regions: %q is not a Region such as us-east-1", region)
		}
	}
	if o.sample < 0 || o.concurrency < 0 {
		return errors.New("--sample-objects and --concurrency cannot be negative")
	}
	return nil
}

// settings are the choices, with what the configuration adds to them.
func (o *collectOptions) settings(c *settled) collector.Options {
	regions := o.regions
	if len(regions) == 0 {
		regions = c.Regions
	}
	return collector.Options{
		Regions: regions, Objects: objectsOf(c), Copies: o.copiesOf(c), SampleObjects: o.sample, Seed: o.seed, LastUsage: o.usage,
		ToolVersion: thisBuild().Version, Concurrency: o.concurrency, MaxShare: o.share,
	}
}

func (a *app) runCollect(ctx context.Context, o *collectOptions) error {
	if err := o.check(); err != nil {
		return wrong(err)
	}
	switch {
	case o.share <= 0 || o.share > 1:
		return wrong(errors.New("--max-share is a part of AWS's quotas: above 0 and at most 1"))
	case o.output == "":
		return wrong(errors.New("-o names no file"))
	case o.access.ExternalID != "" && o.access.RoleARN == "" && !o.several():
		return wrong(errors.New("--external-id is for --role-arn, --org or --accounts, and none is given"))
	case o.resume != "" && o.several() && o.output != defaultOutput && o.output != o.resume:
		return wrong(fmt.Errorf("--resume goes on in %s, and -o names %s", o.resume, o.output))
	}
	if _, err := o.orgOptions.check(); err != nil {
		return wrong(err)
	}
	catalogue, err := o.own.catalogue()
	if err != nil {
		return err
	}
	c, err := a.configure(o.config, catalogue)
	if err != nil {
		return err
	}
	before, err := o.before()
	if err != nil {
		return wrong(err)
	}
	if !o.several() {
		if err := writable(o.output); err != nil {
			return err
		}
	}
	access := o.access
	if o.several() {
		access.ExternalID = "" // it is for the roles in the accounts
	}
	cfg, err := collector.LoadConfig(ctx, access)
	if err != nil {
		return wrong(err)
	}
	if o.several() {
		return a.runCollectOrg(ctx, cfg, o, c)
	}
	line := a.progressLine()
	settings := o.settings(c)
	settings.Progress, settings.Before = line.show, before
	s, err := collector.Collect(ctx, cfg, settings)
	line.clear()
	if errors.Is(err, collector.ErrOther) {
		return wrong(fmt.Errorf("--resume %s: %w", o.resume, err))
	}
	if err != nil {
		return &exit{code: exitFailure, err: err, next: "no snapshot was written; see which identity this is with: aws sts get-caller-identity"}
	}
	if err := a.writeSnapshot(o.output, s); err != nil {
		return err
	}
	if c.Account != "" && c.Account != s.Account.ID {
		a.say("the credentials are of account %s, and %s is about account %s", s.Account.ID, c.name, c.Account)
	}
	return a.collected(o.output, s)
}

// before is the snapshot of --resume. Where no other file is named, the whole is
// written in its place.
func (o *collectOptions) before() (*snapshot.Snapshot, error) {
	if o.resume == "" || o.several() {
		return nil, nil //nolint:nilnil // there is none
	}
	if isFolder(o.resume) {
		return nil, fmt.Errorf("--resume %s: this is a folder, which --org or --accounts go on with; name the file of a snapshot", o.resume)
	}
	file, err := snapshot.ReadFile(o.resume)
	var placed *snapshot.Error
	switch {
	case errors.As(err, &placed):
		return nil, placed
	case err != nil:
		return nil, fmt.Errorf("--resume %s: %w", o.resume, bare(err))
	}
	if o.output == defaultOutput {
		o.output = o.resume
	}
	return file.Snapshot, nil
}

// objectsOf are the objects that the configuration names, by bucket.
func objectsOf(c *settled) map[string][]string {
	objects := map[string][]string{}
	for _, requirement := range c.together().Requirements {
		for _, bucket := range requirement.Buckets {
			objects[bucket.Name] = append(objects[bucket.Name], bucket.Objects...)
		}
	}
	return objects
}

// copiesOf are the names that are looked for in every bucket.
func (o *collectOptions) copiesOf(c *settled) []string {
	if !o.copies {
		return nil
	}
	var names []string
	for _, objects := range objectsOf(c) {
		names = append(names, objects...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (a *app) writeSnapshot(path string, s *snapshot.Snapshot) error {
	if path == "-" {
		text, err := snapshot.Encode(s)
		if err != nil {
			return err
		}
		return a.write(path, text, 0)
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if err := snapshot.WriteFile(path, s); err != nil {
		return fmt.Errorf("write %s: %w", path, bare(err))
	}
	return nil
}

// collected says what came of the collection.
func (a *app) collected(path string, s *snapshot.Snapshot) error {
	what := inventoryOf(s)
	gaps := collector.Gaps(s)
	for _, line := range gapLines(gaps) {
		a.say("%s", line)
	}
	switch {
	case s.Interrupted:
		return &exit{code: exitInterrupted, err: fmt.Errorf("interrupted: %s holds a part of %s", destination(path), what), next: goOnWith("ask for the rest", path)}
	case len(gaps) > 0:
		return &exit{
			code: exitIncomplete,
			err:  fmt.Errorf("%s is written with %s; %s", destination(path), counted(len(gaps), "gap"), what),
			next: mendOf(gaps, path),
		}
	}
	a.say("%s is written; %s", destination(path), what)
	return nil
}

// goOnWith says with what command the rest is asked for.
func goOnWith(what, path string) string {
	if path == "-" {
		path = "FILE"
	}
	return what + ": kmsaudit collect --resume " + path + ", with the same flags"
}

// inventoryOf counts what a snapshot holds.
func inventoryOf(s *snapshot.Snapshot) string {
	return fmt.Sprintf("account %s: %s, %s, %s, %s", s.Account.ID,
		counted(len(s.Users), "user"), counted(len(s.Roles), "role"), counted(len(s.Keys), "key"), counted(len(s.Buckets), "bucket"))
}
