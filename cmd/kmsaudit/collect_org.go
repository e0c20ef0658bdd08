package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/spf13/pflag"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/auditrole"
	"github.com/kmsaudit/kmsaudit/collector/organization"
)

// orgOptions are the flags of collect that are about many accounts.
type orgOptions struct {
	org, plain    bool
	accounts      string
	role          string
	include, skip []string
	workers       int
}

// selects declares the flags that choose accounts.
func (o *orgOptions) selects(f *pflag.FlagSet) {
	f.StringSliceVar(&o.include, "include", nil, "collect only these `accounts`: ids, units such as ou-ab12-12345678, tags such as tag:env=prod")
	f.StringSliceVar(&o.skip, "skip", nil, "leave out these `accounts`, in the same words")
}

func (o *orgOptions) flags(f *pflag.FlagSet) {
	f.BoolVar(&o.org, "org", false, "collect the accounts of the organization into the folder of -o (default snapshots)")
	f.StringVar(&o.accounts, "accounts", "", "`file` of accounts to collect: ids in lines, or the output of aws organizations list-accounts")
	f.StringVar(&o.role, "role-name", "", "`name` of the role to assume in each account, with its path (default "+auditrole.DefaultRole+")")
	o.selects(f)
	f.IntVar(&o.workers, "workers", 8, "accounts that are read at a time")
	f.BoolVar(&o.plain, "plain", false, "write the snapshots of accounts uncompressed")
}

// several says whether many accounts are to be collected.
func (o *orgOptions) several() bool { return o.org || o.accounts != "" }

// rolePath is a role's name with the path that it may have.
var rolePath = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([!-.0-~]+/)*[A-Za-z0-9_+=,.@-]{1,64}$`) })

// selection reads which accounts are chosen.
func (o *orgOptions) selection() (organization.Selection, error) {
	var selection organization.Selection
	for name, list := range map[string][]string{"include": o.include, "skip": o.skip} {
		for _, text := range list {
			selector, err := organization.ParseSelector(text)
			if err != nil {
				return selection, fmt.Errorf("--%s: %w", name, err)
			}
			if name == "include" {
				selection.Include = append(selection.Include, selector)
			} else {
				selection.Skip = append(selection.Skip, selector)
			}
		}
	}
	return selection, nil
}

// check holds the flags to what goes together.
func (o *orgOptions) check() (organization.Selection, error) {
	selection, err := o.selection()
	switch {
	case err != nil:
		return selection, err
	case !o.several() && (o.role != "" || len(o.include)+len(o.skip) > 0 || o.plain):
		return selection, errors.New("--role-name, --include, --skip and --plain are for --org or --accounts")
	case !o.org && len(o.include)+len(o.skip) > 0:
		return selection, errors.New("--include and --skip need --org: a list of accounts has neither units nor tags")
	case o.role != "" && !rolePath().MatchString(o.role):
		return selection, fmt.Errorf("--role-name: %q is not a name of a role", o.role)
	case o.workers < 1:
		return selection, errors.New("--workers has to be at least 1")
	}
	return selection, nil
}

// runCollectOrg reads many accounts into a folder.
func (a *app) runCollectOrg(ctx context.Context, cfg aws.Config, o *collectOptions, c *settled) error {
	selection, err := o.orgOptions.check()
	if err != nil {
		return wrong(err)
	}
	line := a.progressLine()
	plan, err := o.plan(ctx, cfg, line)
	line.clear()
	if err != nil {
		return err
	}
	plan.Selection = selection
	if plan.Tree != nil {
		if err := selection.Check(plan.Tree); err != nil {
			return wrong(err)
		}
	}
	plan.Options = func(account string) collector.Options {
		own := *c
		own.Regions, own.Intent = c.regionsOf(account), c.intentOf(account, nil)
		own.Accounts = nil
		return o.settings(&own)
	}
	plan.Progress = line.accounts
	m, err := organization.Collect(ctx, cfg, *plan)
	line.clear()
	switch {
	case errors.Is(err, organization.ErrTaken):
		return wrong(fmt.Errorf("%s holds a collection already: go on with it (--resume %s), or name another folder with -o", plan.Folder, plan.Folder))
	case m == nil:
		return wrong(fmt.Errorf("collect into %s: %w", plan.Folder, bare(err)))
	case err != nil:
		return fmt.Errorf("collect into %s: %w", plan.Folder, bare(err))
	}
	return a.collectedOrg(plan.Folder, m)
}

// plan reads what there is to collect.
func (o *collectOptions) plan(ctx context.Context, cfg aws.Config, line *progressLine) (*organization.Plan, error) {
	plan := &organization.Plan{
		Folder: o.folder(), Role: cmp.Or(o.role, auditrole.DefaultRole), ExternalID: o.access.ExternalID, Session: "kmsaudit",
		Workers: o.workers, Plain: o.plain, Resume: o.resume != "", ToolVersion: thisBuild().Version,
	}
	if o.accounts != "" {
		text, err := os.ReadFile(o.accounts)
		if err != nil {
			return nil, wrong(fmt.Errorf("read accounts %s: %w", o.accounts, bare(err)))
		}
		if plan.Accounts, err = organization.ParseAccounts(o.accounts, text); err != nil {
			return nil, wrong(err)
		}
	}
	var err error
	if o.org {
		if plan.Tree, err = collector.ReadTree(ctx, cfg, line.show); err != nil {
			return nil, &exit{code: exitFailure, err: err, next: "--org runs in the management account or that of a delegated administrator; --accounts takes a list instead"}
		}
		plan.Caller = plan.Tree.Caller
		return plan, nil
	}
	if plan.Caller, err = collector.WhoAsks(ctx, cfg); err != nil {
		return nil, &exit{code: exitFailure, err: err, next: "see which identity this is with: aws sts get-caller-identity"}
	}
	return plan, nil
}

// folder is where the snapshots go.
func (o *collectOptions) folder() string {
	switch {
	case o.resume != "":
		return o.resume
	case o.output == defaultOutput:
		return "snapshots"
	}
	return o.output
}

// collectedOrg says what came of the accounts.
func (a *app) collectedOrg(folder string, m *organization.Manifest) error {
	counts := map[organization.Status]int{}
	told := 0
	for _, e := range m.Accounts {
		counts[e.Status]++
		if e.Failure != nil && told < 20 {
			told++
			a.say("account %s: %s: %s %s", e.ID, e.Failure.Operation, e.Failure.Code, e.Failure.Message)
		}
	}
	for _, f := range m.Unlisted {
		a.say("not listed: %s of %s: %s %s", f.Operation, f.Resource, f.Code, f.Message)
	}
	var parts []string
	for _, status := range []organization.Status{
		organization.Complete, organization.WithGaps, organization.Failed, organization.Interrupted, organization.Pending, organization.Skipped, organization.Inactive,
	} {
		if n := counts[status]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, statusWords[status]))
		}
	}
	what := fmt.Sprintf("%s: %s of %s", folder, strings.Join(parts, ", "), counted(len(m.Accounts), "account"))
	read := counts[organization.Complete] + counts[organization.WithGaps] + counts[organization.Interrupted]
	again := "kmsaudit collect --resume " + folder + " with the same choices goes on"
	switch {
	case counts[organization.Pending]+counts[organization.Interrupted] > 0:
		return &exit{code: exitInterrupted, err: fmt.Errorf("interrupted: %s", what), next: again}
	case read == 0:
		return &exit{code: exitFailure, err: fmt.Errorf("no account could be read: %s", what), next: "see which role is assumed, and whom it trusts: kmsaudit iam-policy --help"}
	case read > counts[organization.Complete] || counts[organization.Failed] > 0 || len(m.Unlisted) > 0:
		return &exit{code: exitIncomplete, err: errors.New(what), next: again}
	}
	a.say("%s", what)
	return nil
}

var statusWords = map[organization.Status]string{
	organization.Complete: "complete", organization.WithGaps: "with gaps", organization.Failed: "not read",
	organization.Interrupted: "read in part", organization.Pending: "not begun", organization.Skipped: "skipped", organization.Inactive: "inactive",
}
