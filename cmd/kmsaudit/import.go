package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kmsaudit/kmsaudit/collector/imports"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// importOptions are the flags of import.
type importOptions struct {
	output, mapping, account, at string
	partition                    choice
	regions                      []string
}

func (a *app) imports() *cobra.Command {
	o := &importOptions{partition: choice{"", []string{"aws", "aws-us-gov", "aws-cn", "aws-eusc"}}}
	cmd := &cobra.Command{
		Use:   "import FILE|FOLDER...",
		Short: "Make a snapshot of what you already have of an account",
		Long: `Make a snapshot of files that you already have, without asking AWS. Several
files make one snapshot. What they lack is not collected: rules that need it
say that they do not know, and never that it is right.

  what                                       how it is known
  aws iam get-account-authorization-details  by its content; any number of pages
  snapshot or history of AWS Config          by its content, compressed or not
  output of another command of the AWS CLI   by its name, or by --mapping

A name is SERVICE_COMMAND.json, then _REGION for services of a Region, then
_RESOURCE for what is asked about one key, bucket or object:
kms_list-keys_us-east-1.json, kms_get-key-policy_us-east-1_KEY.json,
s3api_get-bucket-encryption_BUCKET.json. An error that the command printed in
the place of an output counts as AWS's answer; an empty file does not.

--mapping names a YAML file for files with other names:
  version: 1
  files:
    - file: policy.json             # beside the mapping
      operation: kms get-key-policy
      resource: arn:aws:kms:us-east-1:111122223333:key/1234abcd-…

What AWS Config leaves out or leaves null counts as not said. Of a folder, the
files whose names end in .json, .json.gz or .txt are read.

Exit codes: 0 written, 2 wrong usage or input, 4 the run failed.`,
		Example: `  kmsaudit import details.json -o snapshot.json
  kmsaudit import AWSLogs/111122223333/Config details.json --regions us-east-1
  kmsaudit import dumps/ --mapping dumps/mapping.yaml`,
		Args: func(cmd *cobra.Command, args []string) error {
			if o.mapping != "" {
				return nil
			}
			return arguments(1, -1, "a file, or --mapping")(cmd, args)
		},
	}
	cmd.RunE = a.does(func(cmd *cobra.Command, args []string) error { return a.runImport(cmd.Context(), o, args) })
	f := cmd.Flags()
	f.StringVarP(&o.output, "output", "o", "snapshot.json", "`file` for the snapshot, compressed if it ends in .gz; - is stdout")
	f.StringVar(&o.mapping, "mapping", "", "`file` that says what other files hold")
	f.StringVar(&o.account, "account", "", "`id` of the account (default what the files say)")
	choose(cmd, &o.partition, "partition", "", "partition of the account, where the files do not say it")
	f.StringSliceVar(&o.regions, "regions", nil, "all `Regions` that the account uses (default those in the files, and maybe more)")
	f.StringVar(&o.at, "collected-at", "", "`time` of which the files are, such as 2026-11-20T06:00:00Z (default that of the oldest)")
	return cmd
}

func (a *app) runImport(ctx context.Context, o *importOptions, args []string) error {
	opt, err := o.settings()
	if err != nil {
		return wrong(err)
	}
	inputs, err := o.inputs(args)
	if err != nil {
		return wrong(err)
	}
	if err := writable(o.output); err != nil {
		return err
	}
	s, notes, err := imports.Import(ctx, inputs, opt)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return wrong(err)
	}
	if err := a.writeSnapshot(o.output, s); err != nil {
		return err
	}
	for _, note := range notes {
		a.say("%s", note)
	}
	if lacking := listingsNotKept(s); lacking != "" {
		a.say("the files do not hold all of %s", lacking)
	}
	a.say("%s is written; %s", destination(o.output), inventoryOf(s))
	return nil
}

// listingsNotKept names the listings that the inputs do not hold, or not in full.
func listingsNotKept(s *snapshot.Snapshot) string {
	var operations []string
	for _, c := range s.Coverage {
		if c.State == snapshot.NotCollected && c.Resource == "" {
			operations = append(operations, c.Operation)
		}
	}
	slices.Sort(operations)
	return strings.Join(slices.Compact(operations), ", ")
}

func (o *importOptions) settings() (imports.Options, error) {
	opt := imports.Options{Account: o.account, Partition: o.partition.value, Regions: o.regions, ToolVersion: thisBuild().Version}
	for _, region := range o.regions {
		if !snapshot.IsRegion(region) {
			return opt, fmt.Errorf("--regions: %q is not a Region such as us-east-1", region)
		}
	}
	switch {
	case o.account != "" && !snapshot.IsAccountID(o.account):
		return opt, fmt.Errorf("--account: %q is not an account: it has 12 digits", o.account)
	case o.output == "":
		return opt, errors.New("-o names no file")
	case o.at == "":
		return opt, nil
	}
	at, err := time.Parse(time.RFC3339, o.at)
	if err != nil {
		return opt, fmt.Errorf("--collected-at: %q is no time such as 2026-11-20T06:00:00Z", o.at)
	}
	opt.CollectedAt = at
	return opt, nil
}
