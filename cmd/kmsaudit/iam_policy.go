package main

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/kmsaudit/kmsaudit/collector/auditrole"
	"github.com/kmsaudit/kmsaudit/rules"
)

// policyOptions are the flags of iam-policy.
type policyOptions struct {
	collectOptions
	format    choice
	partition choice
	role      auditrole.Role
}

func (a *app) iamPolicy() *cobra.Command {
	o := &policyOptions{
		format:    choice{"json", []string{"json", "cloudformation", "terraform"}},
		partition: choice{"aws", []string{"aws", "aws-us-gov", "aws-cn", "aws-eusc"}},
	}
	cmd := &cobra.Command{
		Use:   "iam-policy",
		Short: "Print the IAM policy that a collection needs",
		Long: `Print the least-privilege policy for kmsaudit collect with the same choices:
Regions, objects of the configuration, samples, copies, last use of keys. It
comes from the table of calls that the collector lets through, so that what is
printed is what is used. All of it only reads.

--format json prints the policy. cloudformation and terraform print the role
that carries it, for one account or, as a StackSet, for all accounts of an
organization: it trusts --trust, who has to give --external-id; what is left
out is a parameter of the template.

s3:GetObject, which asking for an object's encryption takes, would let its
content be read too. It is printed for the objects that are asked for and no
others; --sample-objects may draw any object and so asks for all of them.

A key whose policy does not name the account's root has to name the role itself.`,
		Example: `  kmsaudit iam-policy
  kmsaudit iam-policy -c kmsaudit.yaml --sample-objects 20 --format json
  kmsaudit iam-policy --format cloudformation --trust arn:aws:iam::111122223333:role/Hub --external-id nightly -o role.yaml`,
		Args: arguments(0, 0, "no argument"),
	}
	cmd.RunE = a.does(func(*cobra.Command, []string) error { return a.runIAMPolicy(o) })
	f := cmd.Flags()
	choose(cmd, &o.format, "format", "f", "form of the policy")
	f.StringVarP(&o.output, "output", "o", "", "`file` to write to instead of stdout")
	o.choices(f)
	choose(cmd, &o.partition, "partition", "", "partition of the ARNs in JSON")
	f.StringVar(&o.role.Name, "role-name", "", "`name` of the role (default "+auditrole.DefaultRole+")")
	f.StringVar(&o.role.Trusted, "trust", "", "`ARN` of the role or user that may assume the role, or the id of its account")
	f.StringVar(&o.role.ExternalID, "external-id", "", "external `id` that whoever assumes the role has to give")
	return cmd
}

// What IAM and STS take as the name of a role and as an external id.
var (
	roleName      = regexp.MustCompile(`^[A-Za-z0-9_+=,.@-]{1,64}$`)
	externalID    = regexp.MustCompile(`^[A-Za-z0-9_+=,.@:/-]{2,1000}$`)
	trustedCaller = regexp.MustCompile(`^([0-9]{12}|arn:[a-z-]+:(iam|sts)::[0-9]{12}:[!-~]+)$`)
)

func (o *policyOptions) check() error {
	if err := o.collectOptions.check(); err != nil {
		return err
	}
	role := o.role
	switch {
	case o.format.value == "json" && role != auditrole.Role{}:
		return errors.New("--role-name, --trust and --external-id say what the role is like, which --format cloudformation and terraform write")
	case o.format.value != "json" && o.partition.value != "aws":
		return errors.New("--partition is for --format json: the other formats fit every partition")
	case role.Name != "" && !roleName.MatchString(role.Name):
		return fmt.Errorf("--role-name: %q is not a name of a role", role.Name)
	case role.Trusted != "" && !trustedCaller.MatchString(role.Trusted):
		return fmt.Errorf("--trust: %q is neither the ARN of a role or user nor the 12 digits of an account", role.Trusted)
	case role.ExternalID != "" && !externalID.MatchString(role.ExternalID):
		return fmt.Errorf("--external-id: %q has other characters than letters, digits and _+=,.@:/-, or fewer than two", role.ExternalID)
	}
	return nil
}

func (a *app) runIAMPolicy(o *policyOptions) error {
	if err := o.check(); err != nil {
		return wrong(err)
	}
	catalogue, err := rules.Builtin()
	if err != nil {
		return err
	}
	c, err := a.configure(o.config, catalogue)
	if err != nil {
		return err
	}
	p := auditrole.Collection(o.settings(c).Permissions())
	managed, inline := p.Fits(o.partition.value)
	switch {
	case !inline:
		a.say("the policy is longer than IAM takes: it names many objects; leave some out, or take --sample-objects for all of them")
	case !managed && o.format.value == "json":
		a.say("the policy is too long for a managed policy: take it as an inline policy of the role")
	}
	var text []byte
	switch o.format.value {
	case "cloudformation":
		text = p.CloudFormation(o.role)
	case "terraform":
		text = p.Terraform(o.role)
	default:
		text = p.JSON(o.partition.value)
	}
	return a.write(o.output, text, 0o644)
}
