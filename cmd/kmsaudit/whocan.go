package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kmsaudit/kmsaudit/rules/who"
)

// whoOptions are the flags of who-can and what-can.
type whoOptions struct {
	output        string
	format, color choice
	width         int
	ascii, all    bool
}

func (o *whoOptions) flags(cmd *cobra.Command) {
	o.format = choice{"table", []string{"table", "json"}}
	o.color = choice{"auto", []string{"auto", "always", "never"}}
	f := cmd.Flags()
	f.StringVarP(&o.output, "output", "o", "", "`file` to write to instead of stdout")
	choose(cmd, &o.format, "format", "f", "format of the answer")
	f.BoolVar(&o.all, "all", false, "name everybody and everything, not a few of each group")
	f.IntVar(&o.width, "width", 0, "columns of the text (default that of the terminal)")
	f.BoolVar(&o.ascii, "ascii", false, "draw with plain letters, as in a pipe")
	choose(cmd, &o.color, "color", "", "colours in the text")
}

func (o *whoOptions) check() error {
	if o.width < 0 {
		return wrong(fmt.Errorf("--width %d is less than nothing", o.width))
	}
	return nil
}

func (a *app) whoCan() *cobra.Command {
	o := &whoOptions{}
	cmd := &cobra.Command{
		Use:   "who-can ACTION KEY|ALIAS|BUCKET|OBJECT SNAPSHOT…",
		Short: "Tell who can use a key or an object, and who could give themselves that",
		Long: `Tell who can perform an action of KMS on a key, or an operation of S3 on a
bucket or object, both halves counted: what S3 decides, and what KMS decides
about the key that S3 uses. Everybody is told by path (key policy, delegation to
IAM, grant, identity policy, bucket policy, cross-account, service), with the
statements that give it and their lines, and the conditions where it hangs on
some.

Told apart are those who cannot, and could give themselves access: by rewriting
the key policy or the bucket policy, by a grant, by tags and aliases that
conditions ask for, by their own policies or groups, or as somebody who can:
over roles assumed, trust policies rewritten, roles passed to services,
credentials made for users. Of several ways each has a shortest one, step by
step with its statements.

ACTION is an action such as kms:Decrypt, or a pattern such as
'kms:GenerateDataKey*': who can do any of it. The key is given by its ARN, its
id, an alias, or the bucket that encrypts with it by default.

ACTION is else an operation of S3 as why takes it (GetObject, s3:PutObject,
CopyObject, UploadPart …) or an action of S3 (s3:PutBucketPolicy), on a bucket
by its name or ARN, or an object by its ARN or as s3://BUCKET/KEY; a bucket
stands for any object in it. The request is taken to come over TLS. The state of
the key stands beside the answer. An answer has groups such as

  allowed  kms:Decrypt (delegation)
             arn:aws:iam::522814710681:role/KeyAdmin
           by statement 1 of AdministratorAccess  snapshot.json:237
           by statement 1 (Enable IAM User Permissions) of the key policy
              snapshot.json:271

Give the snapshots of other accounts too, to settle what their principals can.
The JSON is kmsaudit.who-can/v1 and holds everybody one by one.

Exit codes: 0 answered, 2 wrong usage, or a name that is not there, 3 something
that could add to the answer was not read, 4 the run failed.`,
		Example: `  kmsaudit who-can kms:Decrypt alias/payments snapshot.json
  kmsaudit who-can 'kms:GenerateDataKey*' payments-prod snapshot.json --all
  kmsaudit who-can s3:GetObject s3://payments-prod/ledger.csv snapshot.json
  kmsaudit who-can s3:PutBucketPolicy payments-prod snapshot.json
  kmsaudit who-can kms:Decrypt alias/payments snapshot.json partner.json -f json`,
		Args: arguments(3, -1, "an action, a key, bucket or object, and the file of a snapshot"),
	}
	cmd.RunE = a.does(func(_ *cobra.Command, args []string) error {
		stop := a.pace(args[2:])
		defer stop()
		w, err := a.world(o, args[2:])
		if err != nil {
			return err
		}
		answer, err := w.Can(args[0], args[1])
		if err != nil {
			return notFound(err)
		}
		return a.tellWho(o, answer, answer.Unread, func(d *drawing) { d.can(answer, o.all) })
	})
	o.flags(cmd)
	return cmd
}

func (a *app) whatCan() *cobra.Command {
	o := &whoOptions{}
	cmd := &cobra.Command{
		Use:   "what-can PRINCIPAL SNAPSHOT…",
		Short: "Tell which keys and buckets a principal can use, and for what",
		Long: `Tell which keys a principal can use, for which actions of KMS, and which buckets
it can read (GetObject) and write (PutObject), both halves counted: what S3
decides, and what KMS decides about the bucket's key. Each comes with the
statements that give it and their lines, and with the conditions where it hangs
on some, in groups such as

  allowed  GetObject (s3, kms)
             arn:aws:s3:::bucket-695267-2
           by statement 1 of S3Access  snapshot.json:183
           by statement 1 of KMSAccessPolicy  snapshot.json:161
           by statement 1 (Enable IAM User Permissions) of the key policy
              snapshot.json:271

PRINCIPAL is an ARN, or the name of a role or user, which role/NAME and
user/NAME tell apart. The JSON is kmsaudit.what-can/v1.

Exit codes: 0 answered, 2 wrong usage, or a name that is not there, 3 something
that could add to the answer was not read, 4 the run failed.`,
		Example: `  kmsaudit what-can role/payments snapshot.json
  kmsaudit what-can arn:aws:iam::111122223333:user/ann snapshot.json -f json
  kmsaudit what-can role/payments snapshot.json partner.json --all`,
		Args: arguments(2, -1, "a principal and the file of a snapshot"),
	}
	cmd.RunE = a.does(func(_ *cobra.Command, args []string) error {
		stop := a.pace(args[1:])
		defer stop()
		w, err := a.world(o, args[1:])
		if err != nil {
			return err
		}
		answer, err := w.What(args[0])
		if err != nil {
			return notFound(err)
		}
		return a.tellWho(o, answer, answer.Unread, func(d *drawing) { d.what(answer, o.all) })
	})
	o.flags(cmd)
	return cmd
}

func (a *app) world(o *whoOptions, paths []string) (*who.World, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	files, err := readSnapshots(paths, &settled{})
	if err != nil {
		return nil, wrong(err)
	}
	return who.New(files...), nil
}

func (a *app) tellWho(o *whoOptions, answer any, unread []who.Unread, draw func(*drawing)) error {
	var err error
	if o.format.value == "json" {
		err = a.writeJSON(o.output, answer)
	} else {
		d := a.drawing(o.output, o.width, o.ascii, o.color.value)
		draw(d)
		err = a.write(o.output, []byte(d.out.String()), 0o600)
	}
	if err != nil || len(unread) == 0 {
		return err
	}
	return &exit{
		code: exitIncomplete, err: errors.New("the answer is not complete: " + unread[0].What),
		next: "collect again with the permissions that are missing",
	}
}
