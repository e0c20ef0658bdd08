package main

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"sync"

	"github.com/spf13/cobra"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/auditrole"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// policyOptions are the flags of iam-policy.
type policyOptions struct {
	collectOptions
	format, side, partition choice
	role                    auditrole.Role
}

func (a *app) iamPolicy() *cobra.Command {
	o := &policyOptions{
		format:    choice{"json", []string{"json", "cloudformation", "terraform"}},
		side:      choice{"account", []string{"account", "member", "organization"}},
		partition: choice{"aws", []string{"aws", "aws-us-gov", "aws-cn", "aws-eusc"}},
	}
	cmd := &cobra.Command{
		Use:   "iam-policy",
		Short: "Print the IAM policy that a collection needs",
		Long: `Print the least-privilege policy for kmsaudit collect with the same choices:
Regions, objects of the configuration, samples, copies, last use of keys. It
comes from the table of calls that the collector lets through, so that what is
printed is what is used. All of it only reads.

--side account is for who reads one account. With collect --org there are two
sides: member is for the role in each account, and organization for who runs
kmsaudit, in the management account or a delegated administrator's: it lists
accounts and policies, and assumes the role in every account.

--format json prints the policy. cloudformation and terraform print the role
that carries it, for one account or, as a StackSet, for all accounts of an
organization: it trusts --trust, who has to give --external-id; what is left
out is a parameter of the template. Of the side organization they print a
policy to attach.

s3:GetObject, which asking for an object's encryption takes, would let its
content be read too. It is printed for the objects that are asked for and no
others; --sample-objects may draw any object and so asks for all of them.

A key whose policy does not name the account's root has to name the role itself.`,
		Example: `  kmsaudit iam-policy
  kmsaudit iam-policy -c kmsaudit.yaml --sample-objects 20 --format json
  kmsaudit iam-policy --side member --format cloudformation --trust arn:aws:iam::111122223333:role/Hub --external-id nightly
  kmsaudit iam-policy --side organization --skip tag:audit=off`,
		Args: arguments(0, 0, "no argument"),
	}
	cmd.RunE = a.does(func(*cobra.Command, []string) error { return a.runIAMPolicy(o) })
	f := cmd.Flags()
	choose(cmd, &o.format, "format", "f", "form of the policy")
	f.StringVarP(&o.output, "output", "o", "", "`file` to write to instead of stdout")
	choose(cmd, &o.side, "side", "", "whose policy")
	o.choices(f)
	o.own.declareSources(cmd)
	o.selects(f)
	choose(cmd, &o.partition, "partition", "", "partition of the ARNs in JSON")
	f.StringVar(&o.role.Name, "role-name", "", "`name` of the role (default "+auditrole.DefaultRole+")")
	f.StringVar(&o.role.Trusted, "trust", "", "`ARN` of the role or user that may assume the role, or the id of its account")
	f.StringVar(&o.role.ExternalID, "external-id", "", "external `id` that whoever assumes the role has to give")
	return cmd
}

// What IAM and STS take as the name of a role and as an external id.
var (
	roleName      = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_+=,.@-]{1,64}$`) })
	externalID    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_+=,.@:/-]{2,1000}$`) })
	trustedCaller = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^([0-9]{12}|arn:[a-z-]+:(iam|sts)::[0-9]{12}:[!-~]+)$`)
	})
)

func (o *policyOptions) check() error {
	if err := o.collectOptions.check(); err != nil {
		return err
	}
	role := o.role
	hub := o.side.value == "organization"
	switch {
	case hub && (role.Trusted != "" || role.ExternalID != ""):
		return errors.New("--trust and --external-id are for --side account and member: the policy of the side organization is attached to an identity that is there")
	case hub && role.Name != "" && !rolePath().MatchString(role.Name):
		return fmt.Errorf("--role-name: %q is not a name of a role", role.Name)
	case hub:
		return nil
	case len(o.include)+len(o.skip) > 0:
		return errors.New("--include and --skip are for --side organization")
	case o.format.value == "json" && role != auditrole.Role{}:
		return errors.New("--role-name, --trust and --external-id say what the role is like, which --format cloudformation and terraform write")
	case o.format.value != "json" && o.partition.value != "aws":
		return errors.New("--partition is for --format json: the other formats fit every partition")
	case role.Name != "" && !roleName().MatchString(role.Name):
		return fmt.Errorf("--role-name: %q is not a name of a role", role.Name)
	case role.Trusted != "" && !trustedCaller().MatchString(role.Trusted):
		return fmt.Errorf("--trust: %q is neither the ARN of a role or user nor the 12 digits of an account", role.Trusted)
	case role.ExternalID != "" && !externalID().MatchString(role.ExternalID):
		return fmt.Errorf("--external-id: %q has other characters than letters, digits and _+=,.@:/-, or fewer than two", role.ExternalID)
	}
	return nil
}

func (a *app) runIAMPolicy(o *policyOptions) error {
	if err := o.check(); err != nil {
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
	p, err := o.policy(c)
	if err != nil {
		return wrong(err)
	}
	managed, inline := p.Fits(o.partition.value)
	switch {
	case !inline:
		a.say("the policy is longer than IAM takes: it names many objects; leave some out, or take --sample-objects for all of them")
	case !managed && o.format.value == "json" && o.side.value != "organization":
		a.say("the policy is too long for a managed policy: take it as an inline policy of the role")
	}
	var text []byte
	switch hub := o.side.value == "organization"; {
	case o.format.value == "json":
		text = p.JSON(o.partition.value)
	case o.format.value == "cloudformation" && hub:
		text = p.ManagedCloudFormation()
	case o.format.value == "cloudformation":
		text = p.CloudFormation(o.role)
	case hub:
		text = p.ManagedTerraform()
	default:
		text = p.Terraform(o.role)
	}
	return a.write(o.output, text, 0o644)
}

// policy is what the side needs.
func (o *policyOptions) policy(c *settled) (auditrole.Policy, error) {
	opt := o.settings(c)
	switch o.side.value {
	case "organization":
		selection, err := o.selection()
		return auditrole.Organization(collector.TreePermissions(selection.Tagged()), cmp.Or(o.role.Name, auditrole.DefaultRole)), err
	case "member":
		opt.Organization = &snapshot.Reading[snapshot.Organization]{} // the other side reads it
	}
	return auditrole.Collection(opt.Permissions()), nil
}
